"""The careful side: starts the worker that opens a file, holds it to its limits, and turns its verdict into text or an error. Opens no file itself.

The worker (worker.py) is a fresh Python without our environment, our database or the network; it gets the bytes on standard input and answers
with one JSON object. If it takes too long, too much memory or too many words, it is killed and the person is told what to do instead.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from dataclasses import asdict, dataclass

from jobseeker.errors import (
    BrokenFile,
    EncryptedFile,
    FileTooComplex,
    FileTooLarge,
    JobseekerError,
    ScannedFile,
    UnsupportedFile,
)

_VERDICTS: dict[str, type[JobseekerError]] = {
    "unsupported": UnsupportedFile,
    "encrypted": EncryptedFile,
    "scanned": ScannedFile,
    "broken": BrokenFile,
    "too_complex": FileTooComplex,
}
_BYTES_PER_CHARACTER = 6  # of JSON at the most: \\uXXXX


@dataclass(frozen=True)
class FileLimits:
    """What opening one file may take. `seconds`: wall clock; `memory_mb`: address space of the worker."""

    max_bytes: int = 5 * 1024 * 1024
    seconds: float = 15.0
    memory_mb: int = 768
    max_pages: int = 30
    max_characters: int = 60_000
    max_unpacked_bytes: int = 60 * 1024 * 1024
    max_entries: int = 2_000


def read_file(data: bytes, limits: FileLimits = FileLimits()) -> str:
    """The text of a PDF, DOCX or plain text file, by its content and not by its name; at most `limits.max_characters` of it.

    Blocks for up to `limits.seconds`: call it in a thread. Raises FileTooLarge, UnsupportedFile, EncryptedFile, ScannedFile
    (pictures of pages without text), BrokenFile, FileTooComplex (a limit was reached).
    """
    if len(data) > limits.max_bytes:
        raise FileTooLarge
    answer = _ask_worker(data, limits)
    if "text" in answer:
        return str(answer["text"])
    raise _VERDICTS.get(str(answer.get("verdict")), BrokenFile)


def _ask_worker(data: bytes, limits: FileLimits) -> dict[str, object]:
    command = [sys.executable, "-I", "-B", "-m", "language.files.worker", json.dumps(asdict(limits))]
    worker = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd="/",
        env={"LANG": "C.UTF-8"},
        close_fds=True,
    )
    assert worker.stdin is not None
    assert worker.stdout is not None
    alarm = threading.Timer(limits.seconds, worker.kill)
    alarm.start()
    most = limits.max_characters * _BYTES_PER_CHARACTER + 1_000
    try:
        try:
            worker.stdin.write(data)
            worker.stdin.close()
        except BrokenPipeError:
            pass  # it died before it had read all; what it said, if anything, is read below
        answer = worker.stdout.read(most + 1)
    finally:
        alarm.cancel()
        worker.kill()
        worker.stdout.close()
        code = worker.wait()
    if len(answer) > most or not answer:
        raise FileTooComplex if len(answer) > most or code < 0 else BrokenFile
    try:
        verdict = json.loads(answer)
    except ValueError:
        raise FileTooComplex from None  # killed while it was writing
    return verdict if isinstance(verdict, dict) else {}

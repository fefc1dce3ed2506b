"""The worker that opens one file from standard input and writes `{"text": …}` or `{"verdict": …}`. Runs alone, with limits set before any parser is loaded.

Start: `python -I -m language.files.worker '{"memory_mb": …}'`. Only reading.py starts it.
"""

from __future__ import annotations

import contextlib
import ctypes
import io
import json
import resource
import sys
import zipfile
from collections.abc import Iterator
from typing import Any

CLONE_NEWNET = 0x4000_0000  # <linux/sched.h>: a network namespace without any interface
_FORBIDDEN = (
    "socket.",
    "subprocess.",
    "os.exec",
    "os.fork",
    "os.posix_spawn",
    "os.system",
    "ctypes.",
    "os.remove",
    "os.rename",
    "os.mkdir",
    "shutil.",
    "winreg.",
)
PDF, ZIP, OLE = b"%PDF-", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MAX_RATIO, RATIO_FROM_BYTES = 100, 1_000_000  # a part that unpacks to a hundredfold and more than a megabyte is a bomb
MIN_CHARACTERS_OF_A_PAGE = 5  # a page with fewer is a picture
WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
ENCODINGS = ("utf-8-sig", "big5", "gb18030")


class Verdict(Exception):
    """Why there is no text; the name is what reading.py knows."""


def confine(limits: dict[str, Any]) -> None:
    """Hard limits of this process: memory, processor time, no files written, few files open, no network, no other program."""
    memory = int(limits["memory_mb"]) * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    seconds = int(limits["seconds"]) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(AttributeError, OSError):
        ctypes.CDLL(None).unshare(CLONE_NEWNET)  # without the right to it the hook below still stands

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event.startswith(_FORBIDDEN):
            raise PermissionError(event)
        if event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+"):
            raise PermissionError(event)

    sys.addaudithook(hook)


def text_of(data: bytes, limits: dict[str, Any]) -> str:
    """The text of a file by its first bytes. Raises Verdict."""
    head = data[:1024]
    if PDF in head:
        return pdf_text(data, limits)
    if data.startswith(ZIP):
        return docx_text(data, limits)
    if data.startswith(OLE):
        raise Verdict("encrypted" if b"E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e" in data else "unsupported")
    return plain_text(data)


def plain_text(data: bytes) -> str:
    """A text file in UTF-8, UTF-16, Big5 or GB 18030."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    if b"\0" in data[:4096] or not data.strip():
        raise Verdict("unsupported" if data.strip() else "broken")
    for encoding in ENCODINGS:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Verdict("unsupported")


def pdf_text(data: bytes, limits: dict[str, Any]) -> str:
    """Text of a PDF, page after page."""
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise Verdict("encrypted")
        if len(reader.pages) > int(limits["max_pages"]):
            raise Verdict("too_complex")
        pages = [page.extract_text() for page in reader.pages]
    except (
        PyPdfError,
        ValueError,
        KeyError,
        IndexError,
        TypeError,
        AttributeError,
        NotImplementedError,
        RecursionError,
    ) as problem:
        raise Verdict("encrypted" if "crypt" in str(problem).lower() else "broken") from problem
    if not pages:
        raise Verdict("broken")
    if all(len("".join(page.split())) < MIN_CHARACTERS_OF_A_PAGE for page in pages):
        raise Verdict("scanned")
    return "\n\n".join(pages)


def docx_text(data: bytes, limits: dict[str, Any]) -> str:
    """Text of a Word document: paragraphs, tables and text boxes in their order, then headers."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            check_archive(archive, limits)
            if "word/document.xml" not in archive.namelist():
                raise Verdict("unsupported")
    except (zipfile.BadZipFile, ValueError, EOFError) as problem:
        raise Verdict("broken") from problem
    from docx import Document
    from docx.opc.exceptions import OpcError
    from lxml.etree import LxmlError

    try:
        document = Document(io.BytesIO(data))
        lines = [body_text(document.element.body)]
        for section in document.sections:
            lines.append(body_text(section.header._element))
    except (OpcError, LxmlError, KeyError, ValueError, AttributeError, zipfile.BadZipFile, EOFError) as problem:
        raise Verdict("broken") from problem
    text = "\n".join(line for line in lines if line.strip())
    if not text.strip():
        raise Verdict("scanned")
    return text


def check_archive(archive: zipfile.ZipFile, limits: dict[str, Any]) -> None:
    """Refuse an archive that would unpack to too much, before anything is unpacked."""
    entries = archive.infolist()
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > int(limits["max_entries"]) or unpacked > int(limits["max_unpacked_bytes"]):
        raise Verdict("too_complex")
    if any(entry.flag_bits & 1 for entry in entries):
        raise Verdict("encrypted")
    if any(e.file_size > RATIO_FROM_BYTES and e.file_size > MAX_RATIO * max(1, e.compress_size) for e in entries):
        raise Verdict("too_complex")


def body_text(element: Any) -> str:
    """Text of a part of a document: a line for each paragraph, cells of a table row side by side. A text box comes where it is anchored."""
    lines: list[str] = []
    for child in element.iterchildren():
        if child.tag == WORD + "p":
            lines += _paragraph(child)
        elif child.tag == WORD + "tbl":
            for row in child.iter(WORD + "tr"):
                cells = [" ".join(body_text(cell).split("\n")) for cell in row.iterchildren(WORD + "tc")]
                lines.append("\t".join(cell for cell in cells if cell))
        elif child.tag in (WORD + "sdt", WORD + "sdtContent"):
            lines.append(body_text(child))
    return "\n".join(lines)


def _paragraph(paragraph: Any) -> list[str]:
    own, boxes = "", []
    for node in paragraph.iter(WORD + "t", WORD + "tab", WORD + "br", WORD + "txbxContent"):
        above = [part.tag for part in _up_to(node, paragraph)]
        if WORD + "txbxContent" in above or any(tag.endswith("}Fallback") for tag in above):
            continue  # a box reads its own paragraphs; Word writes each box twice, the second time as a fallback
        if node.tag == WORD + "txbxContent":
            boxes.append(body_text(node))
        elif node.tag == WORD + "t":
            own += node.text or ""
        else:
            own += " " if node.tag == WORD + "tab" else "\n"
    return [own, *boxes]


def _up_to(node: Any, top: Any) -> Iterator[Any]:
    for part in node.iterancestors():
        if part is top:
            return
        yield part


def main() -> int:
    """Confine, read, answer."""
    limits = json.loads(sys.argv[1])
    confine(limits)
    data = sys.stdin.buffer.read()
    answer: dict[str, str]
    try:
        answer = {"text": text_of(data, limits)[: int(limits["max_characters"])]}
    except Verdict as verdict:
        answer = {"verdict": str(verdict)}
    except MemoryError:
        answer = {"verdict": "too_complex"}
    sys.stdout.write(json.dumps(answer))
    sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())

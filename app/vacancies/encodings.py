"""Which encoding a text file has, and its lines or pieces as text, without loading it whole. No formats."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from pathlib import Path

import charset_normalizer

from app.vacancies.rows import Meter
from jobseeker.errors import UnreadableFile

PIECE = 1 << 18  # bytes
SAMPLE = 1 << 18  # bytes that charset_normalizer looks at
MAX_LINE = 8 << 20  # characters: a longer line is no line
TOLERATED = 0.02  # broken characters among those that are not ASCII
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_TAIWANESE = ("cp950", "big5hkscs")
_OTHERS = (
    "gb18030",
    "gbk",
    "gb2312",
    "hz",
    "utf_16",
    "utf_16_le",
    "utf_16_be",
    "euc_jp",
    "shift_jis",
    "cp932",
    "euc_kr",
)


def find_encoding(path: Path) -> str:
    """The encoding of a file by its byte order mark, else by what decodes all of it. Raises UnreadableFile.

    UTF-8 proves itself. Otherwise Big5 (cp950, or with the Hong Kong additions) is taken unless charset_normalizer sees
    another encoding of East Asia in the part that is not ASCII. A few broken characters are allowed: their rows are reported.
    """
    with path.open("rb") as file:
        head = file.read(4)
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name
    if _broken(path, "utf-8") <= TOLERATED:
        return "utf-8"
    seen = charset_normalizer.from_bytes(_sample(path)).best()
    guess = seen.encoding if seen else ""
    candidates = [guess] if guess in _OTHERS else [*_TAIWANESE, guess]
    share, best = min((_broken(path, name), place) for place, name in enumerate(candidates))
    if candidates[best] and share <= TOLERATED:
        return candidates[best]
    raise UnreadableFile(
        "the encoding of the file is not recognised; name it with --encoding (utf-8, cp950, big5hkscs)"
    )


def text_pieces(path: Path, encoding: str, meter: Meter) -> Iterator[str]:
    """The text piece by piece; bytes that are none become U+FFFD, so that the row they stand in can be named."""
    meter.total = path.stat().st_size
    decoder = _decoder(encoding)
    with path.open("rb") as file:
        while data := file.read(PIECE):
            meter.done += len(data)
            yield decoder.decode(data)
    yield decoder.decode(b"", True)


def text_lines(path: Path, encoding: str, meter: Meter) -> Iterator[str]:
    """Lines with their ends (\\n, \\r\\n or \\r), as csv wants them."""
    rest = ""
    for piece in text_pieces(path, encoding, meter):
        lines = (rest + piece).splitlines(keepends=True)
        joined: list[str] = []
        for line in lines:  # splitlines also splits at form feeds and Unicode separators, which are text here
            if joined and not joined[-1].endswith(("\n", "\r")):
                joined[-1] += line
            else:
                joined.append(line)
        rest = joined.pop() if joined else ""
        if len(rest) > MAX_LINE:
            raise UnreadableFile("a line is longer than 8 million characters; this is not a table of vacancies")
        yield from joined
    if rest:
        yield from rest.splitlines(keepends=True) if rest.endswith("\r") else [rest]


def _decoder(encoding: str) -> codecs.IncrementalDecoder:
    try:
        return codecs.getincrementaldecoder(encoding)(errors="replace")
    except LookupError:
        raise UnreadableFile(f"there is no encoding called {encoding}; try utf-8, cp950 or big5hkscs") from None


def _sample(path: Path) -> bytes:
    """Lines that are not ASCII, from the beginning. A newline byte is no part of a longer character in any encoding here."""
    found: list[bytes] = []
    size = 0
    with path.open("rb") as file:
        for line in file:
            if not line.isascii():
                found.append(line[:SAMPLE])
                size += len(found[-1])
                if size >= SAMPLE:
                    break
    return b"".join(found)


def _broken(path: Path, encoding: str) -> float:
    """The share of broken characters among those that are not ASCII; 1.0 for an encoding that does not exist."""
    if not encoding:
        return 1.0
    decoder = _decoder(encoding)
    broken = others = 0
    with path.open("rb") as file:
        while True:
            data = file.read(PIECE)
            text = decoder.decode(data, not data)
            if not text.isascii():
                broken += text.count("\ufffd")
                others += len(text) - len(text.encode("ascii", "ignore"))
            if not data:
                return broken / others if others else 0.0

"""JSON objects of a file one after the other: JSON Lines, one array, hits or @graph of a document, scripts of an HTML page.
What stands in an object is schema_org.py's, jobtech.py's and columns.py's."""

from __future__ import annotations

import json
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, cast

import ijson

from app.vacancies.encodings import find_encoding, text_lines, text_pieces
from app.vacancies.rows import BadRow, Meter, Reason
from jobseeker.errors import UnreadableFile

HEAD = 1 << 16  # characters: enough to see what kind of document it is
LISTS = (
    "@graph",
    "hits",
    "itemListElement",
    "items",
    "ads",
    "vacancies",
    "courses",
    "results",
)  # where documents keep their items
_Item = tuple[int, dict[str, Any]] | BadRow


def json_objects(path: Path, encoding: str, meter: Meter) -> Iterator[_Item]:
    """(line or item number, object) of a JSON or JSON Lines file. Raises UnreadableFile when it is neither."""
    encoding = encoding or find_encoding(path)
    head = next(text_pieces(path, encoding, Meter()), "").lstrip("\ufeff \t\r\n")[:HEAD]
    if not head:
        raise UnreadableFile("the file is empty")
    if head[0] not in "[{":
        raise UnreadableFile(f"this is not JSON: it begins with {head[:20]!r}")
    if head[0] == "{" and _is_lines(head):
        yield from json_lines(path, encoding, meter)
    else:
        yield from _document(path, encoding, meter, head)


def json_lines(path: Path, encoding: str, meter: Meter) -> Iterator[_Item]:
    """(line number, object) of each line that is not empty."""
    for number, line in enumerate(text_lines(path, encoding or find_encoding(path), meter), start=1):
        text = line.strip("\ufeff \t\r\n")
        if not text:
            continue
        try:
            value = json.loads(text)
        except (json.JSONDecodeError, RecursionError) as problem:
            yield BadRow(number, Reason("broken_json", {"detail": _short(problem)}))
            continue
        if "\ufffd" in text:
            yield BadRow(number, Reason("broken_characters"))
        elif isinstance(value, dict):
            yield number, value
        else:
            yield BadRow(number, Reason("not_a_posting"))


def html_objects(path: Path, encoding: str, meter: Meter) -> Iterator[_Item]:
    """(line number, object) of every <script type="application/ld+json"> of a page; an array is taken apart."""
    scripts = _Scripts()
    for piece in text_pieces(path, encoding or find_encoding(path), meter):
        scripts.feed(piece)
        yield from scripts.take()
    scripts.close()
    yield from scripts.take()


def _is_lines(head: str) -> bool:
    first, _, second = head.partition("\n")
    try:
        json.loads(first)
    except json.JSONDecodeError:
        return False
    return second.lstrip().startswith("{")


def _document(path: Path, encoding: str, meter: Meter, head: str) -> Iterator[_Item]:
    """The items of one document, parsed as a stream; a document without a list of items is one item itself."""
    prefix = "item" if head[0] == "[" else _list_in(path, encoding)
    pieces = _Utf8(text_pieces(path, encoding, meter))
    number = 0
    try:
        for number, value in enumerate(ijson.items(pieces, prefix, use_float=True), start=1):
            if isinstance(value, dict):
                yield number, value
            else:
                yield BadRow(number, Reason("not_a_posting"))
    except ijson.JSONError as problem:
        yield BadRow(number + 1, Reason("broken_off", {"detail": _short(problem)}))


def _list_in(path: Path, encoding: str) -> str:
    """The prefix (ijson's) of the list of items at the top of a document; "" when the document itself is the item."""
    try:
        for prefix, event, _ in ijson.parse(_Utf8(text_pieces(path, encoding, Meter()))):
            if event == "start_array" and prefix in LISTS:
                return f"{prefix}.item"
    except ijson.JSONError:
        return ""
    return ""


def _short(problem: Exception) -> str:
    return " ".join(str(problem).split())[:120]


class _Utf8:
    """What ijson reads from: pieces of text as UTF-8 bytes."""

    def __init__(self, pieces: Iterator[str]) -> None:
        self._pieces, self._rest, self._first = pieces, b"", True

    def read(self, size: int = -1) -> bytes:
        """At most `size` bytes; none at the end."""
        if size == 0:
            return b""
        while not self._rest:
            piece = next(self._pieces, None)
            if piece is None:
                return b""
            if self._first and piece:
                piece, self._first = piece.removeprefix("\ufeff"), False
            self._rest = piece.encode("utf-8", "replace")
        data, self._rest = (self._rest, b"") if size < 0 else (self._rest[:size], self._rest[size:])
        return data


class _Scripts(HTMLParser):
    """Collects the JSON-LD scripts of a page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._found: list[_Item] = []
        self._open: list[str] | None = None
        self._line = 0

    def take(self) -> list[_Item]:
        """What was found since the last call."""
        found, self._found = self._found, []
        return found

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A script of the right type begins."""
        kind = (dict(attrs).get("type") or "").partition(";")[0].strip().lower()
        if tag == "script" and kind == "application/ld+json":
            self._open, self._line = [], self.getpos()[0]

    def handle_data(self, data: str) -> None:
        """Part of it."""
        if self._open is not None:
            self._open.append(data)

    def handle_endtag(self, tag: str) -> None:
        """It ends: parse it."""
        if tag != "script" or self._open is None:
            return
        text, self._open = "".join(self._open), None
        try:
            value = json.loads(text, strict=False)
        except (json.JSONDecodeError, RecursionError) as problem:
            self._found.append(BadRow(self._line, Reason("broken_json", {"detail": _short(problem)})))
            return
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, dict):
                self._found.append((self._line, cast(dict[str, Any], item)))

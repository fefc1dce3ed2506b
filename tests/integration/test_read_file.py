"""Opening files people send, with really made PDFs and DOCXs in the real worker process: text, CJK, bombs, passwords, pictures, limits, no network."""

from __future__ import annotations

import io
import socket
import subprocess
import sys
import time
import zipfile
from collections.abc import Sequence

import pytest
from docx import Document
from docx.oxml import parse_xml
from pypdf import PdfReader, PdfWriter
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen import canvas

from jobseeker.errors import BrokenFile, EncryptedFile, FileTooComplex, FileTooLarge, ScannedFile, UnsupportedFile
from language.files import FileLimits, read_file

pytestmark = pytest.mark.processes
LINES = ("姓名：林大明", "2018-2022 好鄰居超市 門市人員：收銀、補貨", "Skills: Excel, forklift")


def pdf(pages: Sequence[Sequence[str]]) -> bytes:
    pdfmetrics.registerFont(UnicodeCIDFont("MSung-Light"))
    out = io.BytesIO()
    sheet = canvas.Canvas(out, pagesize=A4)
    for lines in pages:
        sheet.setFont("MSung-Light", 12)
        for number, line in enumerate(lines):
            sheet.drawString(72, 780 - 20 * number, line)
        sheet.showPage()
    sheet.save()
    return out.getvalue()


def picture_pdf() -> bytes:
    from PIL import Image

    out = io.BytesIO()
    sheet = canvas.Canvas(out, pagesize=A4)
    sheet.drawImage(ImageReader(Image.new("RGB", (200, 200), "white")), 0, 0)
    sheet.showPage()
    sheet.save()
    return out.getvalue()


def docx(box: str = "") -> bytes:
    document = Document()
    for line in LINES:
        document.add_paragraph(line)
    table = document.add_table(rows=1, cols=2)
    table.rows[0].cells[0].text, table.rows[0].cells[1].text = "證照", "堆高機操作技術士"
    if box:
        space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:v="urn:schemas-microsoft-com:vml"'
        document.add_paragraph()._p.append(
            parse_xml(
                f"<w:r {space}><w:pict><v:shape><v:textbox><w:txbxContent><w:p><w:r><w:t>{box}</w:t></w:r></w:p></w:txbxContent></v:textbox></v:shape></w:pict></w:r>"
            )
        )
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def bomb(size: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", b" " * size)
    return out.getvalue()


def encrypted_pdf() -> bytes:
    writer = PdfWriter()
    writer.append(PdfReader(io.BytesIO(pdf([LINES]))))
    writer.encrypt("secret", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_a_pdf_with_chinese() -> None:
    text = read_file(pdf([LINES, ("第二頁",)]))
    assert [line for line in text.split("\n") if line] == [*LINES, "第二頁"]


def test_a_docx_with_table_and_text_box() -> None:
    text = read_file(docx(box="會開天車"))
    assert text.split("\n")[:3] == list(LINES)
    assert "證照\t堆高機操作技術士" in text
    assert text.count("會開天車") == 1


@pytest.mark.parametrize(("text", "encoding"), [("會 Excel", "utf-8"), ("會 Excel", "big5"), ("会开叉车", "utf-16")])
def test_plain_text(text: str, encoding: str) -> None:
    assert read_file(text.encode(encoding)) == text


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (picture_pdf(), ScannedFile),
        (encrypted_pdf(), EncryptedFile),
        (pdf([LINES])[:600], BrokenFile),
        (docx()[:2000], BrokenFile),
        (b"%PDF-1.7\n" + b"\xff" * 5000, BrokenFile),
        (b"", BrokenFile),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, UnsupportedFile),
        (b"\x89PNG\r\n\x1a\n\0\0\0\0", UnsupportedFile),
        (bomb(30_000_000), FileTooComplex),
        (bomb(200_000_000), FileTooComplex),
        (pdf([("x",)] * 31), FileTooComplex),
    ],
)
def test_what_cannot_be_read_is_told_apart(data: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        read_file(data)


def test_a_file_of_another_kind_in_a_zip() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("readme.txt", "hello")
    with pytest.raises(UnsupportedFile):
        read_file(out.getvalue())


def test_a_large_file_starts_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subprocess, "Popen", lambda *_a, **_k: pytest.fail("started"))
    with pytest.raises(FileTooLarge):
        read_file(b"x" * 11, FileLimits(max_bytes=10))


def test_the_worker_is_killed_when_its_time_is_over() -> None:
    began = time.monotonic()
    with pytest.raises(FileTooComplex):
        read_file(pdf([LINES] * 30), FileLimits(seconds=0.01))
    assert time.monotonic() - began < 10


def test_the_worker_cannot_take_more_memory_than_allowed() -> None:
    with pytest.raises((FileTooComplex, BrokenFile)):
        read_file(b"\x01" * 9_000_000 + "字".encode() * 300_000, FileLimits(memory_mb=40, max_bytes=20_000_000))


def test_only_so_much_text_comes_back() -> None:
    assert read_file(("工作" * 50_000).encode(), FileLimits(max_characters=1_000)) == "工作" * 500


def test_the_worker_has_no_network_and_writes_nothing(tmp_path_factory: pytest.TempPathFactory) -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    target = tmp_path_factory.mktemp("w") / "out"
    attempts = f"""
import json
from language.files.worker import confine
confine({{"memory_mb": 768, "seconds": 5}})
failed = []
for attempt in (
    "__import__('socket').create_connection(('127.0.0.1', {listener.getsockname()[1]}), 2)",
    "open({str(target)!r}, 'w')",
    "__import__('subprocess').run(['true'])",
    "__import__('os').system('true')",
):
    try:
        eval(attempt)
    except (OSError, PermissionError):
        failed.append(attempt)
print(len(failed))
"""
    done = subprocess.run([sys.executable, "-I", "-B", "-c", attempts], capture_output=True, text=True, check=True)
    listener.close()
    assert done.stdout.strip() == "4"
    assert not target.exists()

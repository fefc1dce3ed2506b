"""A résumé is uploaded to a real gateway, with real and with nasty files; the guarded worker is a real process."""

from __future__ import annotations

import io
import json
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
from docx import Document
from PIL import Image
from pypdf import PdfWriter
from reportlab.pdfgen.canvas import Canvas

from tests.doubles.processes import DialogueServer, Gateway, Person

pytestmark = pytest.mark.processes
TEXT = "Work experience\n2019/01 - 2023/06 Warehouse clerk\nSkills: forklift driving, Excel\nLanguages: English fluent"


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    folder = tmp_path_factory.mktemp("upload")
    dialogue = DialogueServer(folder)
    dialogue.up()
    made = Gateway(folder, dialogue.url, message_burst=1000, messages_per_second=1000)
    try:
        yield made.up()
    finally:
        made.kill()
        dialogue.kill()


def post(
    gateway: Gateway, person: Person, content: bytes, name: str = "cv.pdf", token: str = "", fields: str = "u1"
) -> tuple[int, Any]:
    """Upload; (status, JSON)."""
    edge = "edge7c1f"
    parts = (
        [f'--{edge}\r\nContent-Disposition: form-data; name="client_message_id"\r\n\r\n{fields}\r\n'] if fields else []
    )
    parts.append(
        f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\nContent-Type: application/pdf\r\n\r\n'
    )
    body = "".join(parts).encode() + content + f"\r\n--{edge}--\r\n".encode()
    request = urllib.request.Request(
        f"{gateway.url}/api/v1/conversations/{person.id}/files", body, method="POST",
        headers={"Authorization": f"Bearer {token or person.token}", "Content-Type": f"multipart/form-data; boundary={edge}"},
    )  # fmt: skip
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as problem:
        with problem:
            return problem.code, json.loads(problem.read())


def pdf(text: str) -> bytes:
    buffer = io.BytesIO()
    page = Canvas(buffer)
    for number, line in enumerate(text.split("\n")):
        page.drawString(50, 780 - 20 * number, line)
    page.save()
    return buffer.getvalue()


def docx(text: str) -> bytes:
    buffer, document = io.BytesIO(), Document()
    for line in text.split("\n"):
        document.add_paragraph(line)
    document.save(buffer)
    return buffer.getvalue()


def locked() -> bytes:
    writer = PdfWriter()
    writer.append(io.BytesIO(pdf(TEXT)))
    writer.encrypt("secret")
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def picture() -> bytes:
    buffer = io.BytesIO()
    Image.effect_noise((60, 60), 50).save(buffer, "PNG")
    return buffer.getvalue()


def zip_bomb() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "[Content_Types].xml",
            '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        )
        archive.writestr("word/document.xml", b"0" * 300_000_000)
    return buffer.getvalue()


@pytest.mark.parametrize("content", [pdf(TEXT), docx(TEXT), TEXT.encode()], ids=["pdf", "docx", "text"])
def test_a_resume_becomes_a_message_of_its_own(gateway: Gateway, content: bytes) -> None:
    person = gateway.begin()
    status, body = post(gateway, person, content)
    assert (status, body["duplicate"]) == (202, False), body
    assert post(gateway, person, content)[1]["duplicate"] is True  # sent again: kept once
    lines = person.transcript(3, 60)
    assert [author for _, author, _ in lines][:2] == ["bot", "jobseeker"]


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (locked(), 422, "JS-UPL-003"),
        (b"%PDF-1.7 nothing behind it", 422, "JS-UPL-005"),
        (zip_bomb(), 422, "JS-UPL-006"),
        (picture(), 415, "JS-UPL-002"),
        (b"x" * 5_100_000, 413, "JS-UPL-001"),
    ],
    ids=["locked", "broken", "bomb", "picture", "large"],
)  # fmt: skip
def test_what_cannot_be_read_is_told_in_both_languages_and_nothing_is_kept(
    gateway: Gateway, content: bytes, status: int, code: str
) -> None:
    person = gateway.begin()
    got, body = post(gateway, person, content)
    assert (got, body["error"]["code"]) == (status, code), body
    assert body["error"]["message"]["zh"]
    assert body["error"]["message"]["en"]
    assert [seq for seq, _, _ in person.transcript(1, 10)] == [1]
    assert post(gateway, person, TEXT.encode())[0] == 202  # the conversation goes on


def test_requests_of_another_form_are_refused(gateway: Gateway) -> None:
    person = gateway.begin()
    assert post(gateway, person, TEXT.encode(), token="stolen")[0] == 404
    assert post(gateway, person, TEXT.encode(), fields="")[0] == 400
    assert post(gateway, person, TEXT.encode(), fields="spaces are not allowed")[0] == 400
    assert post(gateway, person, b"")[0] == 415


def test_a_part_whose_header_is_no_header_is_refused(gateway: Gateway) -> None:
    person = gateway.begin()
    fields = 'x\r\n--edge7c1f\r\nContent-Disposition: form-data; name="*\x12\u00cb"\r\n\r\n-1'
    status, body = post(gateway, person, TEXT.encode(), fields=fields)
    assert (status, body["error"]["code"]) == (400, "JS-IN-003"), body

"""An uploaded résumé: read first, then a message of its own; what is wrong with it is told at once and nothing is kept."""

from __future__ import annotations

import pytest

from connectors.web import to_inbound
from jobseeker.errors import EncryptedFile, UnknownConversation, UploadWhilePerson
from jobseeker.profile import Found, Reading
from jobseeker.usecases.receive_message import Received
from jobseeker.usecases.receive_resume import ReceiveResume
from jobseeker.usecases.start_conversation import Started
from tests.doubles.kit import Kit

READING = Reading(skills=(Found("excel", "Excel", 0, 5, years=3),))


class Reads:
    """Stands for the guarded worker, which tests/integration/test_read_file.py and test_upload.py run for real."""

    max_bytes = 1_000

    def __init__(self, answer: Reading | Exception) -> None:
        self.answer, self.read = answer, 0

    async def __call__(self, content: bytes) -> Reading:
        self.read += 1
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


async def upload(
    kit: Kit, started: Started, reads: Reads, name: str = "履歷.pdf", token: str = "", client_id: str = "u1"
) -> Received:
    use_case = ReceiveResume(kit.services.read_conversation, kit.services.receive_message, reads)
    message = to_inbound(started.conversation.id, text=name, client_message_id=client_id, payload="/upload")
    return await use_case(message, b"bytes", token=token or started.token)


async def test_what_was_found_goes_to_the_dialogue_once_and_is_not_kept(kit: Kit) -> None:
    started, reads = await kit.start(), Reads(READING)
    await kit.say(started, "失業給付可以領多少")
    received = await upload(kit, started, reads)
    again = await upload(kit, started, reads)
    assert (again.inbox_id, again.duplicate) == (received.inbox_id, True)
    assert (
        len(await kit.rows("SELECT reading FROM inbox WHERE reading IS NOT NULL AND CAST(reading AS TEXT) != 'null'"))
        == 1
    )
    await kit.work()
    asked = [(request.command, request.reading) for request in kit.dialogue.requests]
    assert asked == [("", None), ("/upload", READING.to_dict())]  # in the order in which they came
    rows = await kit.rows("SELECT text, reading FROM inbox ORDER BY seq")
    assert [text for text, _ in rows] == ["失業給付可以領多少", "履歷.pdf"]
    assert all(reading in (None, "null") for _, reading in rows)


async def test_a_file_that_cannot_be_read_leaves_the_conversation_as_it_was(kit: Kit) -> None:
    started = await kit.start()
    before = await kit.transcript(started)
    with pytest.raises(EncryptedFile):
        await upload(kit, started, Reads(EncryptedFile()))
    assert await kit.transcript(started) == before
    assert (await kit.say(started, "謝謝")).seq == 2


async def test_nobody_elses_file_is_opened(kit: Kit) -> None:
    started, reads = await kit.start(), Reads(READING)
    with pytest.raises(UnknownConversation):
        await upload(kit, started, reads, token="stolen")
    assert reads.read == 0


async def test_while_a_counsellor_speaks_the_person_is_told(kit: Kit) -> None:
    started, reads = await kit.start(), Reads(READING)
    case = await kit.services.open_case(started.conversation.id, reasons=["asked_for_human"])
    await upload(kit, started, reads)  # waiting: the assistant still answers
    await kit.services.claim_case(await kit.account(), case.id)
    with pytest.raises(UploadWhilePerson):
        await upload(kit, started, reads, client_id="u2")


async def test_a_long_name_is_cut_and_a_missing_one_is_no_error(kit: Kit) -> None:
    started, reads = await kit.start(), Reads(READING)
    await upload(kit, started, reads, name="長" * 300 + ".docx")
    await upload(kit, started, reads, name="", client_id="u2")
    texts = [text for (text,) in await kit.rows("SELECT text FROM inbox ORDER BY seq")]
    assert texts[0].endswith(".docx")
    assert len(texts[0]) <= 80
    assert texts[1] == "…"

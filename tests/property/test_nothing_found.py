"""Whatever is searched for: nothing found, nothing near or contested never comes without a way to a person, and nothing is a dead end."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.settings import Settings
from content import load_pack
from jobseeker.answers import Answers
from jobseeker.messages import VARIETIES, Say
from jobseeker.outgoing import ALWAYS_OFFERS, Composer
from language.detect import to_simplified

NOW = datetime(2026, 11, 28, 2, 0, tzinfo=timezone.utc)
SKILL = {"zh": "堆高機操作", "en": "forklift driving"}
PARAMS = {
    "items": [], "count": 3, "wished": SKILL, "names": [SKILL], "title": SKILL, "rank": 2, "occupation": SKILL, "text": "…",
    "lines": [{"key": "jobs_used_nothing", "params": {}}], "sources": [],
}  # fmt: skip
BUTTONS = [
    {"title": {"key": "button_explore", "params": {}}, "payload": "/explore"},
    {"topic": "ui_amount", "payload": "/topic ui_amount"},
]


@pytest.fixture(scope="module")
def composer() -> Composer:
    """The real pack."""
    return Composer(Answers(load_pack(Settings().content_dir), to_simplified), ["web"])


@settings(max_examples=200, deadline=None)
@given(
    key=st.sampled_from(sorted(ALWAYS_OFFERS)),
    kind=st.sampled_from(["cards", "utterance"]),
    variety=st.sampled_from(VARIETIES),
    buttons=st.lists(st.sampled_from(BUTTONS), max_size=4),
)
def test_a_person_is_always_offered(
    composer: Composer, key: str, kind: str, variety: str, buttons: list[dict[str, object]]
) -> None:
    params = {**PARAMS, "buttons": buttons} if kind == "cards" else {"text": "…"}
    say = Say(kind, key, params)  # type: ignore[arg-type]
    reply = composer.render(say, variety=variety, now=NOW, author="bot", owner="bot")
    assert "/human" in [button.payload for button in reply.buttons]
    assert all(len(button.title) <= 20 for button in reply.buttons)
    assert reply.text
    if kind == "cards":
        assert "{" not in reply.text, "a placeholder was left"


def test_the_guard_looks_at_what_the_dialogue_says(composer: Composer) -> None:
    found_nothing = {
        "jobs_none",
        "jobs_none_near",
        "jobs_nearest",
        "why_not_none",
        "training_none",
        "contest_opened",
        "contest_other",
    }
    assert found_nothing <= ALWAYS_OFFERS
    plain = composer.render(
        Say("cards", "jobs_ask_wish", {"items": []}), variety="en", now=NOW, author="bot", owner="bot"
    )
    assert "/human" not in [button.payload for button in plain.buttons]

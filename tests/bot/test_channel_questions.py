"""When the channel puts an open question again: after an interruption, not after the action has put it itself."""

from __future__ import annotations

from rasa.shared.core.domain import Domain
from rasa.shared.core.events import SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.channel import _put_again
from bot.processor import open_question
from jobseeker.messages import Say
from jobseeker.open_question import SLOT, OpenQuestion

ASKED = OpenQuestion("profile", "build_profile", Say("utterance", "profile_ask_place"))
DOMAIN = Domain.from_dict({"slots": {SLOT: {"type": "any", "mappings": [{"type": "custom"}]}}})


def tracker(*events: object) -> DialogueStateTracker:
    made = DialogueStateTracker("c", DOMAIN.slots)
    for event in (SlotSet(SLOT, ASKED.to_dict()), UserUttered("x", {"name": "faq"}), *events):
        made.update(event)
    return made


def test_after_an_interruption_it_is_put_again_and_that_is_remembered() -> None:
    interrupted = tracker()
    assert _put_again(interrupted, ASKED, "faq", answered=False) == ASKED
    after = open_question(interrupted)
    assert after is not None
    assert after.reminded
    interrupted.update(UserUttered("y", {"name": "faq"}))
    assert _put_again(interrupted, after, "faq", answered=False) is None


def test_where_the_action_has_just_put_it_nothing_is_added() -> None:
    assert _put_again(tracker(SlotSet(SLOT, ASKED.to_dict())), ASKED, "show_profile", answered=False) is None
    assert _put_again(tracker(SlotSet(SLOT, None)), ASKED, "update_profile", answered=False) is None

"""What is said about a profile, as keys of data/responses and facts: no words, no decisions (dialogue.py)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jobseeker.messages import Say
from jobseeker.profile.card import CardFacts
from jobseeker.profile.drafting import Draft
from jobseeker.profile.questions import EPISODE
from jobseeker.profile.records import Profile

SAID = (
    "profile_note_years",
    "profile_note_year",
    "profile_note_hedged",
)  # what is repeated of a thing when it is noted


class Telling:
    """Makes the says."""

    def __init__(self, facts: CardFacts) -> None:
        self.facts = facts

    def ask(self, question: str) -> Say:
        """A question of questions.py."""
        if question.startswith(EPISODE):
            return Say(
                "utterance", "profile_ask_episode", {"name": self.facts.skill_name(question.removeprefix(EPISODE))}
            )
        return Say("utterance", f"profile_ask_{question}")

    def card(self, draft: Draft, lead: str, buttons: str) -> tuple[Say, ...]:
        """The draft as a card; single things can be taken out."""
        item = self.facts.item(draft.profile, lacks=draft.lacks, buttons=f"{buttons}_buttons")
        return (Say("cards", lead, {"items": [item]}),)

    def saved(self, profile: Profile, lead: str) -> tuple[Say, ...]:
        """What is kept of the person, as a card."""
        item = self.facts.item(profile, buttons="profile_saved_buttons")
        return (Say("cards", lead, {"items": [item]}),)

    def noted(self, draft: Draft) -> tuple[Say, ...]:
        """What the latest message put in and what it took out, a line each; the names are those of the card."""
        entries = {e["remove"]: e for group in self.facts.item(draft.profile)["groups"] for e in group["items"]}
        noted = [_as_text(entries[key]) for key in draft.touched if key in entries]
        gone = [
            dict(name)
            for key in draft.touched
            if key not in entries and (name := self.facts.name_of(key, draft.profile))
        ]
        says = (Say("utterance", "profile_noted", {"names": noted}),) if noted else ()
        return (*says, Say("utterance", "profile_noted_gone", {"names": gone})) if gone else says

    def episode_missing(self, skill_id: str) -> Say:
        """A soft skill stays what the person said, and that is said."""
        return Say("utterance", "profile_episode_missing", {"name": self.facts.skill_name(skill_id)})


def _as_text(entry: Mapping[str, Any]) -> dict[str, Any]:
    """A card's entry as a placeholder: a text of data/responses with its own placeholders."""
    label = {"key": entry["label"], "params": {**(entry.get("params") or {}), "name": entry.get("name") or ""}}
    notes = [note for note in entry.get("notes") or () if note["key"] in SAID]
    return {"key": "profile_with_note", "params": {"label": label, "note": notes}} if notes else label

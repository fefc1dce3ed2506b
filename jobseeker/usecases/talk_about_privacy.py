"""One message about a person's own data: what is kept and agreed to is looked up, what to say follows. Nothing is written here; effects are sent on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jobseeker.messages import Command, Say
from jobseeker.privacy import CHANGEABLE, NOTICE_VERSION
from jobseeker.storage import Store


@dataclass(frozen=True)
class PrivacyTold:
    """Says, and effects of usecases/carry_out_effects.py."""

    says: tuple[Say, ...] = ()
    effects: tuple[tuple[str, Mapping[str, Any]], ...] = ()


class TalkAboutPrivacy:
    """Erasing only after a press on the button that says so, or a bare yes to it (usecases/picked_in_words.py)."""

    def __init__(self, store: Store) -> None:
        self.store = store

    async def __call__(self, conversation_id: str, act: str, command: Command | None) -> PrivacyTold:
        """What follows. `act`: privacy_erase, privacy_export or consent_change."""
        if act == "privacy_erase":
            return self._erase(command)
        if act == "privacy_export":
            return PrivacyTold(effects=(("store_export", {}),))
        return await self._consents(conversation_id, command)

    @staticmethod
    def _erase(command: Command | None) -> PrivacyTold:
        argument = command.argument if command is not None and command.name == "erase" else ""
        if argument == "yes":
            return PrivacyTold(effects=(("erase_person", {}),))
        return PrivacyTold((Say("utterance", "erase_kept" if argument == "no" else "erase_ask"),))

    async def _consents(self, conversation_id: str, command: Command | None) -> PrivacyTold:
        argument = command.argument if command is not None and command.name == "consent" else ""
        purpose, _, wish = argument.partition("-")
        if purpose in CHANGEABLE and wish in ("on", "off"):
            params = {"purpose": purpose, "given": wish == "on", "notice_version": NOTICE_VERSION}
            return PrivacyTold(effects=(("set_consent", params),))
        async with self.store.read() as work:
            person = await work.conversations.person_of(conversation_id)
            given = {one: person is not None and await work.profiles.has_consented(person, one) for one in CHANGEABLE}
        lines = [
            {
                "key": f"consent_line_{'on' if on else 'off'}",
                "params": {"purpose": {"key": f"consent_purpose_{one}"}},
                "buttons": _buttons(one, on),
            }
            for one, on in given.items()
        ]
        return PrivacyTold((Say("cards", "consent_overview", {"items": [], "lines": lines}),))


def _buttons(purpose: str, on: bool) -> list[dict[str, Any]]:
    """Off at any time. Alerts and reminders are switched on where it is clear what about; research by a button here."""
    if on:
        return [{"title": {"key": f"consent_button_off_{purpose}"}, "payload": f"/consent {purpose}-off"}]
    if purpose == "research":
        return [{"title": {"key": "consent_button_on_research"}, "payload": "/consent research-on"}]
    if purpose == "fairness":  # what it is about comes first
        return [{"title": {"key": "consent_button_on_fairness"}, "payload": "/fairness"}]
    return []

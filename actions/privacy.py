"""The acts about a person's own data: message in, jobseeker/usecases/talk_about_privacy.py, says and commands out. No logic."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import Message, send
from app.desk import Desk

ACTS = ("privacy_erase", "privacy_export", "consent_change")


class PrivacyAction(Action):
    """One of the acts."""

    def __init__(self, desk: Desk, act: str) -> None:
        self.desk, self.act = desk, act

    def name(self) -> str:
        """As domain.yml names it."""
        return f"action_{self.act}"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Let the use case decide."""
        done = await self.desk.talk_about_privacy(tracker.sender_id, self.act, Message.of(tracker).command)
        send(dispatcher, done.says, done.effects)
        return []


def privacy_actions(desk: Desk) -> list[Action]:
    """All of them, as domain.yml names them."""
    return [PrivacyAction(desk, act) for act in ACTS]

"""The person wants a human. The gateway opens the case and says what happens next; nothing is decided here."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.replies import command


class RequestHandoff(Action):
    """Asks the gateway for a counsellor."""

    def name(self) -> str:
        """As domain.yml names it."""
        return "action_request_handoff"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Send the command; it carries nothing, the gateway knows the conversation."""
        command(dispatcher, "request_handoff")
        return []

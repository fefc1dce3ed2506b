"""The person asks what the assistant can do. The menu's text and buttons are in data/responses."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.replies import say


class ShowMenu(Action):
    """Shows the menu."""

    def name(self) -> str:
        """As domain.yml names it."""
        return "action_show_menu"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Say it."""
        say(dispatcher, "act_help")
        return []

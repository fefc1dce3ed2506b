"""How the service works: says the notice, whose factors are the code's own list. No logic."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.replies import told
from jobseeker.privacy.notice import notice


class TellHowItWorks(Action):
    """Says it."""

    def name(self) -> str:
        """As domain.yml names it."""
        return "action_how_you_work"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """The notice."""
        told(dispatcher, notice())
        return []

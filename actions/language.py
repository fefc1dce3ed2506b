"""The person wants another language. Reading the wish is language.detect's; keeping to it is the gateway's."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.replies import command, say
from jobseeker.messages import VARIETIES, parse_command
from language.detect import requested_variety


class SwitchLanguage(Action):
    """Switches to the language asked for, or offers the choice where it cannot be read."""

    def name(self) -> str:
        """As domain.yml names it."""
        return "action_switch_language"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Read the wish from the button, else from the words."""
        variety = wished_variety(tracker.latest_message)
        if variety is None:
            say(dispatcher, "language_choice")
        else:
            command(dispatcher, "set_variety", variety=variety)
            say(dispatcher, "language_switched")
        return []


def wished_variety(message: dict[str, Any]) -> str | None:
    """The variety a message asks for, or None where it names none."""
    pressed = parse_command((message.get("metadata") or {}).get("command") or "")
    if pressed is not None and pressed.name == "language":
        return pressed.argument if pressed.argument in VARIETIES else None
    return requested_variety(message.get("text") or "")

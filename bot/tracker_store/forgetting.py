"""Taking one message's words out of stored events. Which rows are touched is database.py."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

NOTHING = ""


class Forgetting:
    """Rewrites a JSON list of Rasa's events: the words of the message with this id go, wherever they stand."""

    def __init__(self, message_id: str) -> None:
        self._message_id = message_id
        self._words: list[str] = []

    def __call__(self, events: str) -> str:
        """The list without the words. What was seen in one list is also taken out of the next: the head may hold them too."""
        read = json.loads(events)
        mine = [event for event in read if event.get("event") == "user" and event.get("message_id") == self._message_id]
        self._words += [event["text"] for event in mine if event.get("text")]
        return json.dumps([self._without(event) for event in read], ensure_ascii=False, separators=(",", ":"))

    def _without(self, event: Mapping[str, Any]) -> Any:
        if event.get("event") == "user" and event.get("message_id") == self._message_id:
            data = {key: value for key, value in (event.get("parse_data") or {}).items() if key in _KEPT}
            return {**event, "text": NOTHING, "parse_data": {**data, "text": NOTHING, "entities": []}}
        return self._replaced(event)

    def _replaced(self, value: Any) -> Any:
        """Slots and replies of the turn may quote the message."""
        if isinstance(value, str):
            for words in self._words:
                value = value.replace(words, NOTHING) if len(words) > 1 else value
            return value
        if isinstance(value, dict):
            return {key: self._replaced(item) for key, item in value.items()}
        return [self._replaced(item) for item in value] if isinstance(value, list) else value


_KEPT = ("intent", "intent_ranking", "message_id", "metadata", "understanding")  # what was understood, without words

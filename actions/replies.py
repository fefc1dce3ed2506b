"""The things an action may send back (docs/contracts.md). No wording."""

from __future__ import annotations

from typing import Any

from rasa_sdk.executor import CollectingDispatcher

from jobseeker.messages import Say


def say(dispatcher: CollectingDispatcher, key: str, **params: Any) -> None:
    """Have a text of data/responses said."""
    dispatcher.utter_message(json_message={"say": Say("utterance", key, params).to_dict()})


def told(dispatcher: CollectingDispatcher, what: Say) -> None:
    """Have said what a use case wants said."""
    dispatcher.utter_message(json_message={"say": what.to_dict()})


def command(dispatcher: CollectingDispatcher, name: str, **params: Any) -> None:
    """Ask the gateway to do something, in the same transaction that stores the reply."""
    dispatcher.utter_message(json_message={"command": {"name": name, "params": params}})

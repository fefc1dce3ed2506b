"""The profile card: what was understood of a person, in groups, each thing with a way to take it out. Making its facts is profile/card.py.

An item: {"type": "profile", "groups": [{"label": key, "items": [{"label": key, "name": {"zh", "en"}, "params": {…}, "notes":
[{"key", "params"}], "remove": argument of /remove, "" where it cannot be taken out}]}], "buttons": key of the response whose
buttons the card has, "" for none}. Keys are of data/responses.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jobseeker.rendering import Words


def render(item: Mapping[str, Any], words: Words) -> Mapping[str, Any]:
    """The card {"type": "profile", "groups": [{"label", "items": [{"label", "note", "payload"}]}], "buttons", "text"}."""
    groups = [
        {"label": words.line(group["label"]), "items": [_entry(entry, words) for entry in group["items"]]}
        for group in item["groups"]
        if group["items"]
    ]
    buttons = words.buttons(item["buttons"]) if item.get("buttons") else []
    return {
        "type": "profile",
        "groups": groups,
        "buttons": [button.to_dict() for button in buttons],
        "text": "\n".join(_as_text(group, words) for group in groups),
    }


def _entry(entry: Mapping[str, Any], words: Words) -> Mapping[str, str]:
    params = {name: _shown(value, words) for name, value in (entry.get("params") or {}).items()}
    name = entry.get("name") or {}
    notes = [
        words.line(note["key"], **{key: _shown(value, words) for key, value in (note.get("params") or {}).items()})
        for note in entry.get("notes") or ()
    ]
    return {
        "label": words.line(entry["label"], name=name.get(words.language, ""), **params),
        "note": words.line("profile_between_notes").join(notes) if notes else "",
        "payload": f"/remove {entry['remove']}" if entry.get("remove") else "",
    }


def _shown(value: Any, words: Words) -> str:
    """A placeholder's value: a number without needless decimals, a name in the reader's language, a text as it is."""
    if isinstance(value, Mapping):
        return str(value.get(words.language, ""))
    return f"{value:g}" if isinstance(value, float) else str(value)


def _as_text(group: Mapping[str, Any], words: Words) -> str:
    lines = [
        words.line("profile_line_noted" if entry["note"] else "profile_line", label=entry["label"], note=entry["note"])
        for entry in group["items"]
    ]
    return "\n".join([words.line("profile_group_line", label=group["label"]), *lines])

"""What somebody wrote with identifiers in it, in memory until it is answered: the one place where it is whole. Nothing of it is stored."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from jobseeker.privacy.identifiers import MASK
from jobseeker.resume.records import Contact

KEPT_FOR = timedelta(minutes=15)  # longer than a message is tried
MOST = 1_000


class InHand:
    """Texts by the id of their message, of this process alone: another one, or this one after a crash, has the masked text only.

    Args:
        read_contact: language.contact.read_contact.
    """

    def __init__(self, read_contact: Callable[[str], Contact] | None = None) -> None:
        self._read_contact = read_contact
        self._texts: OrderedDict[int, tuple[datetime, str]] = OrderedDict()

    def hold(self, inbox_id: int, text: str, now: datetime) -> None:
        """Keep it for a while; the oldest go when there are too many."""
        self._texts[inbox_id] = (now, text)
        while self._texts and (len(self._texts) > MOST or next(iter(self._texts.values()))[0] < now - KEPT_FOR):
            self._texts.popitem(last=False)

    def text(self, inbox_id: int) -> str | None:
        """The text of this message as it was written, where it is still here."""
        found = self._texts.get(inbox_id)
        return found[1] if found else None

    def drop(self, inbox_id: int) -> None:
        """It is answered."""
        self._texts.pop(inbox_id, None)

    def with_contact(self, inbox_id: int, params: Mapping[str, Any]) -> Mapping[str, Any]:
        """The params of `store_file` with name and numbers as they were written, in place of the masked ones the dialogue engine knows.

        Where the text is not here any more they are left out, and "contact_missing" says so.
        """
        contact = params["contact"]
        if not any(MASK in value for value in contact.values()):
            return params
        text = self.text(inbox_id)
        if text is None or self._read_contact is None:
            kept = {name: "" if MASK in value else value for name, value in contact.items()}
            return {**params, "contact": kept, "contact_missing": True}
        return {**params, "contact": self._read_contact(text).to_dict()}

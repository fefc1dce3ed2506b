"""Finds a name, a phone number and an e-mail address in an answer to "what shall stand on the résumé?". Nothing is kept here."""

from __future__ import annotations

import re

from jobseeker.privacy.identifiers import MASK
from jobseeker.resume.records import Contact

_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_PHONE = re.compile(r"(?:\+?886[\s-]?|0)\d(?:[\s-]?\d){7,9}(?!\d)|\(0\d{1,2}\)\s?\d{3,4}[\s-]?\d{4}")
_LABELS = re.compile(
    r"姓名|名字|我叫做?|我是|叫我|電話|手機|号码|號碼|电话|手机|電子郵件|电子邮件|電郵|信箱|邮箱|e-?mail|mail|phone(?: number)?|mobile|tel|my name is|i am|i'm|name|contact|是|is|my|and|和|跟",
    re.IGNORECASE,
)
_MASKED = re.compile(rf"{MASK}{{3,}}")  # hidden before it came here: there is something, and it is not known what
_EDGES = " \t\n,，、。.;；:：()（）-/|"
MAX_NAME_CHARACTERS = 40


def read_contact(text: str) -> Contact:
    """What is there; a name is what remains beside number and address, where it is short enough to be one."""
    email, phone = _EMAIL.search(text), _PHONE.search(text)
    masked = _MASKED.search(text)
    rest = _MASKED.sub(" ", text)
    for found in (email, phone):
        rest = rest.replace(found[0], " ") if found else rest
    labelled = re.sub(
        rf"(?:^|(?<=[\s,，、。:：;；]))(?:{_LABELS.pattern})(?=[\s:：,，]|[㐀-鿿]|$)", " ", rest, flags=re.IGNORECASE
    )
    name = " ".join(labelled.split()).strip(_EDGES)
    name = re.sub(rf"(?:{_LABELS.pattern})$", "", name, flags=re.IGNORECASE).strip(_EDGES)
    usable = name if 1 < len(name) <= MAX_NAME_CHARACTERS and not any(c.isdigit() for c in name) else ""
    return Contact(
        usable, " ".join(phone[0].split()) if phone else masked[0] if masked else "", email[0] if email else ""
    )

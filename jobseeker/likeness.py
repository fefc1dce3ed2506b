"""When two postings are taken for one job: the same employer, title, place and pay, however they are spelled. Storing is store/'s."""

from __future__ import annotations

import hashlib
import re
import unicodedata

from jobseeker.vacancies import Vacancy

_REMARK = re.compile(r"[【\[〔《(（][^】\]〕》)）]*[】\]〕》)）]")
_COMPANY_FORM = re.compile(
    r"(股份)?有限公司|公司|\b(co|ltd|inc|corp|corporation|company|limited|llc)\b\.?", re.IGNORECASE
)
_NO_LETTER = re.compile(r"[\W_]+")


def folded(text: str) -> str:
    """Letters and figures alone: full-width forms, case, 台/臺, spaces and punctuation make no difference."""
    return _NO_LETTER.sub("", unicodedata.normalize("NFKC", text).casefold().replace("台", "臺"))


def likeness(vacancy: Vacancy) -> str:
    """A key (hex, 40 characters) that is the same for two postings of one job.

    Legal forms (股份有限公司, Co., Ltd.) and remarks in brackets (【急徵】, (日班)) are left out unless nothing else is there.
    Without an employer, title or place nothing can be said: the key is then the posting's own.
    """
    employer = folded(_COMPANY_FORM.sub(" ", vacancy.employer)) or folded(vacancy.employer)
    title = folded(_REMARK.sub(" ", vacancy.title)) or folded(vacancy.title)
    place = vacancy.place_id or folded(vacancy.address)
    if employer and title and place:
        pay = vacancy.pay
        amount = f"{pay.low:f}-{pay.high or pay.low:f}/{pay.period}" if pay.low is not None else "-"
        parts = [employer, title, place, amount]
    else:
        parts = ["", vacancy.source, vacancy.source_id]
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:40]


def is_same_posting(one: Vacancy, other: Vacancy) -> bool:
    """Of two vacancies of equal likeness: whether they are one. A source's own ids count, unless even the text is the same."""
    return one.source != other.source or folded(one.text) == folded(other.text)

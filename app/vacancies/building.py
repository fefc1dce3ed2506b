"""Fields of one posting to a Vacancy: every value read, checked, and what is doubtful noted. Reading files and running text is done elsewhere."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, cast, get_args

from app.vacancies.addresses import AddressReader
from app.vacancies.rows import RawPosting, Reason
from app.vacancies.terms import TermFinder
from app.vacancies.values import (
    Doubt,
    all_matching,
    amounts,
    assumed_period,
    clean,
    listed,
    matching,
    read_date,
    read_number,
)
from content.vacancy_files import VacancyFiles
from jobseeker.likeness import folded
from jobseeker.vacancies import LANGUAGE_LEVELS, SHIFTS, Contract, Hours, Pay, PayPeriod, Vacancy
from language.detect import is_chinese, script_of
from language.reading.folding import fold
from language.reading.numbers import amounts as spelled_amounts

MAX_TEXT = 20_000  # characters
MAX_SHORT = 200
LEAST_PAY = 50  # a smaller amount in a text about pay is something else
FIELDS = frozenset(
    [
        "source_id",
        "title",
        "title_en",
        "employer",
        "text",
        "requirements",
        "benefits",
        "language",
        "posted_on",
        "posted_days_ago",
        "expires_on",
        "open_for_days",
        "url",
        "occupation",
        "essential_skills",
        "optional_skills",
        "licences",
        "languages",
        "years_of_experience",
        "pay",
        "pay_low",
        "pay_high",
        "pay_period",
        "hours",
        "contract",
        "shifts",
        "place",
        "county",
        "district",
        "address",
        "lat",
        "lon",
        "remote",
        "openings",
        "source",
        "withdrawn",
        "pay_undisclosed",
    ]
)
TEXT_FIELDS = ("text", "requirements", "benefits")
OWN_NAMES = {
    **{name: name for name in FIELDS},
    "occupation_id": "occupation",
    "place_id": "place",
    "title_other": "title_en",
    **dict.fromkeys(("state", "revision", "read_from_text", "duplicate_of"), "ignore"),
}  # our own record, as `jobseeker vacancies show --json` writes it


@dataclass(frozen=True)
class Built:
    """A vacancy, what is doubtful about it, and what stands in fields that no taxonomy knows: it is read as text as well."""

    vacancy: Vacancy
    notes: tuple[Reason, ...]
    extra_text: str = ""
    has_date: bool = True  # False: the source does not say when it was posted


class VacancyBuilder:
    """Reads the fields of one posting. Raises Doubt for what cannot be kept.

    Args:
        words: what the pack says about files.
        today: the day from which relative dates are counted.
        source: the name of the source for all rows; "" takes each row's own, else `fallback`.
    """

    def __init__(
        self, words: VacancyFiles, addresses: AddressReader, terms: TermFinder, today: date, source: str, fallback: str
    ) -> None:
        self._words, self._addresses, self._terms, self._today = words, addresses, terms, today
        self._source, self._fallback = source, fallback[:64] or "import"

    def source_of(self, fields: Mapping[str, Any]) -> str:
        """The source of a row: what the operator said, else what the row says, else the file's name."""
        return self._source or clean(fields.get("source"))[:64] or self._fallback

    def build(self, raw: RawPosting) -> Built:
        """The vacancy of a row."""
        fields = raw.fields
        notes = list(raw.notes)
        extra: list[str] = []
        title, other = self._title(fields)
        text = "\n".join(part for name in TEXT_FIELDS if (part := _short(fields, name, MAX_TEXT)))
        if not text:
            raise Doubt(Reason("no_text"))
        if len(text) > MAX_TEXT:
            raise Doubt(Reason("too_long", {"field": "text", "value": len(text)}))
        posted, expires = self._days(fields)
        vacancy = Vacancy(
            id=0,
            source=self.source_of(fields),
            source_id=_short(fields, "source_id", 191),
            title=title,
            employer=_short(fields, "employer", MAX_SHORT),
            text=text,
            language=_language(fields, f"{title}\n{text}"),
            posted_on=posted,
            expires_on=expires,
            url=_url(fields),
            title_other=other,
            occupation_id=self._occupation(fields, notes),
            essential_skills=self._ids(fields, "essential_skills", notes, extra),
            optional_skills=self._ids(fields, "optional_skills", notes, extra),
            licences=self._ids(fields, "licences", notes, extra),
            languages=self._languages(fields, notes, extra),
            years_of_experience=self._years(fields, extra),
            hours=cast(Hours, self._choice(fields, "hours", get_args(Hours), notes) or "unknown"),
            contract=cast(Contract, self._choice(fields, "contract", get_args(Contract), notes) or "unknown"),
            shifts=self._shifts(fields, extra),
            remote=self._yes(fields, "remote"),
            openings=_openings(fields),
            **self._place(fields, notes),
        )
        vacancy = replace(vacancy, pay=self._pay(fields, notes))
        if not vacancy.source_id:
            vacancy = replace(vacancy, source_id=made_id(vacancy))
        dated = "posted_days_ago" in fields or self._day(fields, "posted_on") is not None
        return Built(vacancy, tuple(notes), "\n".join(extra), dated)

    def _title(self, fields: Mapping[str, Any]) -> tuple[str, dict[str, str]]:
        title = _short(fields, "title", MAX_SHORT)
        other = fields.get("title_en")
        if isinstance(other, Mapping):
            named = {str(key): clean(value) for key, value in other.items() if clean(value)}
        else:
            named = {"en": _short(fields, "title_en", MAX_SHORT)} if other else {}
        if not title:
            title = named.pop("en", "")
        if not title:
            raise Doubt(Reason("no_title"))
        return title, named

    def _days(self, fields: Mapping[str, Any]) -> tuple[date, date | None]:
        given = self._day(fields, "posted_on")
        if "posted_days_ago" in fields:
            given = self._today - timedelta(days=int(read_number(fields["posted_days_ago"], "posted_days_ago")))
        expires = self._day(fields, "expires_on")
        if "open_for_days" in fields:
            expires = self._today + timedelta(days=int(read_number(fields["open_for_days"], "open_for_days")))
        posted = given or min(self._today, expires or self._today)
        if expires is not None and expires < posted:
            raise Doubt(Reason("dates_reversed", {"value": expires.isoformat(), "expected": posted.isoformat()}))
        return posted, expires

    def _day(self, fields: Mapping[str, Any], name: str) -> date | None:
        value = fields.get(name)
        if value in (None, "") or (isinstance(value, str) and self._words.words["open_ended"].search(clean(value))):
            return None
        return read_date(value, name)

    def _pay(self, fields: Mapping[str, Any], notes: list[Reason]) -> Pay:
        """From pay_low, pay_high and pay_period, or from a text that says all of it. Undisclosed where neither says an amount."""
        nested = fields.get("pay")
        if isinstance(nested, Mapping):
            fields = {**fields, "pay": None, **{f"pay_{key}": value for key, value in nested.items()}}
        text = clean(fields.get("pay")).casefold()
        unit = clean(fields.get("pay_period")).casefold()
        period = unit if unit in get_args(PayPeriod) else matching(self._words.values["pay_period"], unit or text)
        low, high = (_amount(fields, name) for name in ("pay_low", "pay_high"))
        if fields.get("pay_undisclosed"):
            return Pay()
        if low is None and high is None and text:
            low, high = self._pay_text(text)
        if low is None:
            low, high = high, None
        if low is None or low == 0:
            return Pay()
        if low < 0:
            raise Doubt(Reason("pay_unknown", {"value": f"{low:f}"}))
        if high is not None and high < low:
            raise Doubt(Reason("pay_reversed", {"value": f"{low:f}", "expected": f"{high:f}"}))
        if not period:
            period = assumed_period(low) or "month"
            notes.append(Reason("pay_period_assumed", {"value": f"per_{period}"}))
        return Pay(low, None if high == low else high, cast(PayPeriod, period))

    def _pay_text(self, text: str) -> tuple[Decimal | None, Decimal | None]:
        """Amounts of a text. "Negotiable (40,000 or more by law)" discloses nothing: the law's figure is not the employer's."""
        if self._words.words["undisclosed"].search(text):
            return None, None
        found = [amount for amount in amounts(text) if amount >= LEAST_PAY]
        if not found:  # 「月薪三萬至三萬五」
            found = [amount for _, _, amount in spelled_amounts(fold(text)) if amount >= LEAST_PAY]
        if not found:
            raise Doubt(Reason("pay_unknown", {"value": text[:40]}))
        return found[0], found[1] if len(found) > 1 and found[1] > found[0] else None

    def _place(self, fields: Mapping[str, Any], notes: list[Reason]) -> dict[str, Any]:
        texts = [clean(fields.get(name)) for name in ("county", "district", "place", "address")]
        lat, lon = (_coordinate(fields, name) for name in ("lat", "lon"))
        given = clean(fields.get("place"))
        place_id = given if given in self._addresses.places else self._addresses.find(*texts)
        if not place_id and lat is not None and lon is not None:
            place_id = self._addresses.nearest(lat, lon)
        if not place_id and any(texts) and not self._yes(fields, "remote"):
            notes.append(Reason("place_unknown", {"value": " ".join(filter(None, texts))[:60]}))
        place = self._addresses.places.get(place_id)
        if (lat is None or lon is None) and place is not None:
            lat, lon = place.lat, place.lon
        address = clean(fields.get("address")) or ("" if given == place_id else given)
        return {"place_id": place_id, "lat": lat, "lon": lon, "address": address[:MAX_SHORT]}

    def _occupation(self, fields: Mapping[str, Any], notes: list[Reason]) -> str:
        given = clean(fields.get("occupation"))
        if not given:
            return ""
        found = self._terms.occupation(given)
        if not found:
            notes.append(Reason("occupation_unknown", {"value": given[:60]}))
        return found

    def _ids(self, fields: Mapping[str, Any], name: str, notes: list[Reason], extra: list[str]) -> tuple[str, ...]:
        found: dict[str, None] = {}
        for item in listed(fields.get(name)):
            skill = self._terms.skill(item)
            if skill:
                found[skill] = None
            else:
                extra.append(item)
                notes.append(Reason("skill_unknown", {"field": name, "value": item[:60]}))
        return tuple(found)

    def _languages(self, fields: Mapping[str, Any], notes: list[Reason], extra: list[str]) -> dict[str, str]:
        given = fields.get("languages")
        if not isinstance(given, Mapping):
            extra += listed(given)
            return {}
        found: dict[str, str] = {}
        for name, level in given.items():
            skill = self._terms.skill(str(name))
            if not skill or level not in LANGUAGE_LEVELS:
                notes.append(Reason("skill_unknown", {"field": "languages", "value": f"{name} {level}"}))
            else:
                found[skill] = str(level)
        return found

    def _years(self, fields: Mapping[str, Any], extra: list[str]) -> float | None:
        text = clean(fields.get("years_of_experience"))
        if not text:
            return None
        if self._words.words["no_experience"].search(text.casefold()):
            return 0.0
        try:
            years = float(read_number(fields["years_of_experience"], "years_of_experience"))
        except Doubt:
            extra.append(text)  # "2年以上餐飲經驗" is read as text
            return None
        return years if 0 <= years <= 50 else None

    def _choice(self, fields: Mapping[str, Any], name: str, ours: tuple[str, ...], notes: list[Reason]) -> str:
        text = clean(fields.get(name))
        if not text or text in ours:
            return text
        found = matching(self._words.values[name], text.casefold())
        if not found and name not in ("contract",) and fields.get("contract") != fields.get(name):
            notes.append(Reason("value_unknown", {"field": name, "value": text[:40]}))
        return found

    def _shifts(self, fields: Mapping[str, Any], extra: list[str]) -> tuple[str, ...]:
        given = fields.get("shifts")
        items = [str(item) for item in given] if isinstance(given, (list, tuple)) else [clean(given)] if given else []
        found = {item for item in items if item in SHIFTS}
        for item in items:
            if item not in SHIFTS:
                found |= set(all_matching(self._words.values["shifts"], item.casefold()))
                extra.append(item)
        return tuple(shift for shift in SHIFTS if shift in found)

    def _yes(self, fields: Mapping[str, Any], name: str) -> bool:
        value = fields.get(name)
        return value if isinstance(value, bool) else bool(self._words.words["yes"].search(clean(value).casefold()))


def made_id(vacancy: Vacancy) -> str:
    """An id for a posting whose source gives none: it stays while employer, title and place stay."""
    parts = (vacancy.employer, vacancy.title, vacancy.place_id or vacancy.address, vacancy.url)
    return "auto-" + hashlib.sha256("\x1f".join(map(folded, parts)).encode()).hexdigest()[:24]


def _short(fields: Mapping[str, Any], name: str, limit: int) -> str:
    value = fields.get(name)
    text = "" if value is None else clean(value) if not isinstance(value, str) else value.strip()
    if len(text) > limit:
        raise Doubt(Reason("too_long", {"field": name, "value": len(text)}))
    return text


def _url(fields: Mapping[str, Any]) -> str:
    text = _short(fields, "url", 2_000)
    return text if text.startswith(("https://", "http://")) else ""


def _language(fields: Mapping[str, Any], text: str) -> str:
    given = clean(fields.get("language"))
    if given in ("zh-Hant", "zh-Hans", "en", "sv"):
        return given
    if not is_chinese(text):
        return "en"
    return "zh-Hans" if script_of(text) == "Hans" else "zh-Hant"


def _openings(fields: Mapping[str, Any]) -> int:
    value = fields.get("openings")
    if value in (None, ""):
        return 1
    try:
        return min(max(int(read_number(value, "openings")), 1), 10_000)
    except Doubt:
        return 1  # 「數名」 says no number


def _amount(fields: Mapping[str, Any], name: str) -> Decimal | None:
    value = fields.get(name)
    return None if value in (None, "") else read_number(value, name)


def _coordinate(fields: Mapping[str, Any], name: str) -> float | None:
    value = fields.get(name)
    if value in (None, ""):
        return None
    number = float(read_number(value, name))
    if not -180 <= number <= 180:
        raise Doubt(Reason("number_unknown", {"field": name, "value": str(value)}))
    return number

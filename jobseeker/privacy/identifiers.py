"""Finds identifiers in what somebody wrote (identity, passport, telephone, e-mail, account, card, street address) and masks them.

What a counsellor or the pre-check needs is none: dates, sums, ages, case and vacancy numbers, law articles, hotlines. A text keeps its
length, so that places in it stay where they are. Where texts are masked is receive_message.py.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from jobseeker.privacy.checksums import is_card, is_china_id, is_taiwan_id

Kind = Literal["national_id", "passport", "phone", "email", "bank_account", "card", "address"]
KINDS: tuple[Kind, ...] = ("national_id", "passport", "phone", "email", "bank_account", "card", "address")
IDENTITY: frozenset[Kind] = frozenset({"national_id", "passport", "bank_account", "card"})  # nobody's office has these
MASK = "●"
CONTEXT_CHARACTERS = 24  # how far before a number the word stands that says what it is

_GAP = r"[\s\-‐-―.·()\u200b-\u200d\u2060\ufeff]{0,3}"  # between the digits of one number
_ONE = r"(?<![A-Za-z0-9])"
_END = r"(?![A-Za-z0-9])"


def _digits(least: int, most: int, first: str = r"\d") -> str:
    """So many digits in a row, gaps between."""
    return rf"{first}(?:{_GAP}\d){{{least - 1},{most - 1}}}"


_IDENTITY = re.compile(rf"{_ONE}[A-Za-z]{_GAP}[A-Da-d1289](?:{_GAP}\d){{8}}{_END}")
_CHINA = re.compile(rf"{_ONE}\d{{6}}{_GAP}\d{{8}}{_GAP}\d{{3}}[\dXx]{_END}")
_NAMED_IDENTITY = re.compile(rf"{_ONE}(?:[A-Za-z]{{1,2}}{_GAP})?{_digits(7, 12)}{_END}")
_PASSPORT = re.compile(rf"{_ONE}(?:[A-Za-z]{{1,3}}{_GAP})?{_digits(6, 9)}[A-Za-z]?{_END}")
_EMAIL = re.compile(
    r"[A-Za-z0-9._%+-]+\s?(?:@|[(\[]at[)\]])\s?[A-Za-z0-9-]+(?:\s?(?:\.|[(\[]dot[)\]])\s?[A-Za-z0-9-]+)+", re.IGNORECASE
)
_ANY_PHONE = re.compile(
    rf"(?<![A-Za-z0-9+$#])(?:\+{_GAP}\d|\({_GAP}0\d|0){_GAP}{_digits(7, 13)}(?!\d)(?!{_GAP}[元塊块])"
)
_NAMED_PHONE = re.compile(rf"(?<![A-Za-z0-9+$])(?<!\d[\s-]){_digits(7, 12, '[1-9]')}(?!\d)(?!{_GAP}[元塊块萬万])")
_ACCOUNT = re.compile(rf"{_ONE}{_digits(10, 17)}{_END}")
_BANK_AND_ACCOUNT = re.compile(rf"{_ONE}(?:[(]?\d{{3}}[)]?[\s-]\d{{10,14}}|\d{{7}}[\s-]\d{{7}}){_END}")
_CARD = re.compile(
    r"(?<![\dA-Za-z])(?:\d{13,19}|\d{4}(?:[\s-]{1,3}\d{4}){3}|\d{4}[\s-]{1,3}\d{6}[\s-]{1,3}\d{5})(?!\d)"
)
_ROAD = re.compile(
    r"(?:[^\W\d_]{0,5}(?:路|街|大道)(?:[一二三四五六七八九十\d]{1,3}段)?(?:\d{1,4}巷)?(?:\d{1,4}弄)?|\d{1,3}鄰[^\W\d_]{0,6}|\d{1,4}巷(?:\d{1,4}弄)?)"
    r"\s?\d{1,4}(?:[-之]\d{1,3})?[號号](?!線|线|出口|公路|店)(?:之\d{1,3})?(?:\s?\d{1,3}[樓楼Ff](?:[-之]\d{1,3})?)?(?:\s?\d{1,4}室)?"
)
_NOT_OF_THE_ROAD = re.compile(r".*[縣县市區区鄉乡鎮镇村里住在於于到是址搬家叫去從从離离近](?=.)")
_STREET = r"(?i:Road|Rd|Street|St|Avenue|Ave|Boulevard|Blvd|Lane|Ln|Alley)\b\.?"
_ENGLISH_ROAD = re.compile(
    rf"(?:(?:\b[Nn][Oo]\.?\s?|#\s?)\d{{1,4}}(?:-\d{{1,3}})?,?\s(?:[^.!?\n]{{0,50}}){_STREET}"
    rf"|\b\d{{1,4}}(?:-\d{{1,3}})?,?\s(?:[A-Z][A-Za-z'-]*\s){{1,4}}{_STREET})(?:,?\s?(?:Sec(?:tion|\.)?\s?\d))?(?:,?\s?\d{{1,2}}F\b)?"
)

_SAYS_IDENTITY = re.compile(
    r"身[分份]證|身[分份]证|證號|证号|居留證|居留证|統一證號|national id|id (?:card|number|no)|\barc\b|resident (?:permit|certificate|card)",
    re.IGNORECASE,
)
_SAYS_PASSPORT = re.compile(r"護照|护照|passport", re.IGNORECASE)
_SAYS_PHONE = re.compile(
    r"電話|电话|手機|手机|聯絡|联络|联系|市話|市话|打給我|打给我|\bphone|\bcall me|\btel\b|mobile|\bcell\b|reach me",
    re.IGNORECASE,
)
_SAYS_ACCOUNT = re.compile(
    r"帳號|账号|帳戶|账户|戶頭|户头|存摺|存折|匯款|汇款|匯到|汇到|轉帳|转账|局號|局号|bank account|account (?:number|no|is)|iban|transfer to",
    re.IGNORECASE,
)
_SAYS_OTHER = re.compile(
    r"職缺|职缺|編號|编号|案號|案号|案件|工號|工号|學號|学号|訂單|订单|文號|文号|字第|統編|统编|統一編號|统一编号|代碼|代码|收據|收据"
    r"|vacanc|\bjob (?:no|number|id)|\bcase\b|reference|\bref\b|\border\b|receipt|tax id|第\s?$",
    re.IGNORECASE,
)
_TIME = re.compile(r"(?:[01]\d|2[0-4])[0-5]\d")
_CHINESE_DIGITS = str.maketrans("零〇一二三四五六七八九", "00123456789")


@dataclass(frozen=True)
class Found:
    """One identifier: text[begin:end]."""

    kind: Kind
    begin: int
    end: int


@dataclass(frozen=True)
class Masked:
    """A text without identifiers, of the same length, and which kinds were in it, in the order of KINDS."""

    text: str
    kinds: tuple[Kind, ...] = ()


class Identifiers:
    """The detector. `public`: telephone numbers that everybody may know (packs/*/directory.yml), in any writing."""

    def __init__(self, public: Collection[str] = ()) -> None:
        self.public = frozenset(_bare(re.split(r"[a-zA-Z#]", number)[0]) for number in public)

    def find(self, text: str) -> Sequence[Found]:
        """All of them, in order, none over another."""
        if not _may_hold(text):
            return ()
        folded = _fold(text)
        taken: list[Found] = []
        for found in (*self._certain(folded), *self._numbers(folded), *_addresses(folded)):
            if all(found.end <= other.begin or found.begin >= other.end for other in taken):
                taken.append(found)
        return sorted(taken, key=lambda found: found.begin)

    def mask(self, text: str, kinds: Collection[Kind] = KINDS) -> Masked:
        """The text with those of these kinds hidden, every character of them."""
        found = [one for one in self.find(text) if one.kind in kinds]
        if not found:
            return Masked(text)
        characters = list(text)
        for one in found:
            characters[one.begin : one.end] = MASK * (one.end - one.begin)
        present = {one.kind for one in found}
        return Masked("".join(characters), tuple(kind for kind in KINDS if kind in present))

    def mask_value(self, value: Any) -> Any:
        """The same for all texts of a JSON value, however deep they lie."""
        if isinstance(value, str):
            return self.mask(value).text
        if isinstance(value, Mapping):
            return {key: self.mask_value(item) for key, item in value.items()}
        return [self.mask_value(item) for item in value] if isinstance(value, (list, tuple)) else value

    def _certain(self, text: str) -> Iterator[Found]:
        """What its form alone tells."""
        yield from (Found("email", *match.span()) for match in _EMAIL.finditer(text))
        for match in _CHINA.finditer(text):
            if is_china_id(_bare(match[0])):
                yield Found("national_id", *match.span())
        spoken = text.translate(_CHINESE_DIGITS)
        for written in (text, spoken) if spoken != text else (text,):
            for match in _IDENTITY.finditer(written):
                if is_taiwan_id(_bare(match[0])) or not _says(_SAYS_OTHER, text, match.start()):
                    yield Found("national_id", *match.span())
            for match in _ANY_PHONE.finditer(written):
                end = self._end_of_phone(match)
                if end and not _says(_SAYS_OTHER, text, match.start()):
                    yield Found("phone", match.start(), end)

    def _numbers(self, text: str) -> Iterator[Found]:
        """What the words before it tell."""
        for match in _BANK_AND_ACCOUNT.finditer(text):
            if not _says(_SAYS_OTHER, text, match.start()):
                yield Found("bank_account", *match.span())
        for kind, form, cue in (
            ("national_id", _NAMED_IDENTITY, _SAYS_IDENTITY),
            ("passport", _PASSPORT, _SAYS_PASSPORT),
            ("bank_account", _ACCOUNT, _SAYS_ACCOUNT),
        ):
            for match in form.finditer(text):
                if _says(cue, text, match.start()) and not _is_date(match[0]):
                    yield Found(kind, *match.span())  # type: ignore[arg-type]
        for match in _CARD.finditer(text):
            if is_card(_bare(match[0])) and not _says(_SAYS_OTHER, text, match.start()):
                yield Found("card", *match.span())
        for match in _NAMED_PHONE.finditer(text):
            named = _says(_SAYS_PHONE, text, match.start()) and not _says(_SAYS_OTHER, text, match.start())
            if named and not _is_date(match[0]) and _bare(match[0]) not in self.public:
                yield Found("phone", *match.span())

    def _end_of_phone(self, match: re.Match[str]) -> int:
        """Where the number ends, 0 where it is none: a mobile or land line of Taiwan, a number with a country's code."""
        digits = _bare(match[0])
        groups = re.findall(r"\d+", match[0])
        if len(groups) > 1 and _TIME.fullmatch(groups[0]) and _TIME.fullmatch(groups[1]):
            return 0  # 0930-1730: working hours
        if match[0].startswith("+"):
            return match.end() if 9 <= len(digits) <= 15 and digits not in self.public else 0
        wanted = 10 if digits.startswith(("09", "02", "04", "049")) else 9
        if digits.startswith(("00", "01", "080")) or len(digits) < wanted or digits[:wanted] in self.public:
            return 0
        if len(digits) > wanted + 1 and wanted == 10:
            return 0
        return match.end() if len(digits) <= 10 else 0


def shown(number: str) -> str:
    """A number of which only its end is shown: enough to know it again."""
    digits = "".join(character for character in number if character.isdecimal())
    return MASK * 3 + digits[-3:]


def _addresses(text: str) -> Iterator[Found]:
    for match in _ROAD.finditer(text):
        lead = _NOT_OF_THE_ROAD.match(text, match.start(), match.start() + 6)
        begin = lead.end() if lead and "路" not in lead[0] and "街" not in lead[0] else match.start()
        yield Found("address", begin, match.end())
    yield from (Found("address", *match.span()) for match in _ENGLISH_ROAD.finditer(text))


def _may_hold(text: str) -> bool:
    """Whether it is worth looking: an identifier has a digit, or an @."""
    return "@" in text or "＠" in text or any(character.isnumeric() for character in text) or "(at)" in text.lower()


def _fold(text: str) -> str:
    """Full width as half width, character by character."""
    return "".join(_FOLDED[character] for character in text)


class _Folded(dict[str, str]):
    def __missing__(self, character: str) -> str:
        plain = unicodedata.normalize("NFKC", character)
        self[character] = plain if len(plain) == 1 and not plain.isspace() else character
        return self[character]


_FOLDED = _Folded()


def _bare(written: str) -> str:
    """Digits and capital letters of a number."""
    return "".join(character for character in written.upper() if character.isalnum() and character.isascii())


def _says(cue: re.Pattern[str], text: str, begin: int) -> bool:
    """Whether the cue stands shortly before, in the same sentence."""
    before = re.split(r"[。！？!?\n;；]", text[max(0, begin - CONTEXT_CHARACTERS) : begin])[-1]
    return bool(cue.search(before))


def _is_date(written: str) -> bool:
    """2026-11-28, 20261128, 115-03-02."""
    return bool(
        re.fullmatch(r"(?:19|20)\d{2}[\s.-]?(?:0?[1-9]|1[0-2])[\s.-]?(?:0?[1-9]|[12]\d|3[01])", written)
        or re.fullmatch(r"\d{2,3}[\s.-]?(?:0[1-9]|1[0-2])[\s.-]?(?:0[1-9]|[12]\d|3[01])", written)
    )

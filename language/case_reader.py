"""What a text says of somebody's own benefit case: why and when they left, age, pay, dependants, … What is plausible is jobseeker/benefits' business.

A field that was asked for is read without a cue ("34,800"); any other only beside words that name it (「月薪34,800」).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from jobseeker.benefits.reading import Said
from language.reading.dates import DayFound, Window, days_in
from language.reading.folding import fold
from language.reading.numbers import chinese_number
from language.reading.people import people_in
from language.reading.sums import NEGATIVE, months_in, sums_in
from language.remarks import read_remark

LONGEST_WORKING_LIFE_DAYS, LONGEST_LIFE_DAYS = 36_525 // 2, 36_525 + 3_653
_CLAUSE = re.compile(r"[,，、。;；!！?？\n]|\band\b|\bbut\b|然后|后来")
# All patterns are for folded text: half-width, lower case, Simplified characters.
_REASONS = (
    ("employer_breach", r"欠薪|没发薪|没付薪|不发薪|积欠|拖欠|第?\s*14\s*条|第十四条|公司违法|雇主违法|unpaid wages|did(?:n't| not) pay|article 14|owes? me"),
    ("fixed_term_ended", r"约满|(?:契约|合约|合同|聘约|聘期)\s*(?:已经?|都)?\s*(?:到期|期满|满了|结束|满)|定期契约|定期合约|期满|fixed.term|contract (?:has |just )?(?:ended|expired|ran out|is over|ends?)"),
    ("laid_off", r"资遣|裁员|被裁|裁掉|裁了|裁撤|遣散|关厂|歇业|倒闭|公司(?:收|关|倒|解散|破产)|关门|结束营业|停工|laid off|lay.?off|redundan|let (?:me )?go|(?:company|factory|shop|store) (?:was |has )?(?:closed|shut)|closed down|bankrupt|downsiz"),
    ("resigned", r"(?<!非)自愿|自己(?:离职|不做|走)|自请|辞职|提离职|提辞呈|不干了|resign|i quit|quit (?:my|the)|left by myself|my own choice"),
    ("retired", r"退休|\bretired?\b"),
)  # fmt: skip
_FIRED = re.compile(
    r"开除|炒鱿鱼|被辞退|解雇|不用再?(?:来|去)(?:上班)?了|不要再?来(?:上班)?了|(?:叫|要|赶)我(?:走|滚)|\bfired\b|\bsacked\b|dismissed|not to come (?:back|in)"
)
_INVOLUNTARY = re.compile(r"非自愿|involuntar")
_UNSURE = re.compile(r"不知道|不确定|不清楚|搞不清|说不上|not sure|don'?t know|dont know|unclear|no idea")
_STATUSES = (
    ("permanent_resident", r"永久居留|永居|梅花卡|\baprc\b|permanent residen"),
    ("foreign_worker", r"移工|外劳|蓝领|看护工|migrant worker|blue.collar|domestic worker"),
    ("spouse", r"配偶|陆配|外配|港澳配|新住民|嫁给?台湾|娶台湾|married to|spouse|(?:husband|wife) is (?:a )?taiwan"),
    ("other", r"外国人|工作签证|工作许可|work permit|employment gold card|gold card|就业金卡|留学生|难民|foreigner"),
    ("national", r"本国|台湾人|台湾国籍|国民|身分证|身份证|本地人|中华民国|原住民|taiwanese|national|citizen|r\.?o\.?c\.?\b"),
)  # fmt: skip
_OWN_STATUS = re.compile(
    r"我(?:也|就|自己)?是[^,，。;；]{0,8}(?:配偶|陆配|外配|新住民|本国人|台湾人)|嫁给?台湾|\bi(?:'m| am) (?:a |an )?(?:taiwanese|foreign spouse|spouse)|(?:husband|wife) is (?:a )?taiwan"
)
_CUES = {
    "left_on": r"离职|退保|资遣|被裁|裁员|失业|最后(?:工作日|一天|上班)|做到|上班到|离开|关厂|倒闭|期满|到期|走的|laid off|left|leave|leaving|last (?:working )?day|lost my job|let go|fired|closed|ended|end(?:s|ed) on",
    "certified_on": r"认定|上次(?:去|办|到)|去过中心|certif|recogni[sz]|last visit|last went|last time",
    "referred_on": r"介绍卡|推介|回[覆复]卡|转介|referral|referred|reply card",
    "started_on": r"上班(?!到)|到职|新工作|再就业|就职|start(?:ed|ing|s)?(?: (?:to )?work|(?: (?:a|the|my))? (?:new )?job)|new job|began work",
    "reviewed_on": r"审议(?:决定|结果)|审定书|review (?:decision|result)",
    "decided_on": r"核定|公文|驳回|函|处分|不给付|decision|letter|refus|reject|notice",
    "birth_on": r"生日|出生|年次|[日月年]\s*生|\bborn\b|birth",
    "registered_on": r"登记|报到|求职登记|regist|signed up|sign up",
}  # fmt: skip
_AGE = re.compile(
    r"(?P<a>-?\d{1,3}|[一二三四五六七八九十百]{1,4})\s*岁|(?P<b>-?\d{1,3})\s*(?:years? old|y/?o\b|yrs? old)|\bage[d:]?\s*(?:is|was|:)?\s*(?P<c>\d{1,3})|\bi(?:'m|m| am| was)\s+(?P<d>\d{1,3})\b(?!\s*(?:years?|months?|k|%|,\d|days?))"
)
_BIRTH_YEAR = re.compile(
    r"(?:民国\s*)?(?<![\d一二三四五六七八九十])(?:\d{2,4}|[一二三四五六七八九十]{2,4})\s*年\s*(?:次|生(?![日意活产])|出生)|(?:19|20)\d\d\s*(?:生(?!日)|出生)|\bborn (?:in )?(?:19|20)\d\d\b"
)
_SALARY = re.compile(
    r"投保薪资|月投保|投保金额|月薪|薪水|薪资|薪|工资|月领|底薪|insured salary|insured (?:at|for) |salary|\bpay\b|wage|earned|was paid"
)
_INCOME = re.compile(
    r"打工|兼职|兼差|零工|外快|接案|另外赚|副业|part.?time|side job|odd jobs?|casual|gig|on the side|extra income"
)
_WAGE = re.compile(r"[时日周]薪|hour|dail|week")
_INSURED = re.compile(r"投保(?!薪|金|级)|就保|加保|年资|保了|insured for|insurance for|of insurance|contribut")
_DEPENDANTS = re.compile(
    r"(?:太太|老婆|妻子?|先生|老公|丈夫|配偶)[^,，。;；]{0,8}(?:没有?(?:在)?(?:工作|上班|收入)|不(?:能)?工作|在家)|(?:wife|husband)[^,.;]{0,12}(?:doesn'?t work|not work|no (?:job|income)|at home)|"
    r"扶养|抚养|眷属|养(?:家|小孩|父母)|要养|dependa?e?nt|support(?:ing)?\b|look after"
)
_DISABILITY = re.compile(r"身心障碍|残障|身障|残疾|障碍证明|手册|disabilit|disabled")
_NONE = re.compile(r"没有|没|无|不是|非|\bno\b|\bnot\b|none|without|don'?t|never")
_NEVER_DREW = re.compile(
    r"(?:没有?|从来?没有?|不曾|未曾)(?:领|请领|申请|请)过(?:失业|给付|这个)|never (?:claimed|drawn|drew|received|had) (?:any )?(?:unemployment|benefit)"
)
_EARLIER_FULL = re.compile(
    r"领满|领完|全部领|用完|领光|used (?:it )?(?:all )?up|used all|exhaust|full period|all of it"
)
_EARLIER_PART = re.compile(
    r"没领完|没领满|领(?:过|了)?\s*(?:一部分|一半|[一二三四五六七八\d]+\s*个?月)|一部分|中间|part(?:ly|ial| of it)?|some of it|stopped|before it ran out"
)
_NOT_YET = re.compile(r"还没|尚未|没有|没|未|还不|\bnot\b|\bno\b|haven'?t|nope|\bno\b|later")
_CONTRACT = re.compile(r"契约|合约|合同|contract")
_DAY_ASKED = {
    "reason": "left_on", "left_on": "left_on", "registered_on": "registered_on", "age": "birth_on", "birth_on": "birth_on",
}  # fmt: skip  # which day it is where no word says so, by what was asked
_OTHER_PEOPLE = re.compile(r"同事|朋友|邻居|老板|colleague|friend|neighbou?r|boss")


class SpokenCaseReader:
    """jobseeker.benefits.reading.CaseReader on patterns in both languages."""

    def __call__(self, text: str, *, asked: str, today: date, english: bool) -> tuple[Said, ...]:
        """Everything the text says of a case; the field that was asked for first."""
        folded = fold(text)
        said = [
            *_days(text, folded, asked, today, english),
            *_choices(folded, asked),
            *_age(folded, asked, text),
            *_money(*_without_days(text, folded, today), asked),
            *_times(text, folded, asked),
            *_people(text, folded, asked),
            *_yes_or_no(text, folded, asked),
        ]
        once = {one.name: replace(one, words=_as_written(one.words, text, folded)) for one in reversed(said)}
        return tuple(sorted(once.values(), key=lambda one: one.name != asked))


def _as_written(words: str, text: str, folded: str) -> str:
    """Words that were found in the folded form, in the person's own script: they are read back to them."""
    place = folded.find(words)
    return text[place : place + len(words)] if words and place >= 0 and words not in text else words


def _clauses(folded: str) -> Iterator[tuple[int, int]]:
    begin = 0
    for cut in _CLAUSE.finditer(folded):
        if cut[0] == "," and folded[cut.end() : cut.end() + 3].isdecimal():
            continue  # 34,800
        yield begin, cut.start()
        begin = cut.end()
    yield begin, len(folded)


# -- days ----------------------------------------------------------------------------------------------------------------


def _days(text: str, folded: str, asked: str, today: date, english: bool) -> Iterator[Said]:
    own = english and not re.search(r"[\u4e00-\u9fff]", text)
    window = Window(today, today - timedelta(days=LONGEST_WORKING_LIFE_DAYS), today + timedelta(days=366), own)
    for found in days_in(text, window):
        name = _day_of(folded, found, asked)
        if name == "birth_on":
            late = Window(today, today - timedelta(days=LONGEST_LIFE_DAYS), today, own)
            found = next((one for one in days_in(text, late) if one.start == found.start), found)
        if name:
            options = tuple(one.isoformat() for one in found.options)
            problem = f"day_{found.problem}" if found.problem else ""
            yield Said(name, found.day, text[found.start : found.end].strip(), problem, options)
    if asked == "registered_on" and _NOT_YET.search(folded) and not days_in(text, window):
        yield Said("registered", False, text.strip())


def _day_of(folded: str, found: DayFound, asked: str) -> str:
    """Which day it is: by the nearest cue in its clause, else the one that was asked for."""
    begin, end = next((b, e) for b, e in _clauses(folded) if found.start < e or e == len(folded))
    end = max(end, found.end)
    nearest: tuple[int, str] | None = None
    for name, pattern in _CUES.items():
        for cue in re.finditer(pattern, folded[begin:end]):
            gap = max(begin + cue.start() - found.end, found.start - begin - cue.end(), 0)
            if nearest is None or gap < nearest[0]:
                nearest = (gap, name)
    if nearest is not None:
        return nearest[1]
    return _DAY_ASKED.get(asked, "")


def _without_days(text: str, folded: str, today: date) -> tuple[str, str]:
    """The text and its folded form with every day that words name blanked out: 「4/30離職」 holds no sum of money."""
    window = Window(today, today - timedelta(days=LONGEST_WORKING_LIFE_DAYS), today + timedelta(days=366), False)
    for found in days_in(text, window):
        if _day_of(folded, found, ""):
            gap = " " * (found.end - found.start)
            text, folded = (one[: found.start] + gap + one[found.end :] for one in (text, folded))
    return text, folded


# -- choices -------------------------------------------------------------------------------------------------------------


def _choices(folded: str, asked: str) -> Iterator[Said]:
    if not _OTHER_PEOPLE.search(folded) or asked == "reason":
        yield from _reason(folded, asked)
    found = [name for name, pattern in _STATUSES if re.search(pattern, folded)]
    told = asked == "status" or bool(_OWN_STATUS.search(folded))
    if found and (told or found[0] in ("permanent_resident", "foreign_worker")):
        negated = re.search(r"不是|非|没有|\bnot\b", folded) and found[0] == "national"
        yield Said("status", "other" if negated else found[0], folded.strip())
    if asked == "earlier":
        yield from _earlier(folded)
    elif never := _NEVER_DREW.search(folded):
        yield Said("earlier", "none", never[0])


def _reason(folded: str, asked: str) -> Iterator[Said]:
    found = [(name, hit) for name, pattern in _REASONS if (hit := re.search(pattern, folded))]
    names = {name for name, _ in found}
    if "resigned" in names and names & {
        "laid_off",
        "employer_breach",
    }:  # asked to sign a resignation: a person looks at it
        yield Said("reason", "unsure", folded.strip())
    elif found:
        yield Said("reason", found[0][0], found[0][1][0])
    elif fired := _FIRED.search(folded):
        yield Said("reason", None, fired[0], "reason_fired", ("laid_off", "dismissed", "unsure"))
    elif which := _INVOLUNTARY.search(folded):
        options = ("laid_off", "employer_breach", "fixed_term_ended", "unsure")
        yield Said("reason", None, which[0], "reason_which", options)
    elif asked == "reason" and _UNSURE.search(folded):
        yield Said("reason", "unsure", folded.strip())


def _earlier(folded: str) -> Iterator[Said]:
    if _EARLIER_PART.search(folded):
        yield Said("earlier", "partly", folded.strip())
        if months := months_in(folded):
            yield Said("paid_months", Decimal(months[0].value), months[0].words)
    elif _EARLIER_FULL.search(folded):
        yield Said("earlier", "used_up", folded.strip())
    elif read_remark(folded).no or _NONE.search(folded):
        yield Said("earlier", "none", folded.strip())
    elif read_remark(folded).yes or re.search(r"有领过|领过|^\s*有\s*$|once", folded):
        yield Said("earlier", None, folded.strip(), "earlier_which", ("used_up", "partly"))


# -- numbers -------------------------------------------------------------------------------------------------------------


def _age(folded: str, asked: str, text: str) -> Iterator[Said]:
    match = _AGE.search(folded) if not _OTHER_PEOPLE.search(folded) else None
    if match and re.search(
        r"孩|子女|儿|女儿|爸|妈|父|母|kid|child|son\b|daughter|mother|father", folded[: match.start()][-8:]
    ):
        match = None  # a child of three
    if match:
        words = next(one for one in match.groups() if one)
        yield Said(
            "age", int(chinese_number(words) or 0) if not words.lstrip("-").isdecimal() else int(words), match[0]
        )
    elif year := _BIRTH_YEAR.search(folded):  # 「民國58年生」 is no age of 58; without month and day it is none at all
        yield Said("birth_on", None, year[0], "day_incomplete")
    elif asked == "age" and (
        bare := re.fullmatch(r"\D*?(-?\d{1,4}|[一二三四五六七八九十百]+)\D*", NEGATIVE.sub("-", text) if text else "")
    ):
        words = fold(bare[1]).strip()
        sign = -1 if NEGATIVE.search(text) else 1
        value = int(words) if words.isdecimal() else int(chinese_number(words) or 0)
        yield Said("age", sign * abs(value), text.strip())


def _money(text: str, folded: str, asked: str) -> Iterator[Said]:
    for begin, end in _clauses(folded):
        clause, raw = folded[begin:end], text[begin:end]
        name = "income" if _INCOME.search(clause) else "salary" if _SALARY.search(clause) else ""
        if name:
            yield from (replace(one, name=name) for one in _sum(raw, name, asked))
    if asked in ("salary", "income"):
        if asked == "salary" or not _SALARY.search(folded) or _WAGE.search(folded):
            yield from (replace(one, name=asked) for one in _sum(text, asked, asked))
        if asked == "income" and not sums_in(text) and (read_remark(text).no or _NONE.search(folded)):
            yield Said("income", Decimal(0), text.strip())


def _sum(raw: str, name: str, asked: str) -> Iterator[Said]:
    """The amount of money in a stretch of text; several, or one that is not a month's, are asked back."""
    if name == "income" and name != asked and not sums_in(raw):
        return
    found = [one for one in sums_in(raw) if one.is_money or name == asked]
    if not found:
        return
    if len(found) > 1:
        options = tuple(str(one.value) for one in found if one.period in ("", "month"))[:3]
        yield Said(name, None, raw.strip(), "several", options)
    elif found[0].period not in ("", "month"):
        yield Said(name, None, raw.strip(), "not_monthly")
    else:
        yield Said(name, found[0].value, found[0].words)


def _times(text: str, folded: str, asked: str) -> Iterator[Said]:
    for name, cue in (("insured_months", _INSURED), ("contract_months", _CONTRACT)):
        if asked == name:
            yield from _months(text, folded, name, asked)
            continue
        for begin, end in _clauses(folded):
            if cue.search(folded, begin, end):
                yield from _months(text[begin:end], folded[begin:end], name, asked)


def _months(raw: str, folded: str, name: str, asked: str) -> Iterator[Said]:
    found = months_in(raw)
    if found:
        yield Said(
            name,
            sum(one.value for one in found) if len(found) == 2 and found[0].unit != found[1].unit else found[0].value,
            raw.strip(),
        )
    elif name == asked and re.search(
        r"一直|全部|都有|整整|从来没断|没有?断|always|all the time|the whole time|throughout|all 3|all three", folded
    ):
        yield Said(name, 36, raw.strip())
    elif name == asked and (bare := re.fullmatch(r"\D*?(-?\d{1,4}|[一二三四五六七八九十百]+)\D*", folded.strip())):
        value = int(bare[1]) if bare[1].lstrip("-").isdecimal() else int(chinese_number(bare[1]) or 0)
        value = -abs(value) if NEGATIVE.search(raw) else value
        if 0 < value <= 3:  # 3 months or 3 years
            yield Said(name, None, raw.strip(), "months_or_years", (str(value), str(12 * value)))
        else:
            yield Said(name, value, raw.strip())


def _people(text: str, folded: str, asked: str) -> Iterator[Said]:
    if asked == "dependants" or _DEPENDANTS.search(folded):
        counted = people_in(text, bare=asked == "dependants")
        if counted is not None:
            yield Said("dependants", counted.people, text.strip())
            yield Said("parents", counted.parents, text.strip())


def _yes_or_no(text: str, folded: str, asked: str) -> Iterator[Said]:
    remark = read_remark(text)
    if cue := _DISABILITY.search(folded):
        yield Said("disability", not _NONE.search(folded, max(0, cue.start() - 8), cue.end() + 4), text.strip())
    elif asked == "disability" and (
        remark.yes or remark.no or _NONE.search(folded) or re.fullmatch(r"\s*有.{0,6}", folded)
    ):
        yield Said("disability", not (remark.no or bool(_NONE.search(folded))), text.strip())

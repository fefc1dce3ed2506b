"""How a short text relates to what was just said: yes, no, take it out, "not 3 but 5 years", no wish. What it is about is skills.py's."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal

from jobseeker.profile.reading import Remark
from language.reading.amounts import years_of
from language.reading.folding import fold
from language.reading.numbers import amounts, chinese_number

# All patterns are for folded text: half-width, lower case, Simplified characters.
_YES = (
    r"(?:对|是|是的|对的|对啊|对呀|没错|正确|好|好的|好啊|好喔|可以|ok|okay|行|嗯|恩|没问题|确认|确定|同意|保存|储存|存|存起来|就这样|这样就好|要|"
    r"yes|yep|yeah|yup|sure|right|correct|that's right|thats right|that is right|looks good|looks right|fine|good|confirm|confirmed|save|save it|please save|"
    r"go ahead|i agree|agreed|all correct|all right)"
)
_NO = r"(?:不对|不是|不|错|错了|不要|先不要|没有|没|无|都没有|不用|不必|no|nope|nah|not really|wrong|not right|that's wrong|thats wrong|incorrect|none|nothing|not yet|don't save|no thanks|no thank you)"
_PASSES = re.compile(
    r"不知道|不确定|没想过|没意见|没差|无所谓|随便|都可以|都行|都好|不限|不拘|没有特别|没特别|没什么特别|跳过|略过|先不|不想说|下一题|以后再说|看情况|面议|"
    r"don't know|dont know|not sure|no idea|no preference|doesn't matter|doesnt matter|don't mind|dont mind|don't care|dont care|any(?:thing)? is fine|any(?:where|time)?$|"
    r"whatever|nothing special|nothing in particular|skip|next|rather not say|prefer not|pass$|up to you|open to anything|flexible"
)
_FILLER = r"(?:[\s,。.!~、;:]|谢谢|谢|请|了|啊|呀|喔|哦|吧|啦|的|都|全部|please|thanks|thank you|it|that|is|all|everything|'s)*"
_BARE_YES, _BARE_NO = re.compile(f"{_FILLER}(?:{_YES}{_FILLER})+"), re.compile(f"{_FILLER}(?:{_NO}{_FILLER})+")
_YES_FIRST, _NO_FIRST = re.compile(rf"\s*{_YES}\s*[,。.!;、 ]"), re.compile(rf"\s*{_NO}\s*[,。.!;、 ]")
_REMOVES = re.compile(
    r"删|移除|拿掉|去掉|拿走|取消|划掉|不要(?:列|写|放|记|留)|别(?:列|写|放|记)|\b(?:remove|delete|take (?:out|off|away)|drop|erase|get rid of|cross out|leave out)\b|\btake \S+(?: \S+)? (?:out|off)\b"
)
_DECLINES = re.compile(
    r"不想|不要|不愿|不喜欢|不考虑|不接受|不做|讨厌|避免|怕|别再|受不了|没兴趣|\b(?:don't|dont|do not|not|never|no longer|won't|wouldn't) (?:want|like|wish|do|work)\b|\b(?:avoid|hate|dislike|no more|rather not|tired of|sick of|refuse)\b"
)
_CLAIMS = re.compile(
    r"我(?:也|还|都|很)?(?:会|有|是|能|懂|做过|学过|当过)|\b(?:i can|i am|i'm|im|i have|i've|i did|i was|i do|i worked|i know)\b"
)
_END = re.compile(r"[。!?;\n]|\.(?=\s|$)|[,，]?(?:但是?|可是|不过|\bbut\b)|$")
_NOT = re.compile(
    r"(?:不是|不止|不到|没有|并非|\bnot\b|\bisn't\b|\bwasn't\b|instead of|rather than)\s*(?:做了?|待了?|for|only|just)?\s*$"
)
_NUMBER_ONLY = re.compile(r"\D*?(\d+(?:\.\d+)?|[零〇一二两三四五六七八九十百]+)\D*")


def read_remark(text: str) -> Remark:
    """Read it. Never raises on any text."""
    folded = fold(text).strip()
    yes, no = bool(_BARE_YES.fullmatch(folded)), bool(_BARE_NO.fullmatch(folded))
    bare = yes or no
    before, years = _corrected(folded)
    return Remark(
        yes=yes or bool(_YES_FIRST.match(folded)),
        no=(no or bool(_NO_FIRST.match(folded))) and not yes,
        bare=bare,
        removes=bool(_REMOVES.search(folded)),
        declined=_declined(text),
        claims=bool(_CLAIMS.search(folded)),
        passes=bool(_PASSES.search(folded)),
        years_before=before,
        years=years,
        amount=None if years is not None else _amount(folded),
    )


def _declined(text: str) -> tuple[tuple[int, int], ...]:
    """From each "do not want" to the end of its clause."""
    folded = fold(text)
    return tuple((found.start(), _END.search(folded, found.end()).start()) for found in _DECLINES.finditer(folded))  # type: ignore[union-attr]


def _corrected(folded: str) -> tuple[float | None, float | None]:
    """(what was wrong, what is right) of the lengths of time in a text: the one behind "not" is wrong, the last other one is right."""
    wrong: float | None = None
    right: float | None = None
    for span in years_of(folded, datetime.now(UTC).date()):
        if _NOT.search(folded, 0, span.start):
            wrong = span.years
        else:
            right = span.years
    if wrong is None and right is not None:  # 「不是3,是5年」: the wrong one may stand there without its unit
        found = re.search(r"(?:不是|not)\s*(\d{1,2}|[一二两三四五六七八九十]{1,3})\s*(?:,|是|but|、)", folded)
        wrong = _number(found[1]) if found else None
    return wrong, right


def _number(words: str) -> float | None:
    return float(words) if words[0].isdigit() else chinese_number(words)


def _amount(folded: str) -> Decimal | None:
    """The one amount of a short text: "35000", 「三萬五」, "20 km"."""
    found = amounts(folded)
    if len(found) == 1:
        return found[0][2]
    bare = _NUMBER_ONLY.fullmatch(folded) if not found else None
    value = _number(bare[1]) if bare else None
    return None if value is None else Decimal(str(value))

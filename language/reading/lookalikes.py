"""Longer words in which a word for a skill stands that is none there: 「行政院」, "hard drive", "till the end". Which words name skills is data/taxonomy's.

A skill found wholly inside one of these is not read. Written in Traditional characters and folded when loaded, as language/reading/cues.py is.
"""

from __future__ import annotations

from collections.abc import Iterator

from language.reading.folding import fold
from language.reading.lexicon import Entry, Raw, make_entry

CHINESE = [
    "才接線上",
    "接線上",
    "依訂單",
    "訂單生產",
    "停機車",
    "機車位",
    "機車停車",
    "機車汽車",
    "汽車機車",
    "汽機車停",
    "機車好停",
    "機車都好停",
    "我要客訴",
    "要客訴你們",
    "上網填",
    "上網申請",
    "上網登記",
    "上網預約",
    "上網報名",
    "無法上網",
    "沒辦法上網",
    "不能上網",
    "行政院",
    "行政區",
    "行政中心",
    "行政法",
    "行政訴訟",
    "行政執行",
    "行政救濟",
    "行政處分",
    "行政罰",
    "行政程序",
    "行政機關",
    "行政人員",
    "業務範圍",
    "業務單位",
    "業務窗口",
    "業務主管機關",
    "業務緊縮",
    "業務承辦",
    "辦理業務",
    "承辦業務",
    "受理業務",
    "業務費",
    "業務量",
    "業務性質",
    "業務過失",
    "各項業務",
    "這項業務",
    "業務時間",
    "臨櫃業務",
    "寄快遞",
    "用快遞",
    "收快遞",
    "快遞寄",
    "叫外送",
    "點外送",
    "請保母",
    "找保母",
    "保母費",
    "托給保母",
    "送保母",
    "保母補助",
    "電腦壞",
    "電腦桌",
    "電腦當機",
    "電腦當掉",
    "用電腦算",
    "電腦算",
    "電腦抽籤",
    "電腦排序",
    "電梯大樓",
    "沒電梯",
    "有電梯",
    "坐電梯",
    "搭電梯",
    "保全設施",
    "保全程序",
    "開車過去",
    "開車去",
    "開車上班",
    "開車到",
    "開車載我",
    "騎車去",
    "騎車到",
    "騎車上班",
    "騎機車去",
    "騎機車上班",
    "騎機車到",
    "機車被",
    "機車壞",
    "外場費",
    "屋頂漏",
    "屋頂加蓋",
    "窗簾布",
    "數學系",
    "翻譯社",
    "翻譯機",
    "翻譯成",
    "幫我翻譯",
    "請幫我翻譯",
    "攝影機拍",
    "駕照吊扣",
    "社群軟體",
    "電腦網路",
    "印表機壞",
    "沒有印表機",
    "法務部",
    "水電費",
    "水電瓦斯費",
]

ENGLISH = """hard drive|usb drive|flash drive|google drive|test drive|drive through|drive thru|minute drive|minutes drive|hour drive|hours drive|
    minute's drive|minutes' drive|hours' drive|drive me|drives me|drive us|drive there|long drive to|drive to work|drive up to|
    drive to the office|clean driving|clean licence|clean license|clean record|clean criminal|clean up my|come clean|labour insurance card|
    buy milk|milk powder|buy milk powder|made up|make up for|make up my mind|admin fee|my nurse|
    the nurse told|the nurse said|the security guard told|the security guard said|find a nanny|need a nanny|need a babysitter|
    find a babysitter|get a babysitter|hire a nanny|hire a maid|hire a cleaner|hire a caregiver|hire a carer|find a carer|need a carer|
    needs a carer|my electrician|the electrician came|call a plumber|called a plumber|call an electrician|carer's allowance|carer's leave|
    my accountant|the accountant says|the accountant said|my hairdresser|the painter came"""


def lookalike_entries() -> Iterator[tuple[str, Entry]]:
    """Entries of all these words."""
    english = (" ".join(phrase.split()) for phrase in ENGLISH.split("|"))
    for surface in sorted({fold(word) for word in (*CHINESE, *english)}):
        yield surface, make_entry("lookalike", surface, "lookalike", surface)


def outside(raw: list[Raw], lookalikes: list[Raw]) -> list[Raw]:
    """The hits that do not lie wholly inside one of these words."""
    return [hit for hit in raw if not any(start <= hit[0] and end <= hit[1] for start, end, _ in lookalikes)]

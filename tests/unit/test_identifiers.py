"""Identifiers in texts: each kind in both languages and in odd writings, what must never be taken for one, and everything people wrote for training."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from jobseeker.knowledge import Pack
from jobseeker.privacy.checksums import is_card, is_china_id, is_taiwan_id
from jobseeker.privacy.identifiers import KINDS, MASK, Identifiers, Kind

FOUND: tuple[tuple[Kind, str, str], ...] = (
    ("national_id", "我的身分證是A123456789", "A123456789"),
    ("national_id", "Ａ１２３４５６７８９，請幫我查", "Ａ１２３４５６７８９"),
    ("national_id", "my id is A 123 456 789 ok", "A 123 456 789"),
    ("national_id", "a-1234-56789", "a-1234-56789"),
    ("national_id", "身分證字號打錯了 A123456788", "A123456788"),
    ("national_id", "居留證 A800000014", "A800000014"),
    ("national_id", "舊的居留證號AC01234567", "AC01234567"),
    ("national_id", "my ARC number: AC01234567", "AC01234567"),
    ("national_id", "身份证 11010519491231002X", "11010519491231002X"),
    ("national_id", "Ａ一二三四五六七八九", "Ａ一二三四五六七八九"),
    ("passport", "护照号码 E12345678", "E12345678"),
    ("passport", "my passport is AB1234567, what now", "AB1234567"),
    ("passport", "passport number: 300123456", "300123456"),
    ("phone", "手機0912345678", "0912345678"),
    ("phone", "打 0912-345-678 給我", "0912-345-678"),
    ("phone", "０９１２－３４５－６７８", "０９１２－３４５－６７８"),
    ("phone", "0912 345 678可以打", "0912 345 678"),
    ("phone", "call +886 912 345 678 please", "+886 912 345 678"),
    ("phone", "+886-2-2397-5189", "+886-2-2397-5189"),
    ("phone", "家裡是(02)2397-5189", "(02)2397-5189"),
    ("phone", "公司02-2397-5189分機12", "02-2397-5189"),
    ("phone", "037-123456", "037-123456"),
    ("phone", "請打給我 23975189", "23975189"),
    ("phone", "call me at 2397-5189", "2397-5189"),
    ("phone", "零九一二三四五六七八", "零九一二三四五六七八"),
    ("phone", "my Vietnam number +84 912 345 678", "+84 912 345 678"),
    ("phone", "0\u200b912345678", "0\u200b912345678"),
    ("email", "寄到 me.x@example.com.tw 謝謝", "me.x@example.com.tw"),
    ("email", "ｍｅ＠ｇｍａｉｌ．ｃｏｍ", "ｍｅ＠ｇｍａｉｌ．ｃｏｍ"),
    ("email", "write to me (at) gmail.com", "me (at) gmail.com"),
    ("bank_account", "我的帳號 012-345678901234", "012-345678901234"),
    ("bank_account", "my bank account 1234567890123", "1234567890123"),
    ("bank_account", "匯到郵局 0012345-0123456", "0012345-0123456"),
    ("card", "4111 1111 1111 1111", "4111 1111 1111 1111"),
    ("card", "卡是５５００ ００００ ００００ ０００４", "５５００ ００００ ００００ ０００４"),
    ("card", "card 5500000000000004", "5500000000000004"),
    ("address", "住新北市板橋區文化路一段188號5樓", "文化路一段188號5樓"),
    ("address", "忠孝東路四段100巷5弄3號之2", "忠孝東路四段100巷5弄3號之2"),
    ("address", "屏東縣竹田鄉大湖村12鄰34號", "12鄰34號"),
    ("address", "No. 12, Lane 34, Zhongshan Rd., Taipei", "No. 12, Lane 34, Zhongshan Rd."),
    ("address", "I live at 12 Zhongshan North Road", "12 Zhongshan North Road"),
)
NONE = (
    "民國115年3月2日離職", "115/3/2", "115-03-02", "115.03.02", "1150302被資遣", "２０２６年１１月２８日", "2026-11-28到2026-11-30",
    "20261128", "離職日115/03/02，生日68/5/1", "3/2到11/28", "2019-03~2022-08做倉管", "2026-11-30T10:00", "3月25號離職",
    "薪水34,800元", "月薪34800", "三萬四千八", "34.8k", "3萬4千8", "投保薪資45,800 資遣費 120000", "1,234,567,890元", "30,000-40,000",
    "NT$ 1200000", "我拿了0元", "我45歲", "45 years old", "做過10年3個月", "扶養2個小孩和1位80歲的媽媽", "一年六個月又二十天",
    "案號 1234567890", "案件編號0912345678", "case no. 4111111111111111", "第 4111111111111111 號", "府勞就字第 1150012345 號",
    "打1955", "一九五五專線", "1925", "1957", "110", "電話 1955", "0800-085-151", "0800-777-888", "02-2396-1266", "電話 412-8518",
    "職缺 A123456788", "職缺編號 123456789012", "job id 4155550100", "工號 0912345678", "統一編號 12345678", "訂單 0223975189",
    "勞基法第84條之1", "就業保險法第11條第1項第1款", "Article 11, Section 2 of the Employment Insurance Act", "勞動基準法施行細則第7條",
    "上班時間0930-1730 40小時", "0800-1700 38000", "0930-1730 3人", "09:00-18:00", "早班0700-1500，晚班1500-2300",
    "在中山路的公司上班", "公司在市府路", "站前3號出口", "國道一號", "台積電", "7-ELEVEN", "104人力銀行", "591", "3M公司", "85度C",
    "worked 10 years on Main Street", "Windows 10 3000 5000 2000", "C++ 2023 10 5", "@朋友", "50% 60% 70%",
)  # fmt: skip


@pytest.fixture(scope="session")
def identifiers(pack: Pack) -> Identifiers:
    """As the service has it: with the numbers of the directory."""
    return Identifiers([office.phone for office in pack.offices.values() if office.phone])


@pytest.mark.parametrize(("kind", "text", "hidden"), FOUND)
def test_is_hidden(identifiers: Identifiers, kind: Kind, text: str, hidden: str) -> None:
    masked = identifiers.mask(text)
    assert masked.kinds == (kind,)
    assert masked.text == text.replace(hidden, MASK * len(hidden))
    assert len(masked.text) == len(text)
    assert identifiers.mask(masked.text).kinds == (), "hidden once, it is no identifier any more"


@pytest.mark.parametrize("text", NONE)
def test_is_left_alone(identifiers: Identifiers, text: str) -> None:
    assert identifiers.mask(text) == type(identifiers.mask(""))(text)


def test_every_kind_is_tried() -> None:
    assert {kind for kind, _, _ in FOUND} == set(KINDS)
    assert len(FOUND) >= 40
    assert len(NONE) >= 70


def test_several_in_one_message(identifiers: Identifiers) -> None:
    masked = identifiers.mask("我115/3/2離職，A123456789，0912-345-678，a@b.tw，月薪34,800")
    assert masked.kinds == ("national_id", "phone", "email")
    assert masked.text == "我115/3/2離職，●●●●●●●●●●，●●●●●●●●●●●●，●●●●●●，月薪34,800"


def test_only_some_kinds(identifiers: Identifiers) -> None:
    assert (
        identifiers.mask("請打02-2345-6789，證號A123456789", {"national_id"}).text == "請打02-2345-6789，證號●●●●●●●●●●"
    )


def test_a_json_value(identifiers: Identifiers) -> None:
    value = {"a": ["0912345678", 912345678], "b": {"c": "115/3/2", "d": None}}
    assert identifiers.mask_value(value) == {"a": ["●●●●●●●●●●", 912345678], "b": {"c": "115/3/2", "d": None}}


@pytest.mark.slow  # with `make test`
def test_nothing_that_people_wrote_for_training_is_taken_for_one(identifiers: Identifiers, root: Path) -> None:
    lines = [
        (file.name, line)
        for folder in (
            "data/nlu",
            "data/responses",
            "packs/tw/knowledge",
            "tests/data",
            "tests/dialogues",
            "packs/tw/samples",
        )
        for file in sorted((root / folder).rglob("*.*"))
        if file.suffix in (".yml", ".md", ".jsonl")
        for line in file.read_text("utf-8").splitlines()
        if "url:" not in line
    ]
    assert len(lines) > 50_000
    wrong = [(name, line) for name, line in lines if identifiers.mask(line).kinds]
    assert [line for _, line in wrong] == ["> 王小明 0912-345-678"], wrong


def test_check_digits() -> None:
    valid = ("A123456789", "B142610160", "A800000014", "AC01234567")
    assert all(is_taiwan_id(number) for number in valid)
    for (
        number
    ) in valid:  # every single wrong digit is noticed, but where the rule itself cannot (weights 1, 1 of the last two)
        changed = [number[:at] + str((int(number[at]) + 1) % 10) + number[at + 1 :] for at in range(2, 10)]
        assert not any(is_taiwan_id(one) for one in changed)
    assert is_china_id("11010519491231002X")
    assert not is_china_id("110105194912310021")
    assert not is_china_id("110105194913310021")
    assert is_card("4111111111111111")
    assert not is_card("4111111111111112")
    assert not is_card("0000000000000000")


def test_any_text_keeps_its_length_and_ends_soon(identifiers: Identifiers) -> None:
    random.seed(7)
    alphabet = "0123456789０９ -－()+@.路號段巷弄鄰里市區AaBb身分證電話帳號\u200b零九"
    for _ in range(1_500):
        text = "".join(random.choice(alphabet) for _ in range(random.randrange(0, 120)))
        masked = identifiers.mask(text)
        assert len(masked.text) == len(text)
        assert all(a == b or b == MASK for a, b in zip(text, masked.text, strict=True))
    for text in (
        "0 " * 1_000,
        "1" * 2_000,
        "a@" * 1_000,
        "a." * 1_000,
        "路" * 2_000,
        "1巷" * 700,
        "No 1, " * 330,
        "(" * 2_000,
        "+0" * 1_000,
    ):
        identifiers.mask(text)

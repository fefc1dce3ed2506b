"""Reading what a person says: spans, and held, wanted, negated. On a small taxonomy, so that a change of the real one breaks nothing here."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobseeker.profile.reading import Reading
from jobseeker.taxonomy import Occupation, Skill, Taxonomy
from language.reading.forms import chinese_forms, english_forms
from language.skills import SkillReader


def _skill(identifier: str, kind: str, zh: str, en: str) -> Skill:
    names_zh, names_en = zh.split("|"), en.split("|")
    name = {"zh": names_zh[0], "en": names_en[0]}
    return Skill(identifier, kind, name, {"zh": tuple(names_zh[1:]), "en": tuple(names_en[1:])})  # type: ignore[arg-type]


SKILLS = [
    _skill("forklift", "hard", "駕駛堆高機|堆高機|開堆高機", "forklift driving|forklift|drive a forklift"),
    _skill("excel", "digital", "Excel|試算表", "Excel|spreadsheets"),
    _skill("word", "digital", "Word|文書處理", "Word|word processing"),
    _skill("ppt", "digital", "PowerPoint|PPT", "PowerPoint|PPT"),
    _skill("python", "digital", "Python", "Python"),
    _skill("typing", "digital", "打字", "typing"),
    _skill("sap", "digital", "SAP", "SAP"),
    _skill("welding", "hard", "焊接|電焊", "welding"),
    _skill("pastry", "hard", "甜點製作|甜點", "pastry making|pastry"),
    _skill("accounting", "hard", "會計", "accounting"),
    _skill("cooking", "hard", "煮飯|烹飪", "cooking"),
    _skill("code", "digital", "程式設計|寫程式|會寫程式", "programming"),
    _skill("nails", "hard", "美甲|做美甲", "nail art|do nails|nails"),
    _skill("breakfast", "hard", "早餐製作|早餐店", "breakfast cooking"),
    _skill("driving", "hard", "開車", "driving|drive"),
    _skill("ja", "language", "日語|日文", "Japanese"),
    _skill("en", "language", "英語|英文", "English"),
    _skill("ko", "language", "韓語|韓文", "Korean"),
    _skill("lic_forklift", "licence", "堆高機證照|堆高機執照", "forklift licence|forklift ticket"),
    _skill("lic_car", "licence", "駕照|汽車駕照", "driving licence|driver's license"),
]
OCCUPATIONS = [Occupation("cook", "5120", {"zh": "廚師", "en": "cook"})]


@pytest.fixture(scope="module")
def reader() -> SkillReader:
    taxonomy = Taxonomy({skill.id: skill for skill in SKILLS}, {job.id: job for job in OCCUPATIONS}, ())
    return SkillReader(taxonomy, {}, today=lambda: date(2026, 11, 28))


def read(reader: SkillReader, text: str) -> dict[str, str]:
    """Id -> status of all skills, licences and languages; "?" behind a hedged one. Spans are checked on the way."""
    reading = reader.read(text)
    found = [*reading.skills, *reading.licences, *reading.languages]
    assert [item.words for item in found] == [text[item.start : item.end] for item in found]
    return {item.id: item.status + ("?" if item.hedged else "") for item in found}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("不會 Excel", {"excel": "negated"}),
        ("Excel別問我", {"excel": "negated"}),
        ("會日文，Python就算了吧", {"ja": "held", "python": "negated"}),
        ("焊接做太久，熬不住", {"welding": "negated"}),
        ("Python 完全沒sense", {"python": "negated"}),
        ("Excel yes, Python nope", {"excel": "held", "python": "negated"}),
        ("Excel is fine; welding, forget it", {"excel": "held", "welding": "negated"}),
        ("Python never touch", {"python": "negated"}),
        ("my driving licence is expire", {"lic_car": "negated"}),
        ("想學 Python", {"python": "wanted"}),
        ("甜點我不會做", {"pastry": "negated"}),
        ("no driving licence", {"lic_car": "negated"}),
        ("I have never used SAP", {"sap": "negated"}),
        ("would like to learn welding", {"welding": "wanted"}),
        ("沒有堆高機證照但會開", {"lic_forklift": "negated", "forklift": "held"}),
        ("除了日文以外我都會", {"ja": "negated"}),
        ("除了日文以外，也會英文", {"ja": "held", "en": "held"}),
        ("我以前不會日文現在會了", {"ja": "held"}),
        ("以前會日文，現在忘光了", {"ja": "negated"}),
        ("不會Word、Excel和PPT，但會打字", {"word": "negated", "excel": "negated", "ppt": "negated", "typing": "held"}),
        ("我不會Word，Excel，PPT", {"word": "negated", "excel": "negated", "ppt": "negated"}),
        ("Word，Excel，我都不會", {"word": "negated", "excel": "negated"}),
        ("Excel不會Word會", {"excel": "negated", "word": "held"}),
        ("I speak neither Japanese nor Korean", {"ja": "negated", "ko": "negated"}),
        ("我不是不會開堆高機", {"forklift": "held"}),
        ("需要會Excel嗎", {}),
        ("do I need a forklift licence?", {}),
        ("我太太會日文", {}),
        ("I know how to weld", {"welding": "held"}),
        ("I don't know how to weld", {"welding": "negated"}),
        ("now and I can't cook", {"cooking": "negated"}),  # "i can" is not in "i can't"
        ("看得懂一點但不會寫程式", {"code": "negated"}),  # 「會寫程式」 is a word, too
        ("I don't do nails", {"nails": "negated"}),
        ("不會計算，我是做會計的", {"accounting": "held"}),
        ("別找我做甜點", {"pastry": "negated"}),
        ("有在顧店 也會打字 但甜點我真的不會啦", {"typing": "held", "pastry": "negated"}),  # blanks as commas
        ("主管一直說要會Python，但我真的沒學過", {"python": "negated"}),
        ("以前幫老闆做會計", {"accounting": "held"}),
        ("我太太會日文，但我不會", {}),
        ("I would rather do welding than cooking", {"welding": "wanted", "cooking": "negated"}),
        ("I lost my driving licence", {"lic_car": "negated"}),
        ("I lost my welding job", {"welding": "held"}),
        ("my wife speaks Japanese, I speak English", {"en": "held"}),
        ("会一点日文", {"ja": "held?"}),
        ("Excel應該可以", {"excel": "held?"}),
        ("a bit of Japanese", {"ja": "held?"}),
        ("I know nothing except Excel", {"excel": "held"}),
        ("Ｅｘｃｅｌ我會", {"excel": "held"}),
        ("I drove a forklift", {"forklift": "held"}),
        ("他會計算", {}),
        ("會計", {"accounting": "held"}),
        ("password excellent", {}),
        ("想學會計，以前沒做過", {"accounting": "wanted"}),  # 「想學」, not 「想學會」, although that is longer
        ("我不太會計算，會計沒學過", {"accounting": "negated"}),
        ("可以學焊接嗎 我都不會", {"welding": "wanted"}),
        ("哪裡可以學電焊？", {"welding": "wanted"}),
        ("where can I learn welding?", {"welding": "wanted"}),
        ("需要會焊接嗎", {}),
        ("甜點也做，不想再焊接了", {"pastry": "held", "welding": "negated"}),
        ("在早餐店做甜點四年", {"pastry": "held"}),  # where, and what is done there
        ("在早餐店做了五年", {"breakfast": "held"}),
        ("早餐店、焊接都做過", {"breakfast": "held", "welding": "held"}),
        ("我開車去上班", {}),
        ("開車我會", {"driving": "held"}),
        (
            "沒有駕照，只會寫程式",
            {"lic_car": "negated", "code": "held"},
        ),  # 「會寫程式」 is a word, too; 「只會」 still speaks
        ("我不會甜點，只會寫程式", {"pastry": "negated", "code": "held"}),
        ("Python自學中", {"python": "wanted"}),
        ("my hard drive is broken", {}),
        ("it is a 20 minutes drive", {}),
        ("I can drive", {"driving": "held"}),
    ],
)
def test_how_a_mention_is_meant(reader: SkillReader, text: str, expected: dict[str, str]) -> None:
    assert read(reader, text) == expected


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("我做美甲三年", "美甲"),
        ("當過會計", "會計"),
        ("I do nails", "nails"),
        ("did the nails for years", "nails"),
        ("會寫程式", "寫程式"),
        ("I use SAP", "SAP"),
        ("drive a forklift", "drive a forklift"),
    ],
)
def test_a_word_begins_behind_a_verb_that_says_nothing(reader: SkillReader, text: str, words: str) -> None:
    assert [found.words for found in reader.read(text).skills] == [words]


@pytest.mark.parametrize(
    ("alias", "never"),
    [
        ("acting", "act"),
        ("billing", "bill"),
        ("tills", "till"),
        ("extras", "extra"),
        ("Word", "words"),
        ("teaching", "teach"),
    ],
)
def test_another_form_that_means_something_else_is_not_made(alias: str, never: str) -> None:
    assert never not in english_forms(alias)
    assert {"looking after children", "carried boxes"} <= english_forms("look after children") | english_forms(
        "carry boxes"
    )
    assert {"weld", "forklifts"} <= english_forms("welding") | english_forms("forklift")


def test_a_conversion_that_means_something_else_is_not_made() -> None:
    assert "社区" not in chinese_forms("社群")
    assert "软件测试" in chinese_forms("軟體測試")


def test_years_level_and_wishes(reader: SkillReader) -> None:
    reading = reader.read(
        "I did welding for 5 years, speak fluent Japanese and want day shifts, no nights, 35k a month"
    )
    assert [(item.id, item.years) for item in reading.skills] == [("welding", 5.0)]
    assert [(item.id, item.level) for item in reading.languages] == [("ja", "fluent")]
    assert (reading.shifts, reading.avoid_shifts) == (("day",), ("night",))
    assert (reading.pay_low, reading.pay_period) == (35_000, "month")


@pytest.mark.parametrize(
    ("text", "levels"),
    [
        ("English, fluent; Japanese, basic", {"en": "fluent", "ja": "basic"}),
        ("英文，流利", {"en": "fluent"}),
        ("日文只會一點點", {"ja": "basic"}),
        ("日文，英文流利", {"ja": "", "en": "fluent"}),
    ],
)
def test_a_level_behind_a_comma(reader: SkillReader, text: str, levels: dict[str, str]) -> None:
    assert {found.id: found.level for found in reader.read(text).languages} == levels


def test_a_time_with_other_duties_is_no_time_to_work(reader: SkillReader) -> None:
    reading = reader.read("大夜ok 但六日要顧小孩")
    assert (reading.shifts, reading.avoid_shifts) == (("night",), ("weekend",))


def test_an_advertisement_says_nothing_of_the_reader(reader: SkillReader) -> None:
    assert reader.read("誠徵作業員，工作內容：操作堆高機。應徵條件：需會Excel，月薪32000") == Reading()


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="不會想學我沒有Excel日文但,，。 、除了以外都也現在if no not want 3年萬薪\n?嗎"))
def test_any_text_is_read(reader: SkillReader, text: str) -> None:
    read(reader, text)

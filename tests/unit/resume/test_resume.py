"""A résumé from a confirmed profile: only what was confirmed, short strengths, files that can be read back, JSON Resume valid against its schema."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from datetime import datetime, timezone
from pathlib import Path

import jsonschema
import pytest
from docx import Document
from pypdf import PdfReader

import app.resume_files.pdf as pdf_module
from app.passwords import SystemSecrets
from app.resume_files import ResumeFiles
from content.places import load_places
from content.taxonomy import load_taxonomy
from jobseeker.answers import Answers
from jobseeker.clock import FixedClock
from jobseeker.errors import FileNotMade
from jobseeker.profile import Held, Job, Profile, Wishes
from jobseeker.profile.card import CardFacts
from jobseeker.resume import Contact
from jobseeker.resume.writing import fits, strengths
from language.contact import read_contact
from language.detect import to_simplified

NOW = datetime(2026, 11, 28, 1, 0, tzinfo=timezone.utc)
EPISODE = "去年倉庫淹水，我跟三個同事輪流搬貨，一箱都沒壞。"
PROFILE = Profile(
    held=(
        Held("forklift_driving", "evidenced", 5),
        Held("excel", hedged=True),
        Held("licence_forklift", "evidenced"),
        Held("lang_japanese", level="basic"),
        Held("teamwork", "evidenced", episode=EPISODE),
    ),
    jobs=(Job("warehouse_clerk", "倉管", 3, latest=True), Job("", "風箏骨架師傅", 1)),
    wishes=Wishes(occupations=("forklift_driver",), places=("tw_taoyuan",), hours=("full_time",), avoid_shifts=("night",)),
    home="tw_taoyuan_zhongli",
)  # fmt: skip
CONTACT = Contact("王小明 😀", "0912-345-678", "ming@example.com")


@pytest.fixture(scope="module")
def facts(root: Path) -> CardFacts:
    return CardFacts(load_taxonomy(root), load_places(root, "tw"))


@pytest.fixture(scope="module")
def files(answers: Answers, facts: CardFacts) -> ResumeFiles:
    return ResumeFiles(answers, facts, SystemSecrets(), FixedClock(NOW), to_simplified, "https://jobs.example.tw/")


def pdf_text(content: bytes) -> str:
    """Without spaces: where they are is the reader's guess (and pypdf gives UTF-16 as two characters)."""
    return "".join(
        "".join(page.extract_text().replace("\0", "").split()) for page in PdfReader(io.BytesIO(content)).pages
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("variety", "expected"),
    [
        (
            "zh-Hant",
            ("王小明", "0912-345-678", "倉管人員（3年）", "風箏骨架師傅（1年）", "略懂", EPISODE, "堆高機操作技術士"),
        ),
        ("zh-Hans", ("王小明", "仓管人员（3年）", EPISODE, "堆高机操作技术士")),
        ("en", ("warehouseclerk(3years)", "(1year)", "forkliftdriving(5years)", "Statedandconfirmed")),
    ],
)
def test_the_pdf_has_its_font_embedded_and_its_text_can_be_copied(
    files: ResumeFiles, variety: str, expected: tuple[str, ...]
) -> None:
    content = files.make("pdf", PROFILE, CONTACT, variety, NOW)
    text = pdf_text(content)
    assert [part for part in expected if part not in text] == []
    assert "night" not in text.lower()  # what the person avoids is nobody's business
    assert "大夜班" not in text
    assert len(content) < 150_000  # the glyphs used, not the whole font
    for page in PdfReader(io.BytesIO(content)).pages:
        fonts = page["/Resources"]["/Font"]  # type: ignore[index]
        assert fonts
        for font in fonts.values():
            below = font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
            assert {"/FontFile2", "/FontFile3"} & set(below)


@pytest.mark.slow
def test_the_same_profile_gives_the_same_pdf_and_a_long_one_gets_more_pages(files: ResumeFiles) -> None:
    assert files.make("pdf", PROFILE, CONTACT, "en", NOW) == files.make("pdf", PROFILE, CONTACT, "en", NOW)
    many = Profile(held=tuple(Held("teamwork", episode=EPISODE * 12) for _ in range(12)))
    assert len(PdfReader(io.BytesIO(files.make("pdf", many, Contact(), "zh-Hant", NOW))).pages) > 1


def test_the_docx_has_headings_lists_and_chinese_fonts_and_tells_nothing_else(files: ResumeFiles) -> None:
    content = files.make("docx", PROFILE, CONTACT, "zh-Hant", NOW)
    document = Document(io.BytesIO(content))
    shown = {paragraph.text: paragraph.style.name for paragraph in document.paragraphs}
    assert shown["做過的工作"] == "Heading 1"
    assert shown["倉管人員（3年）"] == "List Bullet"
    assert EPISODE in shown
    styles = zipfile.ZipFile(io.BytesIO(content)).read("word/styles.xml").decode()
    assert "Microsoft JhengHei" in styles
    assert document.core_properties.author == ""


def test_json_resume_is_valid_against_its_schema(files: ResumeFiles, shared: Path) -> None:
    path = shared / "data" / "jsonresume" / "schema.json"
    if not path.is_file():
        pytest.skip(f"{path} is not on this machine")
    schema = json.loads(path.read_text("utf-8"))
    looked_at = 0
    for variety in ("zh-Hant", "zh-Hans", "en"):
        for profile, contact in ((PROFILE, CONTACT), (Profile(held=(Held("excel"),)), Contact())):
            document = json.loads(files.make("json", profile, contact, variety, NOW))
            jsonschema.Draft7Validator(schema, format_checker=jsonschema.FormatChecker()).validate(document)
            assert document["skills"]
            looked_at += 1
    assert looked_at == 6
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft7Validator(schema).validate({"work": [{"startDate": "three years ago"}]})


def test_json_resume_keeps_what_the_person_wrote(files: ResumeFiles) -> None:
    document = json.loads(files.make("json", PROFILE, Contact("葉後來"), "zh-Hans", NOW))
    assert document["basics"]["name"] == "葉後來"
    assert document["skills"][-1]["keywords"] == [EPISODE]
    assert document["work"][0]["position"] == "仓管人员"
    assert "startDate" not in document["work"][0]  # nobody told a date


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_strengths_line_is_short_and_only_of_confirmed_facts(
    answers: Answers, facts: CardFacts, language: str
) -> None:
    words = answers.in_language(language, NOW.date())
    line = strengths(PROFILE, facts, words)
    assert fits(line, language)
    assert {"zh": "倉管人員3年", "en": "warehouse clerk (3 years)"}[language] in line
    assert "Excel" not in line  # only a little
    long = Profile(
        held=tuple(Held(i) for i in sorted(facts.taxonomy.skills)[:60]),
        jobs=(Job("", "很長很長很長很長很長的工作名稱" * 2, 3),),
    )
    assert fits(strengths(long, facts, words), language)
    assert strengths(Profile(), facts, words) == ""
    assert not fits("字" * 36, "zh")
    assert not fits("word " * 21, "en")


def test_every_skill_and_licence_alone_gives_a_line_that_fits(answers: Answers, facts: CardFacts) -> None:
    looked_at = 0
    for language in ("zh", "en"):
        words = answers.in_language(language, NOW.date())
        for identifier in facts.taxonomy.skills:
            assert fits(strengths(Profile(held=(Held(identifier, "evidenced"),)), facts, words), language), identifier
            looked_at += 1
    assert looked_at > 1_500


async def test_the_preparation_gives_a_link_that_only_its_owner_knows(files: ResumeFiles) -> None:
    params = {"format": "json", "profile": PROFILE.to_dict(), "contact": CONTACT.to_dict()}
    first, second = [await files(_conversation(), params) for _ in range(2)]
    assert first["url"].startswith("https://jobs.example.tw/api/v1/files/")
    assert first["url"] != second["url"]
    token = first["url"].rsplit("/", 1)[1]
    assert len(token) >= 43
    assert first["made"].token_hash == SystemSecrets().digest(token)
    assert (first["made"].expires_at - NOW).days == 7
    assert first["made"].file.name == "resume-2026-11-28.json"


async def test_without_the_font_nothing_is_made_and_it_is_said(
    files: ResumeFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdf_module, "OTHER_FONT", ("no_such_package", "x.otf"))
    with pytest.raises(FileNotMade, match="make setup"):
        files.make("pdf", PROFILE, CONTACT, "en", NOW)
    params = {"format": "pdf", "profile": PROFILE.to_dict(), "contact": {}}
    assert (await files(_conversation(), params))["made"] is None
    with pytest.raises(ValueError, match="odt"):
        files.make("odt", PROFILE, CONTACT, "en", NOW)


def _conversation() -> object:
    from jobseeker.records import Conversation

    return Conversation("c", "web", "c", None, "zh-Hant", False, "bot", 0, None, "", "", 0, 1, NOW, NOW)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("王小明 0912-345-678 ming@example.com", Contact("王小明", "0912-345-678", "ming@example.com")),
        ("姓名：王小明，電話：02 2345 6789", Contact("王小明", "02 2345 6789")),
        ("我叫陳美玲，信箱 mei.ling+job@mail.example.tw", Contact("陳美玲", "", "mei.ling+job@mail.example.tw")),
        ("My name is Nguyen Thi Lan, phone 0988 123 456", Contact("Nguyen Thi Lan", "0988 123 456")),
        ("Maria Santos", Contact("Maria Santos")),
        ("+886 912 345 678", Contact("", "+886 912 345 678")),
        ("不想寫太多，因為我還沒有決定要不要把這些個人資料放在上面，先看看做出來是什麼樣子好了，之後再說", Contact()),
    ],
)
def test_contact_is_read_from_one_answer(text: str, expected: Contact) -> None:
    assert read_contact(text) == expected


def test_contact_has_no_place_for_more() -> None:
    given: Mapping[str, str] = {"name": "x", "birthday": "1968-01-01"}
    with pytest.raises(TypeError, match="birthday"):
        Contact.from_dict(given)

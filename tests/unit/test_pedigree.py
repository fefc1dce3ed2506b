"""Who somebody is changes nothing, from their own words to the ranking: other names, sexes, ages, nationalities, schools, photos and postcodes, the same bytes."""

from __future__ import annotations

import json
from dataclasses import asdict
from functools import cache
from typing import Any

import pytest

from content import load_places, load_ranking, load_taxonomy
from jobseeker.matching import Catalogue, Matcher
from jobseeker.profile.drafting import Draft, merge
from language.resume_reader import ResumeReader
from tests.conftest import ROOT
from tests.doubles.vacancy_world import DAY, VACANCIES, real_reader

pytestmark = pytest.mark.slow  # with `make test`: the whole taxonomy is read


PEOPLE = (
    {"name": "王小明", "sex": "男", "age": "24", "nation": "中華民國", "school": "國立臺灣大學", "photo": "photo.jpg", "post": "106"},
    {"name": "阮氏蘭", "sex": "女", "age": "58", "nation": "越南", "school": "桃園高中", "photo": "", "post": "320"},
    {"name": "Siti Rahma", "sex": "女", "age": "41", "nation": "印尼", "school": "台北市立大同高中", "photo": "img_01.png", "post": "881"},
    {"name": "馬英文", "sex": "其他", "age": "33", "nation": "日本", "school": "高雄餐旅大學", "photo": "", "post": "10001"},
)  # fmt: skip
FORMS = {
    "résumé": "個人資料\n姓名：{name}\n性別：{sex}\n年齡：{age}歲\n國籍：{nation}\n郵遞區號：{post}\n照片：{photo}\n學歷\n{school}畢業\n"
    "工作經歷\n2019/03 - 2023/06 倉管人員 某某物流\n技能：堆高機操作、盤點\n證照：堆高機操作技術士\n語言：英文 流利\n",
    "résumé in English": "Personal details\nName: {name}\nSex: {sex}\nAge: {age}\nNationality: {nation}\nPostcode: {post}\nEducation\n{school}\n"
    "Work experience\n2019/03 - 2023/06 warehouse worker\nSkills: forklift driving, stocktaking\nLanguages: English (fluent)\n",
    "a school in a sentence": "我是{school}畢業的，會開堆高機三年，做過盤點，英文流利，想找倉管的工作",
    "a sentence": "我叫{name}，{age}歲，{sex}，郵遞區號{post}。我會開堆高機三年，做過盤點，英文流利，想找倉管的工作",
}


@cache
def matcher() -> tuple[Matcher, ResumeReader, Any]:
    taxonomy = load_taxonomy(ROOT)
    catalogue = Catalogue(taxonomy, load_places(ROOT, "tw"))
    return Matcher.over(catalogue, load_ranking(ROOT, "tw"), VACANCIES, DAY), ResumeReader(real_reader()), taxonomy


def ranked(text: str) -> tuple[bytes, int]:
    """(the ranking as bytes, how many things were found in the text)."""
    engine, resumes, taxonomy = matcher()
    reading = (resumes if "\n" in text else real_reader()).read(text)
    profile = merge(Draft(), reading, taxonomy).profile
    ranking = engine.rank(profile, DAY, 5, changes=True)
    assert ranking.matches
    return json.dumps(asdict(ranking), default=str, sort_keys=True).encode(), len(profile.held)


@pytest.mark.parametrize("form", FORMS)
def test_the_same_work_told_by_other_people_is_ranked_to_the_byte(form: str) -> None:
    results = [ranked(FORMS[form].format(**person)) for person in PEOPLE]
    assert results[0][1] >= 3, "the work that was told is read"
    assert len({result for result, _ in results}) == 1


def test_it_would_be_noticed() -> None:
    """The same comparison with something that does count."""
    text = FORMS["a sentence"].format(**PEOPLE[0])
    assert ranked(text)[0] != ranked(text.replace("盤點", "電焊"))[0]

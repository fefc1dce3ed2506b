"""On the real taxonomy: sentences without any skill give none, and the list of lookalikes has no dead row."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.wiring_reading import load_reader
from language.reading import lookalikes
from language.reading.folding import fold
from language.skills import SkillReader

pytestmark = pytest.mark.slow  # with `make test`: the whole taxonomy is read


ORDINARY = """
我昨天去就業中心，等了一個小時
請問你們幾點下班
我的失業給付下來了沒有
房租又漲了，不知道怎麼辦
我女兒明年要上小學
謝謝你，我再想想看
不客氣
資料寄出去了，什麼時候會有消息
我住在板橋，離捷運站很近
身分證影本要不要帶
老闆說下個月要裁員
可不可以幫我改時間
我開車去上班要四十分鐘
電腦壞了，沒辦法上網填
我想找我家附近的工作
錢還沒有進帳戶
什麼時候開課
課程要先付錢嗎
你們會保密嗎
行政院說要加薪
這個業務窗口是哪一位
我要客訴那個櫃檯
我奶奶住院了，這禮拜沒空
社區活動中心在哪裡
我看不懂這張單子
昨天面試，他們說會再通知我
我被叫去總公司談話
水電費都繳不出來
星期六我有事
手續好麻煩
请问需要带什么材料
我上个月离职了
工资还没有发
这个地址对吗
我在等公司的离职证明
Thank you, that helps a lot
How long do I have to wait till the money comes
I live near the station and need extra money
My hard drive is broken and I cannot upload the file
Please send me the form again
What time does the office open
I lost my job last month when the plant closed
The bill came and I cannot pay it
It costs me too much to come every week
I don't act on such letters
He said I should wait until Monday
I want to change the date of my appointment
Could you say that in other words
My rent is late and I have two kids
Is there a lift to the third floor? No? Then I take the stairs
Nobody answered my letter
I log in with my number and nothing happens
I am looking for a job close to home
What do I do if the company refuses to pay
It was a twenty minutes drive
""".strip().splitlines()
WITH_SKILLS = {
    "以前在超商收銀，也會補貨": {"cash_handling", "shelf_stocking", "convenience_store_work"},
    "照顧過阿公阿嬤，會量血壓": {"elder_care", "vital_signs"},
    "我当过保安，会开叉车": {"security_guarding", "forklift_driving"},
    "I was a hairdresser, and I know how to mop floors": {"hair_cutting", "cleaning_general"},
    "take care old people three years, can cook rice": {"elder_care", "cooking"},
}


@pytest.fixture(scope="module")
def reader(root: Path) -> SkillReader:
    return load_reader(root)[0]


def found(reader: SkillReader, text: str) -> set[str]:
    reading = reader.read(text)
    return {item.id for item in (*reading.skills, *reading.licences, *reading.languages)}


def test_sentences_without_a_skill_give_none(reader: SkillReader) -> None:
    assert len(ORDINARY) > 50
    assert {text: ids for text in ORDINARY if (ids := found(reader, text))} == {}


@pytest.mark.parametrize("text", WITH_SKILLS)
def test_sentences_with_skills_give_them(reader: SkillReader, text: str) -> None:
    assert WITH_SKILLS[text] <= found(reader, text)


def test_every_lookalike_hides_a_word_of_the_taxonomy(reader: SkillReader) -> None:
    words = [fold(" ".join(word.split())) for word in (*lookalikes.CHINESE, *lookalikes.ENGLISH.split("|"))]
    assert len(words) > 80
    assert [word for word in words if not reader.lexicon.hits(word, word)["skill"]] == []
    assert not reader.lexicon.hits("請問", "請問")["skill"]

"""Whole conversations about the profile, with the real reader: what is understood, corrected, asked, kept - and never lost or asked twice."""

from __future__ import annotations

from decimal import Decimal

import pytest

from jobseeker.profile import Found, Profile, Reading
from jobseeker.profile.questions import KNOWN
from tests.unit.profile.conftest import Person

pytestmark = pytest.mark.slow  # with `make test`: the whole taxonomy is read


STORY = "我做過三年倉管人員，會開堆高機，會一點日文，不想再做夜班"
STORY_EN = "I worked as a warehouse clerk for 3 years, I drive a forklift and speak a little Japanese. No more night shifts please."


def test_a_story_becomes_a_card_and_nothing_is_saved(person: Person) -> None:
    assert person.say(STORY, "build_profile") == ["profile_check_consent"]
    assert set(person.held) == {"warehouse_work", "forklift_driving", "lang_japanese"} - (
        set() if "warehouse_work" in person.held else {"warehouse_work"}
    )
    assert [(job.occupation_id, job.years, job.latest) for job in person.draft.jobs] == [("warehouse_clerk", 3, True)]
    assert person.held["lang_japanese"].hedged
    assert person.draft.wishes.avoid_shifts == ("night",)
    assert person.last.effects == ()
    (reply,) = person.read()
    assert "還沒有保存" in reply.text
    assert "刪除我的資料" in reply.text
    (card,) = reply.cards
    for part in ("倉管人員（3年、最近的工作）", "堆高機操作", "會一點", "大夜班"):
        assert part in card["text"]
    assert [button["payload"] for button in card["buttons"]] == ["/confirm", "/fill", "/discard"]


@pytest.mark.parametrize("yes", ["對", "沒錯，保存", "/confirm", "好"])
def test_a_confirmation_saves_with_consent_once(person: Person, yes: str) -> None:
    person.say(STORY, "build_profile")
    assert person.say(yes, "affirm") == ["profile_saved"]
    assert [name for name, _ in person.last.effects] == ["save_profile", "give_consent"]
    assert person.last.open_question is None
    assert {held.id for held in person.profile.held} >= {"forklift_driving", "lang_japanese"}
    person.say("我會Excel", "update_profile")
    assert [say.key for say in person.last.says] == ["profile_check"]  # consent was given
    person.say("yes", "affirm")
    assert [name for name, _ in person.last.effects] == ["save_profile"]
    assert {held.id for held in person.profile.held} >= {"forklift_driving", "excel"}  # on top of what was there


def test_corrections_by_words_and_by_button(person: Person) -> None:
    person.say(STORY, "build_profile")
    person.say("不是三年，是五年", "nlu_fallback", 0.2)
    assert person.draft.jobs[0].years == 5
    person.say("刪掉日文")
    assert "lang_japanese" not in person.held
    person.say("我會Excel，也有堆高機證照")
    assert person.held["licence_forklift"].evidence == "evidenced"
    person.say("我沒有堆高機證照")
    assert "licence_forklift" not in person.held
    assert "licence_forklift" in person.talk.draft.lacks
    person.say("/remove excel")
    assert "excel" not in person.held
    person.say("/remove not_shift:night")
    assert person.draft.wishes.avoid_shifts == ()
    assert person.say("刪掉 Photoshop") == ["profile_not_there", "profile_check_consent_short"]
    assert person.say("/remove nothing_of_the_kind") == ["profile_not_there", "profile_check_consent_short"]
    assert person.saved == []


def test_a_bare_no_asks_what_is_wrong(person: Person) -> None:
    person.say(STORY_EN, "build_profile")
    assert person.say("no", "deny") == ["profile_what_is_wrong"]
    person.say("no, 5 years")
    assert person.draft.jobs[0].years == 5
    person.say("remove Japanese")
    assert "lang_japanese" not in person.held


def test_the_form_asks_one_question_at_a_time_and_nothing_twice(person: Person) -> None:
    person.say(STORY, "build_profile")
    asked = []
    keys = person.say("/fill")
    for _ in range(20):
        question = person.talk.question
        if question == "confirm":
            break
        assert keys[-1] == f"profile_ask_{question}"
        assert len(keys) <= 2  # what was noted, and one question
        asked.append(question)
        keys = person.say("/skip")
    assert person.talk.question == "confirm"
    assert len(asked) == len(set(asked))
    assert not {"job", "job_years", "skills", "languages", "hours", "avoid"} & set(
        asked
    )  # all of it stands in the story
    assert {"place", "pay", "learn"} <= set(asked)


def test_answers_are_read_in_the_light_of_the_question(person: Person) -> None:
    person.say("/fill")
    for answer in (
        "warehouse clerk",
        "3 years",
        "forklift",
        "English",
        "I live in Zhongli",
        "15",
        "full time, day shifts",
    ):
        person.say(answer)
    assert person.say("35000") == ["profile_noted", "profile_ask_learn"]
    person.say("welding")
    keys = person.say("night shifts")
    assert keys[-1] == "profile_check_consent"
    wishes = person.draft.wishes
    assert (wishes.pay_low, wishes.pay_period, wishes.commute_km) == (Decimal(35000), "month", 15)
    assert (wishes.skills, wishes.avoid_shifts, wishes.shifts) == (("welding",), ("night",), ("day",))
    assert person.draft.home == "tw_taoyuan_zhongli"
    assert "welding" not in person.held
    assert (person.draft.jobs[0].occupation_id, person.draft.jobs[0].years) == ("warehouse_clerk", 3)


def test_a_correction_in_the_middle_of_the_form_keeps_the_question(person: Person) -> None:
    person.say("/fill")
    person.say("倉管人員，三年")
    assert person.talk.question == "skills"
    keys = person.say("不對，是五年")
    assert person.draft.jobs[0].years == 5
    assert (keys[-1], person.talk.question) == ("profile_ask_skills", "skills")
    person.say("堆高機")
    assert person.talk.question == "languages"


def test_no_and_no_wish_go_on(person: Person) -> None:
    person.say("/fill")
    seen = [person.talk.question]
    for answer in ("沒有", "不知道", "都可以", "no", "skip", "沒有特別", "none", "隨便", "no idea", "沒有"):
        if person.talk.question not in KNOWN:
            break
        person.say(answer, "deny")
        seen.append(person.talk.question)
    assert len(seen) == len(set(seen))
    assert person.talk.question == "tell"  # nothing was told: it says how to begin
    assert person.saved == []


def test_a_job_the_taxonomy_does_not_know_is_kept_in_the_persons_words(person: Person) -> None:
    person.say("/fill")
    person.say("風箏骨架師傅")
    (job,) = person.draft.jobs
    assert (job.occupation_id, job.words) == ("", "風箏骨架師傅")
    assert person.talk.question == "job_years"
    person.say("十年")
    assert person.draft.jobs[0].years == 10
    (entry,) = [item for group in person.read()[0].cards for item in group["groups"]] or [None]
    assert entry is None  # no card yet: the form goes on
    key = next(key for key in person.talk.draft.touched)
    person.say(f"/remove {key}")
    assert person.draft.jobs == ()


def test_soft_skills_through_an_episode(person: Person) -> None:
    keys = person.say("我會開堆高機，很有團隊精神", "build_profile")
    assert keys == ["profile_understood", "profile_ask_episode"]
    assert person.held["teamwork"].evidence == "stated"
    story = "去年倉庫淹水，我跟三個同事輪流搬貨，兩天內全部移到二樓，一箱都沒壞"
    assert person.say(story, "out_of_scope", 0.9)[0] == "profile_episode_kept"
    assert person.held["teamwork"].evidence == "evidenced"
    assert person.held["teamwork"].episode == story
    assert "有經歷或證照" in person.read()[-1].cards[0]["text"]


def test_a_soft_skill_without_an_episode_stays_stated_and_says_so(person: Person) -> None:
    person.say("I have a lot of patience and I can drive a forklift", "build_profile")
    assert person.talk.question.startswith("episode:")
    keys = person.say("no", "deny")
    assert keys == ["profile_episode_missing", "profile_check_consent"]
    (soft,) = [held for held in person.held.values() if held.id == "patience"]
    assert (soft.evidence, soft.episode) == ("stated", "")
    assert "no example yet" in person.read("en")[-1].cards[0]["text"]
    person.say("好", "affirm")
    person.say("我也會Excel", "update_profile")
    assert person.talk.question == "episode:patience"  # a new conversation about it may ask once more


def test_starting_over_asks_first_where_something_is_unsaved(person: Person) -> None:
    person.say(STORY, "build_profile")
    assert person.last.open_question is not None
    assert person.last.open_question.guards_restart
    assert person.say("重新開始", "restart") == ["profile_restart_ask"]
    assert person.say("不要", "deny") == ["profile_check_consent_short"]
    assert "forklift_driving" in person.held
    assert person.say("/restart", "restart") == ["profile_restart_ask"]
    assert person.say("/skip") == ["profile_check_consent_short"]
    person.say("start over", "restart")
    person.say("yes", "affirm")
    assert person.last.hand_on == "restart"
    person.say(STORY, "build_profile")
    person.say("start over", "restart")
    person.say("/restart", "restart")
    assert person.last.hand_on == "restart"
    assert person.talk.draft.profile == Profile()


def test_another_act_is_handed_on_and_the_draft_stays(person: Person) -> None:
    person.say(STORY, "build_profile")
    assert person.say("幫我看一下能領多少", "benefit_precheck", 0.95) == []
    assert person.last.hand_on == "benefit_precheck"
    assert "forklift_driving" in person.held
    assert person.say("嗯哼哼", "benefit_precheck", 0.5) == ["profile_not_understood", "profile_check_again"]
    assert person.say("嗯哼哼", "benefit_precheck", 0.5)[0] == "profile_not_understood_again"
    assert any(button.payload == "/human" for button in person.read()[0].buttons)


def test_undo_brings_the_version_before_back(person: Person) -> None:
    assert person.say("/undo") == ["profile_nothing_to_undo"]
    person.say(STORY, "build_profile")
    assert person.say("/undo") == ["profile_discarded"]  # unsaved: it is dropped
    person.say(STORY, "build_profile")
    person.say("/confirm")
    person.say("我也會Excel", "update_profile")
    person.say("/confirm")
    assert person.say("/undo") == ["profile_undone"]
    assert "excel" not in {held.id for held in person.profile.held}
    assert "試算表" not in person.read()[0].cards[0]["text"]
    assert person.profile.version == 3


def test_undo_of_the_first_leaves_it_empty(person: Person) -> None:
    person.say(STORY, "build_profile")
    person.say("/confirm")
    assert person.say("/undo") == ["profile_undone_empty"]
    assert person.profile.held == ()


def test_show_discard_and_nothing_to_confirm(person: Person) -> None:
    assert person.say("給我看我的資料", "show_profile") == ["profile_intro"]
    assert person.say("/confirm") == ["profile_nothing_unsaved"]
    assert person.say("/discard") == ["profile_nothing_unsaved"]
    person.say(STORY, "build_profile")
    assert person.say("/profile") == ["profile_check_consent_short"]
    person.say("/confirm")
    assert person.say("/profile") == ["profile_now"]
    person.say("/remove forklift_driving")
    assert person.saved[-1].version == 1  # nothing changes before it is confirmed
    assert person.say("/discard") == ["profile_discarded"]
    assert "forklift_driving" in {held.id for held in person.profile.held}


def test_a_save_that_was_not_kept_loses_nothing(person: Person) -> None:
    person.say(STORY, "build_profile")
    person.keeps = False  # the message became a dead letter
    person.say("/confirm")
    person.keeps = True
    assert person.say("/profile") == ["profile_check_consent"]
    assert "forklift_driving" in person.held
    person.say("/confirm")
    assert person.profile.version == 1


def test_a_resume_is_read_into_the_draft(person: Person) -> None:
    assert person.say("/upload") == ["profile_upload_how"]
    read = Reading(
        skills=(Found("excel", "Excel", 0, 5, years=4),), occupations=(Found("warehouse_clerk", "倉管", 6, 8, years=2),)
    )
    assert person.say("/upload", resume=read) == ["profile_check_consent"]
    assert person.held["excel"].evidence == "evidenced"
    assert person.say("/upload", resume=Reading()) == ["profile_resume_empty"]
    assert "excel" in person.held


def test_everything_said_exists_in_the_responses(person: Person) -> None:
    keys = {f"profile_ask_{name}" for name in (*KNOWN, "tell")}
    assert len(keys) > 8
    assert keys <= set(person.answers.pack.responses)


def test_years_of_the_work_and_of_the_job_told_in_one_word_change_together(person: Person) -> None:
    person.say("/fill")
    person.say("洗碗工，做了兩年")
    assert person.draft.jobs[0].years == 2
    person.say("不對，洗碗是三年")
    assert person.draft.jobs[0].years == 3
    assert {held.years for held in person.draft.held} == {3}


def test_a_location_that_was_sent_is_where_the_person_lives_once_they_say_so(person: Person) -> None:
    assert person.say("/live tw_taipei_xinyi", "update_profile") == ["profile_check_consent"]
    assert person.profile.version == 0
    person.say("/confirm")
    assert person.profile.home == "tw_taipei_xinyi"
    assert person.say("/live nowhere", "update_profile") == ["profile_now"]  # an old list of places, or typed


def test_a_location_answers_the_question_where_to_work(person: Person) -> None:
    person.say("/fill")
    while person.talk.question != "place":
        assert person.say("/skip") != []
    assert "profile_noted" in " ".join(person.say("/live tw_taipei_xinyi", "update_profile"))
    assert person.talk.question != "place"
    assert person.talk.draft.profile.home == "tw_taipei_xinyi"

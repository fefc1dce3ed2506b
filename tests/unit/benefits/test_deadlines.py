"""The benefit clock: every day worked out by hand, over weekends and Taiwan's holidays; the conversation about them; the calendar file."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from app.calendar_file import CalendarFiles
from content.offices import load_calendar
from jobseeker.answers import Answers
from jobseeker.benefits.clock_dialogue import ClockDialogue
from jobseeker.benefits.deadlines import CaseDates, Deadline, deadlines, upcoming
from jobseeker.benefits.dialogue import CaseDialogue
from jobseeker.benefits.talk import CaseHeard, CaseTalk, CaseTold
from jobseeker.business_days import is_business_day, on_or_after, on_or_before
from jobseeker.clock import TAIPEI, FixedClock
from jobseeker.knowledge import Pack
from jobseeker.messages import Outcome, Understanding, parse_command
from jobseeker.open_question import is_answer
from jobseeker.usecases.talk_about_case import HeardCase, TalkAboutCase
from language.case_reader import SpokenCaseReader
from language.detect import to_simplified
from language.remarks import read_remark

HOLIDAY = load_calendar(Path(__file__).resolve().parents[3]).holiday
TODAY = date(2026, 11, 28)


def found(pack: Pack, *, longer: bool = False, **days: date) -> dict[str, Deadline]:
    """By kind, certifications by kind and number."""
    all_of_them = deadlines(replace(CaseDates(), **days), pack.figures, HOLIDAY, longer=longer)
    return {one.kind + (str(one.number) if one.number else ""): one for one in all_of_them}


@pytest.mark.parametrize(
    ("kind", "days", "nominal", "day", "safe"),
    [
        # two years after leaving; 1 January 2028 is a holiday and a Saturday, so Monday the 3rd, safe is Thursday the 30th
        ("claim", {"left_on": date(2026, 3, 2)}, date(2028, 3, 2), date(2028, 3, 2), date(2028, 3, 2)),
        ("claim", {"left_on": date(2026, 1, 1)}, date(2028, 1, 1), date(2028, 1, 3), date(2027, 12, 30)),
        ("claim", {"left_on": date(2024, 2, 29)}, date(2026, 2, 28), date(2026, 3, 2), date(2026, 2, 26)),
        # the 15th day, registration counted: 5 March + 14 = Thursday 19 March
        ("determination", {"registered_on": date(2026, 3, 5)}, date(2026, 3, 19), date(2026, 3, 19), date(2026, 3, 19)),
        # 31 January + 14 = 14 February 2026, a Saturday; the 15th to the 20th are the New Year holidays, 21 and 22 a weekend
        ("determination", {"registered_on": date(2026, 1, 31)}, date(2026, 2, 14), date(2026, 2, 23), date(2026, 2, 23)),
        # 20 March + 14 = 3 April, the substitute for Children's Day; the 6th is a substitute holiday as well
        ("determination", {"registered_on": date(2026, 3, 20)}, date(2026, 4, 3), date(2026, 4, 7), date(2026, 4, 7)),
        # certified on 16 March: + 30 = Wednesday 15 April; + 60 = Friday 15 May
        ("recertify1", {"certified_on": date(2026, 3, 16)}, date(2026, 4, 15), date(2026, 4, 15), date(2026, 4, 15)),
        ("recertify2", {"certified_on": date(2026, 3, 16)}, date(2026, 5, 15), date(2026, 5, 15), date(2026, 5, 15)),
        # certified on 1 April: + 30 = Labour Day, Friday; Monday the 4th
        ("recertify1", {"certified_on": date(2026, 4, 1)}, date(2026, 5, 1), date(2026, 5, 4), date(2026, 5, 4)),
        # the card of Monday 2 March: seven days with the day itself end on Sunday the 8th
        ("reply_card", {"referred_on": date(2026, 3, 2)}, date(2026, 3, 8), date(2026, 3, 9), date(2026, 3, 6)),
        ("reply_card", {"referred_on": date(2026, 3, 3)}, date(2026, 3, 9), date(2026, 3, 9), date(2026, 3, 9)),
        # begun on Thursday 24 September: third day Saturday; the 25th is Mid-Autumn, the 28th Teachers' Day
        ("report_job", {"started_on": date(2026, 9, 24)}, date(2026, 9, 26), date(2026, 9, 29), date(2026, 9, 24)),
        ("report_job", {"started_on": date(2026, 6, 1)}, date(2026, 6, 3), date(2026, 6, 3), date(2026, 6, 3)),
        # three months insured from 1 June
        ("award_from", {"started_on": date(2026, 6, 1)}, date(2026, 9, 1), date(2026, 9, 1), date(2026, 9, 1)),
        ("award", {"started_on": date(2026, 6, 1)}, date(2028, 9, 1), date(2028, 9, 1), date(2028, 9, 1)),
        # 60 days from the day after 1 August = 30 September; from 10 August = 9 October, the substitute of National Day
        ("review", {"decided_on": date(2026, 8, 1)}, date(2026, 9, 30), date(2026, 9, 30), date(2026, 9, 30)),
        ("review", {"decided_on": date(2026, 8, 10)}, date(2026, 10, 9), date(2026, 10, 12), date(2026, 10, 8)),
        ("appeal", {"reviewed_on": date(2026, 9, 25)}, date(2026, 10, 25), date(2026, 10, 27), date(2026, 10, 23)),
    ],
)  # fmt: skip
def test_a_day(pack: Pack, kind: str, days: dict[str, date], nominal: date, day: date, safe: date) -> None:
    one = found(pack, **days)[kind]
    assert (one.nominal, one.day, one.safe) == (nominal, day, safe)
    assert one.used
    assert one.moved == (nominal != day)


def test_certifications_end_with_the_benefit(pack: Pack) -> None:
    assert list(found(pack, certified_on=date(2026, 3, 16))) == [f"recertify{n}" for n in range(1, 6)]
    assert len(found(pack, longer=True, certified_on=date(2026, 3, 16))) == 8


def test_from_registration_all_follow(pack: Pack) -> None:
    days = found(pack, left_on=date(2026, 3, 2), registered_on=date(2026, 3, 5))
    assert list(days) == ["determination", *(f"recertify{n}" for n in range(1, 6)), "claim"]
    assert days["recertify1"].nominal == date(2026, 3, 19) + timedelta(days=30)


@given(st.dates(date(2018, 6, 1), date(2030, 12, 31)), st.sampled_from(list(CaseDates.__dataclass_fields__)))
@settings(max_examples=200, deadline=None)
def test_every_day_to_act_on_is_a_business_day(pack: Pack, day: date, name: str) -> None:
    for one in found(pack, **{name: day}).values():
        assert one.safe <= one.day
        if one.of == "from":
            continue
        assert is_business_day(one.day, HOLIDAY)
        assert is_business_day(one.safe, HOLIDAY)
        assert one.day >= one.nominal
        assert one.of == "appointment" or one.safe <= one.nominal


def test_business_days_and_an_impossible_calendar() -> None:
    assert on_or_after(date(2026, 2, 14), HOLIDAY) == date(2026, 2, 23)
    assert on_or_before(date(2026, 2, 22), HOLIDAY) == date(2026, 2, 13)
    with pytest.raises(ValueError, match="no business day"):
        on_or_after(date(2026, 2, 14), lambda day: {"zh": "休", "en": "closed"})


class Talker:
    """Somebody who asks for their dates."""

    def __init__(self, pack: Pack, answers: Answers) -> None:
        self.dialogue = ClockDialogue(SpokenCaseReader(), read_remark, pack.figures, HOLIDAY, TAIPEI)
        self.answers, self.talk, self.last = answers, CaseTalk(), CaseTold(CaseTalk())

    def say(self, text: str, act: str = "benefit_deadlines", variety: str = "zh-Hant") -> str:
        command = parse_command(text)
        answered = self.last.open_question is not None
        heard = CaseHeard(text, TODAY, variety == "en", command, act, 0.9, answered)
        self.last = self.dialogue.turn(heard, CaseTalk.from_dict(self.talk.to_dict()))
        self.talk = self.last.talk
        replies = [self.answers.render(say, variety=variety, day=TODAY) for say in self.last.says]
        return "\n".join(reply.text for reply in replies)


def test_dates_in_the_question_are_answered_at_once(pack: Pack, answers: Answers) -> None:
    talker = Talker(pack, answers)
    text = talker.say("我11/9被資遣，11/16去登記，什麼時候要去認定")
    for part in (
        "2026年11月9日離職",
        "2026年11月16日登記",
        "2026年11月30日：失業認定",
        "2026年12月30日：再認定",
        "2028年11月9日",
        "中心的",
    ):
        assert part in text, part
    assert talker.last.open_question is not None
    assert talker.last.open_question.listens, "nothing is asked"
    text = talker.say("我12/1新工作上班", act="benefit_deadlines")
    assert "通報再就業" in text
    assert "2026年11月16日登記" in text, "what was told is not lost"


def test_without_dates_it_asks_and_takes_them_in_any_writing(pack: Pack, answers: Answers) -> None:
    talker = Talker(pack, answers)
    assert "您知道的日期" in talker.say("幫我算我的日子")
    assert talker.last.open_question is not None
    assert "沒有這一天" in talker.say("2月30日離職")
    text = talker.say("民國115年11月2日離職")
    assert "2028年11月2日" in text


def test_in_english_a_holiday_is_explained(pack: Pack, answers: Answers) -> None:
    talker = Talker(pack, answers)
    text = talker.say("I registered on 27 November 2026, what are my dates", variety="en")
    assert "11 December 2026" in text
    text = talker.say("I got the decision letter on 26 October 2026", variety="en")
    assert "25 December 2026, but that is Constitution Day" in text
    assert "by 24 December 2026" in text


def test_what_has_passed_is_not_a_verdict(pack: Pack, answers: Answers) -> None:
    talker = Talker(pack, answers)
    text = talker.say("我2023/3/2離職，什麼時候到期")
    assert "不要放棄" in text
    assert not any(word in text for word in ("不能", "不符合", "喪失"))


def test_reminders_need_a_yes(pack: Pack, answers: Answers) -> None:
    talker = Talker(pack, answers)
    talker.say("我11/16去登記")
    assert "同意嗎" in talker.say("/remind ask")
    assert talker.last.effects == ()
    talker.say("/remind on")
    ((name, params),) = talker.last.effects
    assert (name, params["active"]) == ("set_reminders", True)
    first = params["items"][0]
    assert first == {"kind": "determination", "day": "2026-11-30", "send_at": "2026-11-27T09:00:00+08:00"}
    assert all(datetime.fromisoformat(item["send_at"]).tzinfo for item in params["items"])
    talker.say("/remind off")
    assert talker.last.effects[0][1]["active"] is False


def test_the_calendar_file_holds_every_day_and_parses(pack: Pack, answers: Answers) -> None:
    now = datetime(2026, 11, 28, 2, 0, tzinfo=timezone.utc)
    files = CalendarFiles(answers, HOLIDAY, None, FixedClock(now), to_simplified)  # type: ignore[arg-type]
    coming = upcoming(tuple(found(pack, left_on=date(2026, 11, 9), registered_on=date(2026, 11, 16)).values()), TODAY)
    for variety, word in (("zh-Hant", "失業認定"), ("zh-Hans", "失业认定"), ("en", "Determination")):
        read = Calendar.from_ical(files.make(coming, variety, now))
        events = read.walk("VEVENT")
        assert len(events) == len(coming) == 7
        first = events[0]
        assert word in str(first["summary"])
        assert first.decoded("dtstart") == date(2026, 11, 30)
        assert first.walk("VALARM")
        assert len({str(event["uid"]) for event in events}) == 7


def test_after_the_list_further_and_corrected_days_are_heard(pack: Pack, answers: Answers) -> None:
    """What the classifier is not sure of goes to whoever listed the days; what is no day is handed on to where it belongs."""
    days = ClockDialogue(SpokenCaseReader(), read_remark, pack.figures, HOLIDAY, TAIPEI)
    cases = CaseDialogue(SpokenCaseReader(), read_remark, pack.figures, {"knowledge": pack.version})
    talk_about = TalkAboutCase(FixedClock(datetime(2026, 11, 28, 4, tzinfo=timezone.utc)), cases, days)
    told = talk_about(HeardCase("9月30號離職", "zh-Hant", act="benefit_deadlines", confidence=0.9), CaseTalk())

    def say(text: str, act: str = "", outcome: Outcome = "clarify") -> str:
        nonlocal told
        question = told.open_question
        assert question is not None
        understood = Understanding(act or "faq/hotlines", 0.9 if act else 0.3, outcome=outcome)
        assert is_answer(question, understood, None, asks=True), "this message would not come here"
        told = talk_about(
            HeardCase(text, "zh-Hant", act=act, confidence=0.9, answered=True, outcome=outcome),
            CaseTalk.from_dict(told.talk.to_dict()),
        )
        return "\n".join(answers.render(one, variety="zh-Hant", day=TODAY).text for one in told.says)

    text = say("10月12號去就服站登記的")
    assert "2026年9月30日離職" in text
    assert "2026年10月12日登記" in text
    assert "2026年10月13日登記" in say("不對 是10月13號")
    assert "再認定" in say("那什麼時候會認定", "out_of_scope", "answer")
    before = told
    for act, outcome, to in (("", "clarify", "clarify"), ("", "unsure", "nlu_fallback"), ("deny", "answer", "deny")):
        say("那健保呢", act, outcome)
        assert (told.hand_on, told.talk) == (to, before.talk)
        told = before
    pressed = parse_command("/estimate")
    told = talk_about(HeardCase("", "zh-Hant", pressed, "benefit_precheck", 1.0), told.talk)
    assert [one.key for one in told.says] == ["precheck_back", "precheck_ask_reason"]
    assert told.talk.unknown == ()

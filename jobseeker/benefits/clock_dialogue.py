"""The conversation about the dates of a case: one message and the state in, all days that follow from it out. Pure; the days are deadlines.py's."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from jobseeker.benefits import clock_telling, telling
from jobseeker.benefits.corrections import CORRECTS
from jobseeker.benefits.deadlines import APPOINTMENT, LIMIT, CaseDates, Deadline, deadlines, upcoming
from jobseeker.benefits.parameters import Parameters
from jobseeker.benefits.plausible import Plausibility
from jobseeker.benefits.questions import LONGER_FROM
from jobseeker.benefits.reading import CaseReader, Said
from jobseeker.benefits.records import Circumstances
from jobseeker.benefits.talk import DATES, SHOWN, CaseHeard, CaseTalk, CaseTold
from jobseeker.knowledge import Figure
from jobseeker.messages import Say
from jobseeker.office_hours import Holiday
from jobseeker.open_question import CLEAR
from jobseeker.profile.reading import RemarkReader

OF_CASE = frozenset({"left_on", "registered_on"})  # the rest of CaseDates is kept beside the case
COMMANDS = frozenset({"deadlines", "calendar", "remind"})
OWN_ACTS = frozenset({"benefit_deadlines", "benefit_precheck", "affirm", "deny", "out_of_scope", "faq"})
NOTICE_VERSION = "2026-11"  # of the consent text clock_remind_ask in data/responses/benefits.yml
FEWEST_WORDS = 2
_ASKS_DAYS = re.compile(
    r"期限|截止|到期|過期|过期|最[後后晚遲迟].{0,6}[天日]|(?:什麼時候|什么时候|幾號|几号|哪一?天|何時|何时).{0,6}(?:認定|认定|登記|登记|申請|申请)|(?:認定|认定).{0,4}(?:哪一?天|幾號|几号|什麼時候|什么时候)|"
    r"\bdeadlines?\b|\b(?:last|final|latest) (?:day|date)\b|\bwhich (?:day|date)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class ClockDialogue:
    """Holds what does not change from message to message. figures: all of the country's pack; zone: of the offices."""

    reader: CaseReader
    read_remark: RemarkReader
    figures: Mapping[str, Figure]
    holiday: Holiday
    zone: ZoneInfo

    def turn(self, heard: CaseHeard, talk: CaseTalk) -> CaseTold:
        """What follows from one message."""
        if heard.command is not None and heard.act != "restart":
            return self._pressed(heard, talk)
        asked = talk.question == DATES and heard.answered
        days = self._days(heard, heard.text, "left_on" if asked else "")
        if days:
            return self._take_in(days, talk, heard.today)
        if asked and heard.act and heard.act not in OWN_ACTS and heard.confidence >= CLEAR:
            return CaseTold(replace(talk, question=""), hand_on=heard.act)
        if asked and (self.read_remark(heard.text).passes or talk.misses >= FEWEST_WORDS):
            return CaseTold(replace(talk, question="", misses=0), (Say("utterance", "clock_without_dates"),))
        return self._show(replace(talk, misses=talk.misses + asked), heard.today)

    def heard_after_list(self, heard: CaseHeard, talk: CaseTalk) -> CaseTold:
        """A message after the days were listed: another day or a corrected one is taken in, anything else is for others."""
        days = self._days(heard, heard.text, "")
        correction = CORRECTS.match(heard.text)
        if not days and correction is not None:
            days = self._days(heard, correction["rest"], talk.last)
        if days:
            return self._take_in(days, talk, heard.today)
        if heard.act in ("", "out_of_scope") and _ASKS_DAYS.search(heard.text):
            return self._show(talk, heard.today)
        return CaseTold(talk, hand_on=heard.otherwise)

    def _days(self, heard: CaseHeard, text: str, asked: str) -> tuple[Said, ...]:
        told = self.reader(text, asked=asked, today=heard.today, english=heard.english)
        return tuple(one for one in told if one.name in CaseDates.__dataclass_fields__)

    def _pressed(self, heard: CaseHeard, talk: CaseTalk) -> CaseTold:
        assert heard.command is not None, "only called for a button"
        name, argument = heard.command.name, heard.command.argument
        if name == "skip":
            return CaseTold(replace(talk, question=""), (Say("utterance", "clock_without_dates"),))
        if name == "answer":
            said = chosen_day(talk, argument)
            return self._take_in((said,), talk, heard.today) if said else self._show(talk, heard.today)
        if name == "remind" and argument in ("off", "ask"):
            return self._reminders_asked(talk) if argument == "ask" else self._reminders(talk, (), active=False)
        coming = upcoming(self._deadlines(talk, heard.today), heard.today)
        if name in ("calendar", "remind") and not coming:
            return self._show(talk, heard.today)
        if name == "calendar":
            params = {"dates": self.dates(talk).to_dict(), "longer": self._longer(talk, heard.today)}
            return CaseTold(talk, (), (("store_calendar", params),))
        return self._reminders(talk, coming, active=True) if name == "remind" else self._show(talk, heard.today)

    def _take_in(self, days: tuple[Said, ...], talk: CaseTalk, today: date) -> CaseTold:
        """Keep what can be used; ask back the first day that cannot."""
        plausible = Plausibility(self.figures, today)
        case, dates = talk.case, CaseDates.from_dict(talk.dates)
        doubts: list[Said] = []
        for one in sorted(days, key=lambda said: said.name != "left_on"):
            judged = plausible(one, case)
            if judged.problem:
                doubts.append(judged)
            elif one.name in OF_CASE:
                change: dict[str, Any] = {one.name: judged.value}
                case = replace(case, **change, registered=None if one.name == "registered_on" else case.registered)
            else:
                dates = replace(dates, **{one.name: judged.value})
        last = next((one.name for one in days if one.name not in {doubt.name for doubt in doubts}), talk.last)
        after = replace(talk, case=case, dates=dates.to_dict(), last=last, misses=0)
        if doubts:
            say = telling.asked_back(doubts[0])
            return CaseTold(replace(after, question=DATES, last=doubts[0].name), (say,), again=say)
        return self._show(after, today)

    def _show(self, talk: CaseTalk, today: date) -> CaseTold:
        found = self._deadlines(talk, today)
        if not found:
            ask = Say("utterance", "clock_ask")
            return CaseTold(replace(talk, question=DATES), (ask,), again=ask)
        says = clock_telling.shown(found, self.dates(talk), self.holiday, today)
        return CaseTold(replace(talk, question=SHOWN), says, again=Say("utterance", "clock_ask"))

    def _reminders_asked(self, talk: CaseTalk) -> CaseTold:
        return CaseTold(replace(talk, question=""), (Say("utterance", "clock_remind_ask"),))

    def _reminders(self, talk: CaseTalk, coming: tuple[Deadline, ...], *, active: bool) -> CaseTold:
        items = [item for one in coming if one.of in (LIMIT, APPOINTMENT) for item in self._items(one)]
        params = {"active": active, "notice_version": NOTICE_VERSION, "items": items}
        return CaseTold(talk, (), (("set_reminders", params),))

    def _items(self, deadline: Deadline) -> list[dict[str, str]]:
        """Some days before the safe day, and on the day before it; in the morning, local time."""
        law = Parameters(self.figures, max(deadline.day, self.figures["clock.remind_hour"].rows[0].valid_from))
        hour = time(law.whole("clock.remind_hour"))
        days = sorted({law.whole("clock.remind_before"), 1}, reverse=True)
        return [
            {
                "kind": deadline.kind,
                "day": deadline.safe.isoformat(),
                "send_at": datetime.combine(deadline.safe - timedelta(days=before), hour, self.zone).isoformat(),
            }
            for before in days
        ]

    def dates(self, talk: CaseTalk) -> CaseDates:
        """All days that are known."""
        return replace(
            CaseDates.from_dict(talk.dates), left_on=talk.case.left_on, registered_on=talk.case.registered_on
        )

    def _deadlines(self, talk: CaseTalk, today: date) -> tuple[Deadline, ...]:
        return deadlines(self.dates(talk), self.figures, self.holiday, longer=self._longer(talk, today))

    def _longer(self, talk: CaseTalk, today: date) -> bool:
        case: Circumstances = talk.case
        age = case.age_on_leaving()
        return case.disability is True or (age or 0) >= Parameters(self.figures, today).whole(LONGER_FROM)


def chosen_day(talk: CaseTalk, argument: str) -> Said | None:
    """What a button with a day stands for: the day that was asked back. None for a button of another question."""
    try:
        day = date.fromisoformat(argument)
    except ValueError:
        return None
    return Said(talk.last, day, argument) if talk.last in CaseDates.__dataclass_fields__ else None

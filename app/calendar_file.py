"""The preparation of the effect `store_calendar`: the days of a case as a calendar file (RFC 5545) with a link. Keeping it is the effect's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from icalendar import Alarm, Calendar, Event

from jobseeker.answers import Answers
from jobseeker.benefits.deadlines import CaseDates, Deadline, deadlines, upcoming
from jobseeker.clock import Clock, local_day
from jobseeker.office_hours import Holiday
from jobseeker.ports import Secrets
from jobseeker.records import Conversation, MadeFile, StoredFile
from jobseeker.rendering.phrases import spoken

PATH = "/api/v1/files/"
LINK_DAYS = "files.link_days"  # of packs/*/policy/files.yml
MEDIA_TYPE = "text/calendar"


class CalendarFiles:
    """jobseeker.ports.Preparation of `store_calendar`."""

    def __init__(
        self,
        answers: Answers,
        holiday: Holiday,
        secrets: Secrets,
        clock: Clock,
        to_simplified: Callable[[str], str],
        public_url: str = "",
    ) -> None:
        self.answers, self.holiday, self.secrets, self.clock = answers, holiday, secrets, clock
        self.to_simplified, self.public_url = to_simplified, public_url.rstrip("/")

    async def __call__(self, conversation: Conversation, params: Mapping[str, Any]) -> Mapping[str, Any]:
        """The params with "made" and "url"."""
        now = self.clock.now()
        today = local_day(now)
        found = deadlines(
            CaseDates.from_dict(params["dates"]), self.answers.pack.figures, self.holiday, longer=bool(params["longer"])
        )
        content = self.make(upcoming(found, today), conversation.variety, now)
        token = self.secrets.token()
        days = int(self.answers.pack.figures[LINK_DAYS].on(today).value)
        file = StoredFile(f"deadlines-{today.isoformat()}.ics", MEDIA_TYPE, content)
        made = MadeFile(file, self.secrets.digest(token), now + timedelta(days=days))
        return {**params, "made": made, "url": self.public_url + PATH + token}

    def make(self, found: tuple[Deadline, ...], variety: str, now: datetime) -> bytes:
        """The file's bytes: one whole-day event for each, with a reminder the day before."""
        calendar = Calendar()
        calendar.add("prodid", "-//jobseeker//benefit clock//")
        calendar.add("version", "2.0")
        for deadline in found:
            calendar.add_component(self._event(deadline, variety, now))
        return bytes(calendar.to_ical())

    def _event(self, deadline: Deadline, variety: str, now: datetime) -> Event:
        day = deadline.safe
        event = Event()
        event.add("uid", f"{deadline.kind}-{deadline.number}-{deadline.nominal.isoformat()}@jobseeker")
        event.add("dtstamp", now)
        event.add("dtstart", day)
        event.add("dtend", day + timedelta(days=1))
        summary = self._words(f"calendar_{deadline.kind}", variety, deadline.day, now)
        event.add("summary", summary)
        clauses = "; ".join(dict.fromkeys(self._clause(used.clause, variety) for used in deadline.used))
        event.add("description", self._words("calendar_note", variety, deadline.day, now, clauses=clauses))
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", summary)
        alarm.add("trigger", timedelta(hours=-15))  # nine in the morning of the day before
        event.add_component(alarm)
        return event

    def _words(self, key: str, variety: str, day: date, now: datetime, **params: str) -> str:
        words = self.answers.in_language("en" if variety == "en" else "zh", local_day(now))
        text = words.line(key, day=spoken({"date": day.isoformat()}, words), **params)
        return self.to_simplified(text) if variety == "zh-Hans" else text

    def _clause(self, clause: Mapping[str, str], variety: str) -> str:
        return clause["en" if variety == "en" else "zh"]

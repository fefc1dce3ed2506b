"""A waiting case is told outside the desk: an e-mail, a webhook. Without a word of the person. When it is due is run_deadlines.py."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from jobseeker.clock import Clock
from jobseeker.handoff import URGENCY_CRISIS
from jobseeker.handoff_records import Case, Deadline
from jobseeker.handoff_summary import reason_name
from jobseeker.outgoing import Composer
from jobseeker.rendering.phrases import spoken
from jobseeker.storage import Store


@dataclass(frozen=True)
class Notice:
    """What is told. key: the same for the same occasion, however often it is sent. subject, body: in both languages."""

    key: str
    crisis: bool
    case: Mapping[str, Any]
    subject: Mapping[str, str]
    body: Mapping[str, str]


class Announcer(Protocol):
    """One way out. Raises where it has to be tried again."""

    async def __call__(self, notice: Notice) -> None: ...


class AnnounceCase:
    """jobseeker.ports.Outside for deadlines of kind "notify": {"way", "crisis"?}."""

    def __init__(
        self, store: Store, clock: Clock, composer: Composer, ways: Mapping[str, Announcer], desk_url: str
    ) -> None:
        self.store, self.clock, self.composer, self.ways, self.desk_url = store, clock, composer, dict(ways), desk_url

    async def __call__(self, deadline: Deadline) -> datetime | None:
        """Tell it; nothing where somebody has the case already, or the way has been switched off."""
        way = self.ways.get(str(deadline.detail["way"]))
        async with self.store.read() as work:
            case = await work.cases.get(deadline.case_id or 0)
        if way is not None and case is not None and case.state == "waiting":
            await way(self.notice(case, deadline.key, crisis=bool(deadline.detail.get("crisis"))))
        return None

    def notice(self, case: Case, key: str, *, crisis: bool) -> Notice:
        """What is told of this case."""
        calendar = self.composer.rules.live.current
        facts: dict[str, Any] = {
            "case_id": str(case.id),
            "office": dict(calendar.office(case.office).name),
            "opened": {"moment": calendar.local(case.opened_at)},
            "language": {"key": f"language_{case.language}"},
            "reasons": [reason_name(reason) for reason in case.reasons],
            "link": self.desk_url,
        }
        subject, body = {}, {}
        for language in ("zh", "en"):
            words = self.composer.answers.in_language(language, calendar.day(self.clock.now()))
            said = {name: spoken(value, words) for name, value in facts.items()}
            subject[language] = words.line("mail_crisis_subject" if crisis else "mail_subject", **said)
            body[language] = words.line("mail_body", **said)
        told = {
            "id": case.id,
            "urgency": case.urgency,
            "office": case.office,
            "language": case.language,
            "reasons": list(case.reasons),
            "opened_at": case.opened_at.isoformat(),
            "url": self.desk_url,
        }
        return Notice(key, crisis or case.urgency == URGENCY_CRISIS, told, subject, body)

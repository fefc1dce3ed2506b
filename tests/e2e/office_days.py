"""Opens and closes the offices of a running stack, whatever the day is, the way a supervisor does it. No assertions about pages here."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tests.e2e.stack import Stack
from tests.e2e.test_console_api import client

ZONE = ZoneInfo("Asia/Taipei")
SUPERVISOR = "boss"


def add_supervisor(stack: Stack) -> None:
    """An account that may set hours; once."""
    known = stack.database.exists() and stack.rows("SELECT name FROM sqlite_master WHERE name = 'account'")
    if not known or not stack.rows("SELECT id FROM account WHERE login = ?", SUPERVISOR):
        stack.add_account(SUPERVISOR, "主任", "supervisor")


def keep_open(stack: Stack) -> None:
    """Open around the clock today and tomorrow, so that midnight changes nothing."""
    _enter(stack, "00:00", "24:00", {"zh": "延長服務", "en": "longer hours"})


def keep_closed(stack: Stack) -> None:
    """A typhoon day today and tomorrow."""
    _enter(stack, "", "", {"zh": "颱風假", "en": "typhoon day"})


def _enter(stack: Stack, opens: str, closes: str, reason: dict[str, str]) -> None:
    add_supervisor(stack)
    boss, today = client(stack, SUPERVISOR), datetime.now(ZONE).date()
    for offset in (0, 1):
        day = {"day": (today + timedelta(days=offset)).isoformat(), "opens": opens, "closes": closes, "reason": reason}
        answer = boss.call("POST", "/offices/days", day)
        assert answer.status == 201, answer

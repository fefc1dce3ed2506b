"""How often somebody may fail to sign in, by password and by code together. What is checked is in sign_in.py and second_factor.py."""

from __future__ import annotations

from datetime import datetime, timedelta

from jobseeker.errors import TooManyAttempts
from jobseeker.records import Account, Credentials
from jobseeker.storage import UnitOfWork

FREE_ATTEMPTS = 5  # then each failure doubles the wait
FIRST_LOCK_SECONDS, LONGEST_LOCK_SECONDS = 15, 900


def refuse_locked(found: Credentials, now: datetime) -> None:
    """Raises TooManyAttempts: locked for a while; `retry_after_seconds` says how long.

    A lock that would last longer than the longest one comes from a clock that was ahead and does not count.
    """
    longest = now + timedelta(seconds=LONGEST_LOCK_SECONDS)
    if found.locked_until is not None and now < found.locked_until <= longest:
        raise TooManyAttempts(max(1, int((found.locked_until - now).total_seconds()) + 1))


async def note_failure(work: UnitOfWork, account: Account, what: str, now: datetime) -> None:
    """Count one more failure, lock where there were too many, and write it into the audit. what: "password", "code"."""
    failed = await work.accounts.note_failure(account.id)
    if failed >= FREE_ATTEMPTS:
        seconds = min(FIRST_LOCK_SECONDS * 2 ** min(failed - FREE_ATTEMPTS, 10), LONGEST_LOCK_SECONDS)
        await work.accounts.note_sign_in(account.id, failed=failed, locked_until=now + timedelta(seconds=seconds))
        await work.access.drop_tickets(account.id)
    await work.ledger.record(
        at=now, actor=f"account:{account.id}", action="session.refused", detail={"failed": failed, "what": what}
    )

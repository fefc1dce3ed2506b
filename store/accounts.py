"""Staff accounts and their sessions. Passwords are checked elsewhere; here are only hashes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, String, and_, delete, func, insert, or_, select, type_coerce, update
from sqlalchemy.ext.asyncio import AsyncConnection

from jobseeker.records import Account, Credentials, StaffMember, StaffSession
from store.access_tables import second_factor
from store.sealed import email_digests
from store.statements import insert_if_new
from store.tables import account, staff_session

_NAMES = ("id", "login", "name", "role", "languages", "active", "skills", "office", "capacity")
_DUTY = ("first_password", "provider_subject")  # together: whether the password must be changed
_FIELDS = tuple(account.c[name] for name in (*_NAMES, *_DUTY))


class AccountRepository:
    """jobseeker.storage.Accounts on one connection."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.connection = connection

    async def add(
        self,
        *,
        login: str,
        name: str,
        password_hash: str,
        role: str,
        languages: Sequence[str],
        now: datetime,
        first_password: bool = False,
    ) -> Account | None:
        """Insert; None when the login is taken."""
        values = {
            "login": login,
            "name": name,
            "password_hash": password_hash,
            "role": role,
            "languages": list(languages),
            "active": True,
            "failed_sign_ins": 0,
            "created_at": now,
            "first_password": first_password,
        }
        statement = insert_if_new(self.connection.dialect.name, account, "login")
        account_id = (await self.connection.execute(statement, values)).scalar_one_or_none()
        if account_id is None:
            return None
        return Account(account_id, login, name, role, tuple(languages), True, must_change_password=first_password)

    async def credentials(self, login: str) -> Credentials | None:
        """What sign-in needs."""
        query = select(*_FIELDS, account.c.password_hash, account.c.failed_sign_ins, account.c.locked_until).where(
            account.c.login == login
        )
        row = (await self.connection.execute(query)).first()
        return (
            None
            if row is None
            else Credentials(_to_account(row), row.password_hash, row.failed_sign_ins, row.locked_until)
        )

    async def lock(self, account_id: int) -> Credentials | None:
        """Read it for this transaction alone."""
        query = select(*_FIELDS, account.c.password_hash, account.c.failed_sign_ins, account.c.locked_until)
        row = (await self.connection.execute(query.where(account.c.id == account_id).with_for_update())).first()
        return None if row is None else Credentials(_to_account(row), *row[len(_FIELDS) :])

    async def by_login(self, login: str) -> Account | None:
        """Read it."""
        row = (await self.connection.execute(select(*_FIELDS).where(account.c.login == login))).first()
        return None if row is None else _to_account(row)

    async def all(self) -> Sequence[StaffMember]:
        """By login."""
        confirmed = second_factor.c.confirmed_at.is_not(None).label("confirmed")
        query = (
            select(*_FIELDS, account.c.email, account.c.locked_until, confirmed)
            .join(second_factor, second_factor.c.account_id == account.c.id, isouter=True)
            .order_by(account.c.login)
        )
        rows = (await self.connection.execute(query)).all()
        return [
            StaffMember(_to_account(row), row.email, bool(row.provider_subject), bool(row.confirmed), row.locked_until)
            for row in rows
        ]

    async def by_provider(self, subject: str, email: str) -> tuple[Account, str] | None:
        """The subject goes before the e-mail."""
        columns = account.c
        query = select(*_FIELDS).with_for_update()
        row = (await self.connection.execute(query.where(columns.provider_subject == subject))).first()
        if row is None and email:
            nobodys = type_coerce(columns.email, String) == ""
            theirs = or_(self._has(email), and_(nobodys, columns.login == email))
            found = (await self.connection.execute(query.where(theirs).limit(2))).all()
            row = found[0] if len(found) == 1 else None
        return None if row is None else (_to_account(row), row.provider_subject)

    async def set_provider(self, account_id: int, *, email: str | None = None, subject: str | None = None) -> bool:
        """Write what is given."""
        if email:
            taken = select(account.c.id).where(self._has(email), account.c.id != account_id)
            if (await self.connection.execute(taken)).first() is not None:
                return False
        index = email_digests(self.connection.dialect, email)[0] if email else None
        given: dict[str, str | None] = {"email": email, "provider_subject": subject}
        values: dict[str, str | None] = {name: value for name, value in given.items() if value is not None}
        if email is not None:
            values["email_index"] = index
        await self.connection.execute(update(account).where(account.c.id == account_id).values(values))
        return True

    def _has(self, email: str) -> ColumnElement[bool]:
        """Whose e-mail this is: by its digest, or in clear from before it was sealed."""
        digests = email_digests(self.connection.dialect, email)
        return or_(account.c.email_index.in_(digests), type_coerce(account.c.email, String) == email)

    async def set_place(self, account_id: int, *, role: str, active: bool) -> None:
        """Role, and whether it is on."""
        await self.connection.execute(
            update(account).where(account.c.id == account_id).values(role=role, active=active)
        )

    async def get(self, account_id: int) -> Account | None:
        """Read it."""
        row = (await self.connection.execute(select(*_FIELDS).where(account.c.id == account_id))).first()
        return None if row is None else _to_account(row)

    async def count(self) -> int:
        """How many there are."""
        return int((await self.connection.execute(select(func.count()).select_from(account))).scalar_one())

    async def note_sign_in(
        self, account_id: int, *, failed: int, locked_until: datetime | None, password_hash: str | None = None
    ) -> None:
        """Write the count of failures and the lock; a new hash where the old one was made with older parameters."""
        values: dict[str, Any] = {"failed_sign_ins": failed, "locked_until": locked_until}
        if password_hash is not None:
            values["password_hash"] = password_hash
        await self.connection.execute(update(account).where(account.c.id == account_id).values(values))

    async def set_password(self, account_id: int, password_hash: str) -> None:
        """Write it; it is no first one any more."""
        values = {"password_hash": password_hash, "first_password": False, "failed_sign_ins": 0, "locked_until": None}
        await self.connection.execute(update(account).where(account.c.id == account_id).values(values))

    async def note_failure(self, account_id: int) -> int:
        """Count one more failure, atomically."""
        statement = (
            update(account)
            .where(account.c.id == account_id)
            .values(failed_sign_ins=account.c.failed_sign_ins + 1)
            .returning(account.c.failed_sign_ins)
        )
        return int((await self.connection.execute(statement)).scalar_one())

    async def add_session(
        self,
        *,
        token_hash: str,
        account_id: int,
        csrf_token: str,
        now: datetime,
        expires_at: datetime,
        second_factor: bool = False,
    ) -> None:
        """Insert a session."""
        values = {
            "token_hash": token_hash,
            "account_id": account_id,
            "csrf_token": csrf_token,
            "created_at": now,
            "expires_at": expires_at,
            "second_factor": second_factor,
        }
        await self.connection.execute(insert(staff_session), values)

    async def session(self, token_hash: str, now: datetime) -> StaffSession | None:
        """The session with its account, if it has not run out."""
        query = (
            select(*_FIELDS, *(staff_session.c[name] for name in ("csrf_token", "expires_at", "second_factor")))
            .join(staff_session, staff_session.c.account_id == account.c.id)
            .where(staff_session.c.token_hash == token_hash, staff_session.c.expires_at > now)
        )
        row = (await self.connection.execute(query)).first()
        return None if row is None else StaffSession(_to_account(row), *row[len(_FIELDS) :])

    async def end_session(self, token_hash: str) -> None:
        """Delete it."""
        await self.connection.execute(delete(staff_session).where(staff_session.c.token_hash == token_hash))

    async def drop_expired_sessions(self, now: datetime) -> None:
        """Delete what has run out."""
        await self.connection.execute(delete(staff_session).where(staff_session.c.expires_at <= now))


def _to_account(row: Any) -> Account:
    return Account(
        row.id,
        row.login,
        row.name,
        row.role,
        tuple(row.languages),
        row.active,
        tuple(row.skills),
        row.office,
        row.capacity,
        row.first_password and not row.provider_subject,
    )

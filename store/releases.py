"""Releases, who signed them, when they were served. What follows from it is jobseeker/releases.py."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from jobseeker.releases import Activation, Release, Signature
from store.tables import account, release_activation, release_signature, service_release

_COLUMNS = (
    service_release.c.number,
    service_release.c.files,
    service_release.c.code,
    service_release.c.knowledge,
    service_release.c.made_at,
    service_release.c.made_by,
    service_release.c.note,
)  # in the order of jobseeker.releases.Release


class ReleaseRepository:
    """jobseeker.storage_releases.Releases on one connection."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.connection = connection

    async def add(self, release: Release) -> Release:
        """Keep one; with its number. The digest is unique: of two who add the same one, the second gets an IntegrityError."""
        values = {name: value for name, value in vars(release).items() if name != "number"}
        statement = insert(service_release).values(**values, digest=release.digest)
        number = (await self.connection.execute(statement.returning(service_release.c.number))).scalar_one()
        return Release(number, **values)

    async def get(self, number: int) -> Release | None:
        """By its number."""
        return _made(
            (await self.connection.execute(select(*_COLUMNS).where(service_release.c.number == number))).first()
        )

    async def of_digest(self, digest: str) -> Release | None:
        """By what is in it."""
        return _made(
            (await self.connection.execute(select(*_COLUMNS).where(service_release.c.digest == digest))).first()
        )

    async def newest(self, most: int) -> Sequence[Release]:
        """The newest first."""
        rows = await self.connection.execute(select(*_COLUMNS).order_by(service_release.c.number.desc()).limit(most))
        return [Release(*row) for row in rows.all()]

    async def of_numbers(self, numbers: Collection[int]) -> Sequence[Release]:
        """Those of these numbers that there are."""
        rows = await self.connection.execute(
            select(*_COLUMNS).where(service_release.c.number.in_(numbers)).order_by(service_release.c.number)
        )
        return [Release(*row) for row in rows.all()]

    async def sign(self, number: int, account_id: int, now: datetime) -> bool:
        """False where this account has signed it already."""
        try:
            async with self.connection.begin_nested():
                await self.connection.execute(
                    insert(release_signature).values(release_number=number, account_id=account_id, signed_at=now)
                )
        except IntegrityError:
            return False
        return True

    async def activate(self, activation: Activation) -> None:
        """From now on this one is served."""
        values = vars(activation)
        await self.connection.execute(
            insert(release_activation).values(
                release_number=values["release"], **{name: values[name] for name in ("at", "actor", "reason")}
            )
        )

    async def signatures(self) -> Sequence[Signature]:
        """The oldest first."""
        rows = await self.connection.execute(
            select(
                release_signature.c.release_number,
                release_signature.c.account_id,
                account.c.name,
                release_signature.c.signed_at,
            )
            .join(account, account.c.id == release_signature.c.account_id)
            .order_by(release_signature.c.signed_at, release_signature.c.account_id)
        )
        return [Signature(*row) for row in rows.all()]

    async def activations(self) -> Sequence[Activation]:
        """The oldest first."""
        rows = await self.connection.execute(
            select(
                release_activation.c.release_number,
                release_activation.c.at,
                release_activation.c.actor,
                release_activation.c.reason,
            ).order_by(release_activation.c.id)
        )
        return [Activation(*row) for row in rows.all()]


def _made(row: Sequence[Any] | None) -> Release | None:
    return Release(*row) if row is not None else None

"""Profiles with their history, and consents. What belongs into a profile is decided in jobseeker/profile; files are in files.py."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from jobseeker.profile import Profile
from store.matching_tables import consent, profile


class ProfileRepository:
    """jobseeker.storage.Profiles on one connection."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.connection = connection

    async def current(self, person_id: str) -> Profile:
        """The one in force; an empty one of version 0 where nothing was saved."""
        query = select(profile.c.content, profile.c.version).where(profile.c.person_id == person_id)
        row = (await self.connection.execute(query.order_by(profile.c.version.desc()).limit(1))).first()
        return Profile.from_dict({**row.content, "version": row.version}) if row else Profile()

    async def at(self, person_id: str, version: int) -> Profile | None:
        """One version of the history."""
        query = select(profile.c.content).where(profile.c.person_id == person_id, profile.c.version == version)
        content = (await self.connection.execute(query)).scalar_one_or_none()
        return None if content is None else Profile.from_dict({**content, "version": version})

    async def newest_version(self, person_id: str) -> int:
        """Number of the version in force; 0 where there is none."""
        query = select(func.max(profile.c.version)).where(profile.c.person_id == person_id)
        return (await self.connection.execute(query)).scalar_one() or 0

    async def add(self, person_id: str, content: Profile, *, inbox_id: int | None, now: datetime) -> None:
        """One more version, `content.version`."""
        values = {
            "person_id": person_id,
            "version": content.version,
            "content": content.to_dict(),
            "inbox_id": inbox_id,
            "saved_at": now,
        }
        await self.connection.execute(insert(profile), values)

    async def erase(self, person_id: str) -> int:
        """All versions."""
        done = await self.connection.execute(delete(profile).where(profile.c.person_id == person_id))
        return int(done.rowcount)

    async def note_consent(
        self, person_id: str, purpose: str, *, given: bool, notice_version: str, now: datetime
    ) -> None:
        """One more row; the newest of a purpose counts."""
        values = {
            "person_id": person_id,
            "purpose": purpose,
            "given": given,
            "at": now,
            "notice_version": notice_version,
        }
        await self.connection.execute(insert(consent), values)

    async def has_consented(self, person_id: str, purpose: str) -> bool:
        """Whether the newest row of this purpose says yes."""
        query = select(consent.c.given).where(consent.c.person_id == person_id, consent.c.purpose == purpose)
        newest = (await self.connection.execute(query.order_by(consent.c.id.desc()).limit(1))).scalar_one_or_none()
        return bool(newest)

"""Files made for people, by the hash of their link's secret. Making them is app/resume_files."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from jobseeker.records import MadeFile, StoredFile
from store.matching_tables import stored_file


class FileRepository:
    """jobseeker.storage.Files on one connection."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.connection = connection

    async def add(self, person_id: str, made: MadeFile, *, now: datetime) -> None:
        """Keep it."""
        values = {
            "person_id": person_id,
            "token_hash": made.token_hash,
            "name": made.file.name,
            "media_type": made.file.media_type,
            "content": made.file.content,
            "created_at": now,
            "expires_at": made.expires_at,
        }
        await self.connection.execute(insert(stored_file), values)

    async def get(self, token_hash: str, now: datetime) -> StoredFile | None:
        """The file of this link, while it lasts."""
        query = select(stored_file.c.name, stored_file.c.media_type, stored_file.c.content).where(
            stored_file.c.token_hash == token_hash, stored_file.c.expires_at > now
        )
        row = (await self.connection.execute(query)).first()
        return StoredFile(row.name, row.media_type, row.content) if row else None

    async def drop_expired(self, now: datetime) -> None:
        """Delete what nobody can fetch any more."""
        await self.connection.execute(delete(stored_file).where(stored_file.c.expires_at <= now))

"""Seals contact data in the database: what is there in clear from an older release, and what an older key has sealed. Which columns: store/."""

from __future__ import annotations

from typing import Any

from jobseeker.storage import Store

AT_ONCE = 200  # rows of one transaction


class SealColumns:
    """Goes through all sealed columns, some rows at a time; broken off, it is gone on with by the next call."""

    def __init__(self, store: Store) -> None:
        self.store = store

    async def __call__(self, *, plain_only: bool = False) -> tuple[int, int]:
        """(values looked at, values sealed anew). Raises NoEncryptionKey, SealBroken: what was done before that stays done.

        Args:
            plain_only: only what stands there in clear.
        """
        seen = changed = 0
        async with self.store.read() as work:
            places = work.sealing.places()
        for place in places:
            after: Any = None
            while True:
                async with self.store.write() as work:
                    done = await work.sealing.renew(place, after=after, limit=AT_ONCE, plain_only=plain_only)
                seen, changed, after = seen + done.seen, changed + done.changed, done.last
                if after is None:
                    break
        return seen, changed

    async def check(self) -> None:
        """Whether the keys are those of this database. Raises NoEncryptionKey, SealBroken."""
        async with self.store.read() as work:
            await work.sealing.check()

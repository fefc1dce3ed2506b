"""A file that was made for somebody, by the secret of its link. Whoever has the link may fetch it until it expires; nothing else opens it."""

from __future__ import annotations

from jobseeker.clock import Clock
from jobseeker.errors import UnknownFile
from jobseeker.ports import Secrets
from jobseeker.records import StoredFile
from jobseeker.storage import Store


class FetchFile:
    """Looks the file up."""

    def __init__(self, store: Store, clock: Clock, secrets: Secrets) -> None:
        self.store, self.clock, self.secrets = store, clock, secrets

    async def __call__(self, token: str) -> StoredFile:
        """The file. Raises UnknownFile for a wrong link and for one whose time is over, with the same words."""
        async with self.store.read() as work:
            found = await work.files.get(self.secrets.digest(token), self.clock.now())
        if found is None:
            raise UnknownFile
        return found

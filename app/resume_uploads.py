"""Reads an uploaded résumé beside the event loop: the guarded worker opens the file, the reader finds the facts. Nothing of the file is kept."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from jobseeker.places import Place
from jobseeker.profile import Reading
from jobseeker.taxonomy import Taxonomy
from language.files.reading import FileLimits, read_file
from language.resume_reader import ResumeReader
from language.skills import SkillReader

AT_ONCE = 2  # workers with up to 768 MB each


@dataclass(eq=False)
class ResumeUploads:
    """jobseeker.ports.ReadResume. The reader is built at the first file: most gateways of a day see none in their first minute.

    Args:
        max_bytes: the largest file (packs/*/policy/files.yml).
    """

    taxonomy: Taxonomy
    places: Mapping[str, Place]
    max_bytes: int
    _turn: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    async def __call__(self, content: bytes) -> Reading:
        """What stands in the file. Raises UploadError (jobseeker.errors): too large, of another kind, locked, scanned, broken."""
        async with self._turn:
            return await asyncio.to_thread(self._read, content)

    def _read(self, content: bytes) -> Reading:
        return self._reader.read(read_file(content, FileLimits(max_bytes=self.max_bytes)))

    @cached_property
    def _reader(self) -> ResumeReader:
        return ResumeReader(SkillReader(self.taxonomy, self.places))

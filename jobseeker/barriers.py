"""What keeps people from working or from looking for work, and who helps: data only. The texts are packs/<country>/barriers.yml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from jobseeker.knowledge import Bilingual, Cited


@dataclass(frozen=True)
class Barrier:
    """One barrier. `words`: language -> what people write; `offices`: keys of the directory; `topics`: related FAQ topics."""

    id: str
    title: Bilingual
    short: Bilingual
    offices: tuple[str, ...]
    topics: tuple[str, ...]
    sources: tuple[Cited, ...]
    reviewed_on: date
    words: Mapping[str, tuple[str, ...]]

"""Builds what reads texts for facts about work - the taxonomy, the places, the reader - from the files of one installation. Once for each process."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from content.places import load_places
from content.taxonomy import load_taxonomy
from jobseeker.taxonomy import Taxonomy
from language.skills import SkillReader


@lru_cache(maxsize=2)
def load_reader(root: Path, country: str = "tw") -> tuple[SkillReader, Taxonomy]:
    """The reader and its taxonomy. Raises ContentError where a file is wrong."""
    taxonomy = load_taxonomy(root)
    return SkillReader(taxonomy, load_places(root, country)), taxonomy

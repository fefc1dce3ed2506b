"""Vacancies in columns for exact search over all of them: building, files, bounds. What a value means is ../features.py."""

from jobseeker.matching.index.build import Builder
from jobseeker.matching.index.folder import IndexFolder
from jobseeker.matching.index.live import LiveIndex
from jobseeker.matching.index.search import Found, Search
from jobseeker.matching.index.segment import Segment
from jobseeker.matching.index.snapshot import Snapshot

__all__ = ["Builder", "Found", "IndexFolder", "LiveIndex", "Search", "Segment", "Snapshot"]

"""Columns of vacancies that never change once built, sorted by occupation, place and skills; and their files. Searching them is search.py."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from jobseeker.matching.catalogue import Catalogue
from jobseeker.matching.facts import QUALITY, Facts
from jobseeker.vacancies import LANGUAGE_LEVELS, SHIFTS

FORMAT = 1  # raise when a column changes: older files are then built anew
FIRST_DAY = date(2000, 1, 1).toordinal()  # days are stored from here, in 16 bits (to 2179)
NEVER = 65_535
UNDISCLOSED, NOT_COMPARABLE = -1, -2
HOURS = ("unknown", "full_time", "part_time", "temporary")
CONTRACTS = ("unknown", "permanent", "fixed_term", "dispatch", "contractor", "internship")
PERIODS = ("month", "hour", "day", "year", "piece", "case")
SHIFT_SETS = 1 << len(SHIFTS)
BLOCK = 32  # rows
TERMS = len(HOURS) * len(CONTRACTS) * SHIFT_SETS

COLUMNS: Mapping[str, type[np.generic]] = {
    "ids": np.int64,
    "posted": np.uint16,  # days since FIRST_DAY
    "expires": np.uint16,  # the last day it is open; NEVER
    "occupation": np.uint16,
    "locality": np.uint16,  # as distance sees it: REMOTE for remote work
    "place": np.uint16,
    "terms": np.uint16,  # (hours x contracts + contract) x shift sets + shifts
    "licence_set": np.uint32,
    "language_set": np.uint32,
    "quality": np.uint8,  # bit n: QUALITY[n] is told
    "half_years": np.uint8,
    "pay_low": np.int32,
    "pay_high": np.int32,
    "pay_period": np.uint8,
    "pay_middle": np.int32,  # TWD a month; UNDISCLOSED, NOT_COMPARABLE
    "pay_top": np.int32,
    "essential_rarity": np.uint16,  # the sum over the skills asked for
    "optional_rarity": np.uint16,
    "essential_count": np.uint8,
    "skill_start": np.uint32,  # shape (n + 1,): essential, then optional skills
    "skills": np.uint16,
    "by_id": np.uint32,  # rows in the order of their ids
    "top_sorted": np.int32,  # pay_top in ascending order, for counting what a limit rules out
    "cell_start": np.uint32,  # shape (occupations x localities + 1,): first row of each cell
    "licence_set_start": np.uint32,
    "licence_set_items": np.uint16,
    "law_set_start": np.uint32,
    "law_set_items": np.uint16,
    "language_set_start": np.uint32,
    "language_set_items": np.uint16,  # language number x 4 + level
    "bound_skill_start": np.uint32,  # shape (skills + 1,): where each skill's bounds begin
    "bound_occupation": np.uint16,
    "bound_share": np.uint16,  # largest share (per mille, rounded up) of the skill in any vacancy of the occupation
    "optional_bound_skill_start": np.uint32,
    "optional_bound_occupation": np.uint16,
    "optional_bound_share": np.uint16,
    "cell_block": np.uint32,  # shape (cells + 1,): first block of each cell; a block is at most BLOCK rows of one cell
    "block_start": np.uint32,  # shape (blocks + 1,): first row of each block
    "block_newest": np.uint16,  # the newest day of posting in the block
    "block_unnamed": np.uint8,  # whether it has a vacancy that names no essential (bit 0) or no optional skill (bit 1)
    "block_bound_skill_start": np.uint32,  # as bound_…, by block
    "block_bound_block": np.uint32,
    "block_bound_share": np.uint16,
    "optional_block_bound_skill_start": np.uint32,
    "optional_block_bound_block": np.uint32,
    "optional_block_bound_share": np.uint16,
}  # fmt: skip
Array = npt.NDArray[Any]


@dataclass(frozen=True, eq=False)
class Segment:
    """The columns by name (COLUMNS); row order: occupation, locality, then what is alike in skills."""

    columns: Mapping[str, Array]

    def __getattr__(self, name: str) -> Array:
        try:
            column: Array = self.__dict__["columns"][name]
            return column
        except KeyError:
            raise AttributeError(name) from None

    def __len__(self) -> int:
        return len(self.columns["ids"])

    @cached_property
    def counts(self) -> Mapping[str, Array]:
        """How many rows have each code of occupation, locality, terms and licence_set."""
        sizes = {
            "occupation": 1,
            "locality": 1,
            "terms": TERMS,
            "licence_set": len(self.columns["licence_set_start"]) - 1,
        }
        return {name: np.bincount(self.columns[name], minlength=size) for name, size in sizes.items()}

    @property
    def nbytes(self) -> int:
        """Bytes of all columns."""
        return sum(column.nbytes for column in self.columns.values())

    @cached_property
    def digest(self) -> str:
        """A short name for the content: the same vacancies, policy and taxonomy give the same one."""
        total = hashlib.sha256()
        for name, column in sorted(self.columns.items()):
            total.update(name.encode())
            total.update(column.tobytes())
        return total.hexdigest()[:12]

    def row_of(self, vacancy_id: int) -> int | None:
        """The row of a vacancy, None where it is not here."""
        ids, order = self.columns["ids"], self.columns["by_id"]
        low, high = 0, len(order)
        while low < high:
            middle = (low + high) // 2
            if ids[order[middle]] < vacancy_id:
                low = middle + 1
            else:
                high = middle
        return int(order[low]) if low < len(order) and ids[order[low]] == vacancy_id else None

    def rows_of(self, vacancy_ids: Array) -> Array:
        """The rows of those vacancies that are here, shape (found,)."""
        order = self.columns["by_id"]
        ids = self.columns["ids"]
        if not len(order) or not len(vacancy_ids):
            return np.zeros(0, np.int64)
        if len(vacancy_ids) < 64:
            rows = [self.row_of(int(name)) for name in vacancy_ids]
            return np.array([row for row in rows if row is not None], np.int64)
        at = np.searchsorted(ids[order], vacancy_ids).clip(max=len(order) - 1)
        rows_at = order[at]
        found: Array = rows_at[ids[rows_at] == vacancy_ids].astype(np.int64)
        return found

    def facts(self, row: int, catalogue: Catalogue) -> Facts:
        """The facts of one row, equal to those it was built from."""
        columns = self.columns
        column = {name: int(columns[name][row]) for name in _PER_ROW}
        start, end = (int(self.columns["skill_start"][row + n]) for n in (0, 1))
        middle = start + column["essential_count"]
        skills = self.columns["skills"]
        terms, shift_set = divmod(column["terms"], SHIFT_SETS)
        hours, contract = divmod(terms, len(CONTRACTS))
        disclosed = column["pay_low"] != UNDISCLOSED
        languages = [divmod(int(item), 4) for item in self._items("language_set", column["language_set"])]
        return Facts(
            id=column["ids"],
            posted_on=date.fromordinal(FIRST_DAY + column["posted"]),
            expires_on=None if column["expires"] == NEVER else date.fromordinal(FIRST_DAY + column["expires"]),
            occupation=catalogue.occupations[column["occupation"]],
            essential=catalogue.names_of(skills[start:middle]),
            optional=catalogue.names_of(skills[middle:end]),
            licences=catalogue.names_of(self._items("licence_set", column["licence_set"])),
            languages={catalogue.skills[number]: LANGUAGE_LEVELS[level] for number, level in languages},
            years=column["half_years"] / 2,
            pay_low=column["pay_low"] if disclosed else None,
            pay_high=column["pay_high"] if disclosed and column["pay_high"] != UNDISCLOSED else None,
            pay_period=PERIODS[column["pay_period"]],
            hours=HOURS[hours],
            shifts=tuple(name for bit, name in enumerate(SHIFTS) if shift_set >> bit & 1),
            contract=CONTRACTS[contract],
            place=catalogue.localities[column["place"]],
            remote=column["locality"] == 1,
            told=tuple(name for bit, name in enumerate(QUALITY) if column["quality"] >> bit & 1),
        )

    def _items(self, name: str, number: int) -> Array:
        start = self.columns[f"{name}_start"]
        items: Array = self.columns[f"{name}_items"][int(start[number]) : int(start[number + 1])]
        return items

    # --- files

    def save(self, folder: Path) -> None:
        """Write every column as a .npy file into an existing folder."""
        for name, column in self.columns.items():
            np.save(folder / f"{name}.npy", column, allow_pickle=False)

    @classmethod
    def load(cls, folder: Path) -> Segment:
        """Map the files into memory: nothing is read before it is used, and processes share the pages.

        Raises OSError or ValueError where a file is missing or damaged.
        """
        columns = {}
        for name, kind in COLUMNS.items():
            path = folder / f"{name}.npy"
            column = np.load(path, mmap_mode="r", allow_pickle=False) if path.stat().st_size > 128 else np.load(path)
            if column.dtype != np.dtype(kind):
                raise ValueError(f"{path}: holds {column.dtype}, not {np.dtype(kind)}")
            columns[name] = column.view(np.ndarray)
        return cls(columns)


_PER_ROW = (
    "ids", "posted", "expires", "occupation", "locality", "place", "terms", "licence_set", "language_set", "quality", "half_years",
    "pay_low", "pay_high", "pay_period", "essential_count",
)  # fmt: skip


def write_meta(folder: Path, meta: Mapping[str, Any]) -> None:
    """What the columns were built from, as meta.json."""
    (folder / "meta.json").write_text(json.dumps(meta, indent=1, sort_keys=True) + "\n", "utf-8")


def read_meta(folder: Path) -> dict[str, Any]:
    """Read it back. Raises OSError or ValueError."""
    value: dict[str, Any] = json.loads((folder / "meta.json").read_text("utf-8"))
    return value

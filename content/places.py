"""Reads packs/<country>/places.csv: counties and districts with the coordinates of their centres. Finding places in text is language/."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path

from content.csv_file import CsvFile
from jobseeker.errors import ContentError
from jobseeker.places import Place

COLUMNS = ("id", "kind", "name_zh", "name_en", "county", "lat", "lon", "aliases_zh", "aliases_en")
_ID = re.compile(r"^[a-z][a-z0-9]*(_[a-z0-9]+)+$")


def load_places(root: Path, country: str = "tw") -> Mapping[str, Place]:
    """All places of a pack by id, counties before their districts. Raises ContentError at the first thing that is wrong.

    `aliases["zh"]` holds, beside those of the file, the spelling with 台 of every name that has 臺. Bare names without
    區/鄉/鎮/市 are not added: many of them are ordinary words (成功, 信義, 和平), so the reader of a text decides about them.
    """
    path = root / "packs" / country / "places.csv"
    stat = path.stat() if path.exists() else None
    return _load(root, country, (stat.st_mtime_ns, stat.st_size) if stat else (0, 0))


def places_file(root: Path, country: str) -> tuple[dict[str, Place], list[ContentError], int]:
    """What could be read, everything that is wrong, and how many rows were looked at."""
    path = root / "packs" / country / "places.csv"
    shown = path.relative_to(root).as_posix()
    places: dict[str, Place] = {}
    problems: list[ContentError] = []
    lines: dict[str, int] = {}
    try:
        rows = list(CsvFile(path, shown, COLUMNS).rows())
    except ContentError as problem:
        return {}, [problem], 0
    for line, cells in rows:
        try:
            place = _place(dict(zip(COLUMNS, (cell.strip() for cell in cells), strict=True)))
            if place.id in places:
                raise ValueError(f"the id `{place.id}` stands in line {lines[place.id]} already")
        except ValueError as wrong:
            problems.append(ContentError(shown, line, str(wrong)))
            continue
        places[place.id], lines[place.id] = place, line
    problems += [ContentError(shown, lines[place_id], text) for place_id, text in _dangling(places)]
    return places, problems, len(rows)


@lru_cache(maxsize=4)
def _load(root: Path, country: str, _signature: tuple[int, int]) -> Mapping[str, Place]:
    places, problems, _ = places_file(root, country)
    if problems:
        raise problems[0]
    return places


def _place(row: Mapping[str, str]) -> Place:
    for column in COLUMNS[:7]:
        if not row[column]:
            raise ValueError(f"`{column}` is empty")
    if not _ID.match(row["id"]):
        raise ValueError(f"`{row['id']}` is no id: lower case letters, figures and _ like `tw_taipei_daan`")
    if row["kind"] not in ("county", "district"):
        raise ValueError(f"`kind` should be county or district, not `{row['kind']}`")
    if row["kind"] == "county" and row["county"] != row["id"]:
        raise ValueError(f"the `county` of a county is itself: `{row['id']}`, not `{row['county']}`")
    names_zh = (row["name_zh"], *_split(row["aliases_zh"]))
    swapped = tuple(name.replace("臺", "台") for name in names_zh if "臺" in name)
    aliases = {"zh": (*names_zh[1:], *swapped), "en": _split(row["aliases_en"])}
    return Place(
        row["id"],
        "county" if row["kind"] == "county" else "district",
        {"zh": row["name_zh"], "en": row["name_en"]},
        row["county"],
        _degrees(row, "lat", 90),
        _degrees(row, "lon", 180),
        aliases,
    )


def _split(cell: str) -> tuple[str, ...]:
    return tuple(alias.strip() for alias in cell.split(";") if alias.strip())


def _degrees(row: Mapping[str, str], column: str, limit: int) -> float:
    try:
        value = float(row[column])
    except ValueError:
        raise ValueError(f"`{column}` should be a number of degrees, not `{row[column]}`") from None
    if not -limit <= value <= limit:
        raise ValueError(f"`{column}` should lie between -{limit} and {limit}, not {row[column]}")
    return value


def _dangling(places: Mapping[str, Place]) -> Iterator[tuple[str, str]]:
    """Problems between rows: a district without its county, two places of one name in a county, two at one point."""
    names: dict[tuple[str, str, str], str] = {}
    points: dict[tuple[str, float, float], str] = {}
    for place in places.values():
        county = places.get(place.county)
        if county is None or county.kind != "county":
            yield place.id, f"the county `{place.county}` is not in this file"
        for language in ("zh", "en"):
            first = names.setdefault((place.county, language, place.name[language]), place.id)
            if first != place.id:
                yield place.id, f"`{place.name[language]}` is the name of `{first}` in the same county"
        first = points.setdefault((place.kind, place.lat, place.lon), place.id)
        if first != place.id:
            yield place.id, f"lies at the very point of `{first}`"

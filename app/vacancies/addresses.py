"""Which county or district a field of place or address names. Places in running text are language/places.py's."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from jobseeker.likeness import folded
from jobseeker.places import Place, distance_km

_SUFFIX = re.compile(r"(?<=[\u4e00-\u9fff]{2})[區鄉鎮市縣]$")
_ENGLISH_SUFFIX = re.compile(r"\s+(city|county|district|township)$", re.IGNORECASE)
_DIRECTIONS = frozenset(("east", "west", "north", "south", "central"))
_STREET = re.compile(r"[\u4e00-\u9fff]{2}[東西南北中]?[一二三四五六七八九十]{0,2}(?:路|街|大道)")
MAX_KM_FROM_CENTRE = 25.0  # a point farther from every centre lies in no place of the list


class AddressReader:
    """Finds places by name in fields that hold nothing else; the name of a street (信義路) is no district.

    A district counts within the county that is named with it, and alone only where one county has such a name.
    """

    def __init__(self, places: Mapping[str, Place]) -> None:
        self.places = places
        self._names = _names(places.values())
        self._by_head: dict[str, list[str]] = {}  # first two characters -> names, so that a text is compared with few
        for form in self._names:
            self._by_head.setdefault(form[:2], []).append(form)
        self._rank = {form: rank for rank, form in enumerate(self._names)}

    def find(self, *texts: str) -> str:
        """The id of the narrowest place that the texts together name; "" where they name none."""
        text = folded(" ".join(text for text in texts if text))
        counties: list[str] = []
        districts: list[list[str]] = []
        streets = True
        for form in self._candidates(text):
            whole, parts = self._names[form]
            if streets and len(form) < 3:  # whole names are taken out by now: 路竹區 is no road
                text, streets = _STREET.sub("\x00", text), False
            if form not in text:
                continue
            text = text.replace(form, "\x00")  # 桃園 in 桃園市 names nothing of its own
            counties += whole
            if parts and not (whole and not counties[: -len(whole)]):
                districts.append(parts)
        if counties:
            inside = [place_id for group in districts for place_id in group if self.places[place_id].county in counties]
            return inside[0] if inside else counties[0]
        alone = [group[0] for group in districts if len({self.places[place_id].county for place_id in group}) == 1]
        return alone[0] if alone else ""

    def _candidates(self, text: str) -> list[str]:
        """Names that stand in the text, the longest first."""
        found = {
            form
            for start in range(len(text) - 1)
            for form in self._by_head.get(text[start : start + 2], ())
            if text.startswith(form, start)
        }
        return sorted(found, key=self._rank.__getitem__)

    def nearest(self, lat: float, lon: float) -> str:
        """The district whose centre is nearest to a point; "" where all are far away."""
        best = min(
            (place for place in self.places.values() if place.kind == "district"),
            key=lambda place: distance_km(lat, lon, place.lat, place.lon),
            default=None,
        )
        if best is None or distance_km(lat, lon, best.lat, best.lon) > MAX_KM_FROM_CENTRE:
            return ""
        return best.id


def _names(places: Iterable[Place]) -> dict[str, tuple[list[str], list[str]]]:
    """Folded name -> ids of (counties, districts), the longest names first."""
    found: dict[str, tuple[list[str], list[str]]] = {}
    for place in places:
        forms = [*place.name.values(), *(alias for group in place.aliases.values() for alias in group)]
        forms += [_ENGLISH_SUFFIX.sub("", _SUFFIX.sub("", form)) for form in forms]
        for form in dict.fromkeys(map(folded, forms)):
            if len(form) > 1 and form not in _DIRECTIONS:
                found.setdefault(form, ([], []))[place.kind == "district"].append(place.id)
    return dict(sorted(found.items(), key=lambda item: -len(item[0])))

"""Places with coordinates, and the distance between them. The list is packs/<country>/places.csv; finding them in text is language/places.py."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

EARTH_RADIUS_KM = 6_371.0088  # mean radius, IUGG


@dataclass(frozen=True)
class Place:
    """A county or district. `county`: id of the county it lies in (itself for a county); coordinates of its centre in degrees (WGS 84)."""

    id: str
    kind: Literal["county", "district"]
    name: Mapping[str, str]
    county: str
    lat: float
    lon: float
    aliases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def distance_km(lat_a: float, lon_a: float, lat_b: float, lon_b: float) -> float:
    """Great-circle distance by the haversine formula (R. W. Sinnott, 1984)."""
    phi_a, phi_b = math.radians(lat_a), math.radians(lat_b)
    half = math.sin((phi_b - phi_a) / 2) ** 2
    half += math.cos(phi_a) * math.cos(phi_b) * math.sin(math.radians(lon_b - lon_a) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * math.asin(min(1.0, math.sqrt(half)))


def nearest(
    places: Mapping[str, Place], lat: float, lon: float, variety: str, within_km: float = 30.0
) -> tuple[str, str] | None:
    """The district nearest to a point: its id, and its name with its county in the reader's language; None where none is near enough."""
    districts = [place for place in places.values() if place.kind == "district"]
    if not districts:
        return None
    best = min(districts, key=lambda place: distance_km(lat, lon, place.lat, place.lon))
    if distance_km(lat, lon, best.lat, best.lon) > within_km:
        return None
    if variety == "en":
        return best.id, f"{best.name['en']}, {places[best.county].name['en']}"
    return best.id, f"{places[best.county].name['zh']}{best.name['zh']}"

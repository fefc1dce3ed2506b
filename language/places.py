"""Finds counties and districts in a text and says which one is meant. The list is packs/<country>/places.csv; whether the person lives or wants to work there is skills.py's.

A district's name without 區/鄉/鎮 is often an everyday word or a street (中正路, 大同公司), and several counties have an 東區 or a 中山區: such a
name counts only with a word of place beside it, and one of several only with its county in the text or the person's home.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from jobseeker.places import Place
from language.reading.folding import fold
from language.reading.lexicon import Entry, Hit, make_entry

_SUFFIX = re.compile("[市县区乡镇]$")
_ENGLISH_SUFFIX = re.compile(r" (?:city|county|district|township)$")
# what follows a name that is part of another name: streets, companies, schools, stations of another place
_NO_PLACE_AFTER = re.compile(
    r"[一二三四五六七八九东西南北]?(?:路|街|巷|大道|公司|集团|企业|国小|国中|高中|高工|高商|大学|科大|银行|工业(?!区)|电子|人寿|产险|商圈|夜市|牛排|医院|医学|公园|纪念|高铁|桥|堂|宫|庙|新村|国宅|机电|瓷砖|精密|科技(?!园))"
)
_NO_PLACE_BEFORE = re.compile(r"(?:国立|私立|市立|县立|财团法人)$")
_PLACE_BEFORE = re.compile(
    r"(?:在|住|到|去|往|家在|来自|搬|离|近|回|老家|现居|户籍|于|地区|地点|地址|:|or|and|和|或|跟|、|/|in|near|around|at|from|to|,)\s*$"
)
_PLACE_AFTER = re.compile(
    r"\s*(?:工作|上班|附近|一带|这边|那边|地区|都可|都行|人|的工作|的|找|就业|当地|厂|店|市区|区|,|。|、|/|$|\)|或|和|跟)"
)
_EVERYDAY = frozenset(
    fold(word)
    for word in [
        "中正",
        "中山",
        "中西",
        "大同",
        "大安",
        "信義",
        "和平",
        "三民",
        "仁愛",
        "成功",
        "光復",
        "復興",
        "新興",
        "三星",
        "太平",
        "大樹",
        "前金",
        "永安",
        "安定",
        "新社",
        "中和",
        "永和",
        "安樂",
        "暖暖",
        "七堵",
        "東",
        "西",
        "南",
        "北",
        "中",
        "水上",
        "關山",
        "新城",
        "民雄",
        "大里",
        "大雅",
        "新市",
        "善化",
        "學甲",
        "仁武",
        "大社",
        "長治",
        "來義",
        "獅子",
        "春日",
        "泰安",
        "造橋",
        "卓蘭",
        "三義",
        "公館",
        "西湖",
        "南庄",
        "獅潭",
        "大湖",
        "梅山",
        "竹山",
        "中埔",
        "太保",
        "民權",
        "員山",
        "頭城",
        "五結",
        "壯圍",
        "北門",
        "將軍",
        "後壁",
        "白河",
        "東山",
        "左鎮",
        "玉井",
        "平溪",
        "大內",
        "官田",
        "六甲",
        "金山",
        "萬里",
        "石門",
        "三芝",
        "石碇",
        "坪林",
        "雙溪",
        "富里",
        "卓溪",
        "秀林",
        "鳳林",
        "長濱",
        "太麻里",
        "大武",
        "海端",
        "延平",
        "池上",
        "綠島",
        "福興",
        "芳苑",
        "大城",
        "田尾",
        "溪州",
        "埔心",
        "永靖",
        "社頭",
        "二水",
        "竹塘",
        "大村",
        "花壇",
        "芬園",
        "水林",
        "口湖",
        "四湖",
        "東勢",
        "虎尾",
        "土庫",
        "崙背",
        "麥寮",
        "台西",
        "二崙",
        "北港",
        "元長",
        "斗南",
        "大埤",
        "古坑",
        "林內",
        "國姓",
        "集集",
        "信義鄉",
        "神岡",
        "新屋",
        "寶山",
        "橫山",
        "北埔",
        "峨眉",
        "尖石",
        "五峰",
        "芎林",
        "新豐",
        "龍崎",
        "永康",
        "安南",
        "安平",
        "後龍",
        "烏日",
        "石岡",
        "外埔",
        "大甲",
        "龍井",
        "金湖",
        "金城",
        "南竿",
        "湖西",
        "白沙",
        "望安",
        "七美",
        "彌陀",
        "美濃",
        "甲仙",
        "內門",
        "茂林",
        "桃源",
        "新埤",
        "高樹",
        "里港",
        "九如",
        "枋山",
        "牡丹",
        "萬丹",
        "崁頂",
        "新園",
        "東港",
    ]
)  # names that are also everyday words, streets, firms or temples: they need a county, a suffix or a word of place
_COUNTY_GAP = re.compile(r"[市县]?(?:的|,|、|\s|-)*")


class PlaceFinder:
    """Places by name. `places`: id -> Place."""

    def __init__(self, places: Mapping[str, Place]) -> None:
        self.places = places
        self.candidates: dict[str, list[str]] = {}
        self._short: set[str] = set()
        for place in places.values():
            for surface, short in _surfaces(place):
                known = self.candidates.setdefault(surface, [])
                if place.id not in known:
                    known.append(place.id)
                if short:
                    self._short.add(surface)
        for surface, ids in self.candidates.items():  # 台北 is the county although a district could be called so
            counties = [key for key in ids if places[key].kind == "county"]
            self.candidates[surface] = counties or ids
            if counties:
                self._short.discard(surface)

    def entries(self) -> Iterator[tuple[str, Entry]]:
        """What the automaton should look for."""
        for surface in self.candidates:
            yield surface, make_entry("place", surface, "place", surface)

    def resolve(self, hits: Sequence[Hit], folded: str, home: str = "") -> list[tuple[Hit, str]]:
        """Which places the hits of the layer "place" mean: (hit, place id), in the order of the text; what stays unclear is left out.

        Args:
            hits: longest hits, in order.
            folded: the folded text.
            home: id of the person's place, which settles names that several counties have.
        """
        counties = [key for hit in hits for key in self.candidates[hit.entry.id] if self.places[key].kind == "county"]
        home_county = self.places[home].county if home in self.places else ""
        found: list[tuple[Hit, str]] = []
        for place, hit in enumerate(hits):
            ids = self.candidates[hit.entry.id]
            if not self._is_place(hit, folded, found[-1] if found else None):
                continue
            following = [
                key
                for later in hits[place + 1 :]
                for key in self.candidates[later.entry.id]
                if self.places[key].kind == "county"
            ]
            chosen = self._choose(ids, [key for _, key in reversed(found)], following or counties, home_county)
            if chosen:
                found.append((hit, chosen))
        return _merge(found, folded, self.places)

    def _is_place(self, hit: Hit, folded: str, last: tuple[Hit, str] | None) -> bool:
        surface = hit.entry.id
        if hit.entry.latin_start:
            return True
        if _NO_PLACE_AFTER.match(folded, hit.end) or _NO_PLACE_BEFORE.search(folded, max(0, hit.start - 4), hit.start):
            return False
        if surface not in self._short:
            return True
        if last is not None and _COUNTY_GAP.fullmatch(folded, last[0].end, hit.start):
            return True
        if surface in _EVERYDAY or len(surface) < 2:
            return False
        return bool(
            _PLACE_BEFORE.search(folded, max(0, hit.start - 6), hit.start) or _PLACE_AFTER.match(folded, hit.end)
        )

    def _choose(self, ids: Sequence[str], before: Sequence[str], counties: Sequence[str], home_county: str) -> str:
        if len(ids) == 1:
            return ids[0]
        for county in [*(self.places[key].county for key in before), *counties, home_county]:
            for key in ids:
                if self.places[key].county == county:
                    return key
        return ""


def _merge(found: Sequence[tuple[Hit, str]], folded: str, places: Mapping[str, Place]) -> list[tuple[Hit, str]]:
    """A county right before its district is part of the district's name: one place, one span."""
    merged: list[tuple[Hit, str]] = []
    for hit, key in found:
        if merged and places[key].kind == "district":
            last, county = merged[-1]
            if county == places[key].county and _COUNTY_GAP.fullmatch(folded, last.end, hit.start):
                merged[-1] = (Hit(last.start, hit.end, hit.entry), key)
                continue
        if merged and places[key].kind == "county" and hit.entry.latin_start:  # "Xitun, Taichung"
            last, district = merged[-1]
            if (
                places[district].county == key
                and places[district].kind == "district"
                and folded[last.end : hit.start].strip(" ,") == ""
            ):
                merged[-1] = (Hit(last.start, hit.end, last.entry), district)
                continue
        merged.append((hit, key))
    return merged


def _surfaces(place: Place) -> Iterator[tuple[str, bool]]:
    """Folded writings of a place with whether it is a district's short Chinese name."""
    for name in (place.name.get("zh", ""), *place.aliases.get("zh", ())):
        full = fold(name)
        if not full:
            continue
        yield full, place.kind == "district" and not _SUFFIX.search(full)
        short = _SUFFIX.sub("", full)
        if short != full and len(short) >= 2:
            yield short, place.kind == "district"
    for name in (place.name.get("en", ""), *place.aliases.get("en", ())):
        full = " ".join(fold(name).replace(",", " ").split())
        if not full:
            continue
        yield full, False
        short = _ENGLISH_SUFFIX.sub("", full)
        if short != full and short not in ("east", "west", "north", "south", "central"):
            yield short, False

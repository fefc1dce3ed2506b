"""Makes two writings of one text comparable without moving a character: width, case, script, hyphens. Every result is as long as its text.

OpenCC's phrase conversions change lengths; here it only tells which Simplified character one Traditional character has, so that an offset
in the folded text is the same offset in the original.
"""

from __future__ import annotations

import unicodedata

from language.detect import HAN, fold_script

_SPACES = frozenset("\t\u00a0\u3000\u2009\u200a\u202f-_\u2010\u2011")
_SAME = {
    "’": "'",
    "‘": "'",
    "＇": "'",
    "`": "'",
    "´": "'",
    "“": '"',
    "”": '"',
    "～": "~",
    "〜": "~",
    "–": "~",
    "—": "~",
    "﹑": "、",
}
_VARIANTS = {
    "着": "着",
    "著": "着",
    "裏": "里",
    "裡": "里",
    "牀": "床",
    "銲": "焊",
    "妳": "你",
    "祂": "他",
    "喫": "吃",
    "佔": "占",
    "汙": "污",
}


class _Table(dict[int, int]):
    """Character -> folded character; what was never met is worked out once."""

    def __missing__(self, code: int) -> int:
        character = chr(code)
        folded = _SAME.get(character) or _VARIANTS.get(character) or (" " if character in _SPACES else character)
        if folded == character:
            plain = unicodedata.normalize("NFKC", character)
            plain = plain.lower() if len(plain) == 1 else character
            plain = _SAME.get(plain, " " if plain in _SPACES else plain)
            plain = fold_script(plain) if HAN.match(plain) else plain
            folded = plain if len(plain) == 1 else character
        self[code] = ord(folded)
        return self[code]


_TABLE = _Table()


def fold(text: str) -> str:
    """The text in half-width, lower-case, Simplified characters; `len(fold(text)) == len(text)`."""
    return text.translate(_TABLE)

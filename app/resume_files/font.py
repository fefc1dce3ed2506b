"""The characters of one text out of an OpenType font, as a TrueType font. Setting the page is pdf.py.

The fonts that come with the requirements have PostScript outlines. fpdf2 embeds those with a character map of its own, which
several readers of PDF text cannot follow: a portal for applications would see an empty page. With TrueType outlines it writes the
standard map. The conversion is fontTools' own (cu2qu), here only put together.
"""

from __future__ import annotations

import io

from fontTools import subset
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont, newTable

MAX_ERROR = 1.0  # of a converted curve, in thousandths of the letter's height
_LAYOUT = [
    "GSUB",
    "GPOS",
    "GDEF",
    "BASE",
    "VORG",
    "vhea",
    "vmtx",
    "DSIG",
]  # for vertical writing and variants: not used


def truetype_of(path: str, text: str) -> bytes:
    """A TrueType font with the glyphs of `text` that the font at `path` has."""
    options = subset.Options(drop_tables=_LAYOUT, notdef_outline=True, glyph_names=True, recalc_bounds=True)
    buffer = io.BytesIO()
    with subset.load_font(path, options) as font:
        subsetter = subset.Subsetter(options)
        subsetter.populate(text=text)
        subsetter.subset(font)
        _convert(font)
        font.save(buffer)
    return buffer.getvalue()


def _convert(font: TTFont) -> None:
    order, outlines = font.getGlyphOrder(), font.getGlyphSet()
    glyphs = {}
    for name in order:
        pen = TTGlyphPen(outlines)
        outlines[name].draw(Cu2QuPen(pen, MAX_ERROR, reverse_direction=True))
        glyphs[name] = pen.glyph()
    table = newTable("glyf")
    table.glyphOrder, table.glyphs = order, glyphs
    font["loca"], font["glyf"] = newTable("loca"), table
    table.compile(font)
    _profile(font)
    post = font["post"]
    post.formatType, post.extraNames, post.mapping, post.glyphOrder = 2.0, [], {}, order
    del font["CFF "]
    font.sfntVersion = "\0\1\0\0"


def _profile(font: TTFont) -> None:
    """The table of sizes, as TrueType outlines want it."""
    sizes = font["maxp"] = newTable("maxp")
    sizes.tableVersion, sizes.maxZones = 0x00010000, 1
    for name in (
        "maxTwilightPoints",
        "maxStorage",
        "maxFunctionDefs",
        "maxInstructionDefs",
        "maxStackElements",
        "maxSizeOfInstructions",
    ):
        setattr(sizes, name, 0)
    sizes.maxComponentElements = 0
    sizes.compile(font)

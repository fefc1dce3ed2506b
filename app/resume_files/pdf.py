"""Sets a résumé as a PDF with fpdf2. The font comes with the requirements (docs/adr/0011-resume-files.md) and only its used glyphs are embedded."""

from __future__ import annotations

import importlib.resources
import tempfile
from datetime import datetime

from fpdf import FPDF
from fpdf.enums import WrapMode, XPos, YPos
from fpdf.fonts import TTFFont

from app.resume_files.font import truetype_of
from jobseeker.errors import FileNotMade
from jobseeker.resume import Resume

FONTS = {"zh-Hans": ("pylopdf_fonts_zh_cn", "NotoSansSC-Regular.otf")}
OTHER_FONT = ("pylopdf_fonts_zh_tw", "NotoSansTC-Regular.otf")  # has Latin letters, too
PUNCTUATION = " •（）()、,　"
MARGIN_MM, LINE_MM = 20, 6.2
NAME_PT, HEADING_PT, TEXT_PT, SMALL_PT = 20, 12.5, 10.5, 9
INK, SOFT, RULE = (25, 30, 40), (95, 100, 110), (170, 180, 195)


def to_pdf(resume: Resume, made_at: datetime) -> bytes:
    """The file. Raises FileNotMade where the font is not installed."""
    page = _Page(resume.language, _all_text(resume), made_at)
    page.text(resume.name, NAME_PT, INK, after_mm=1)
    if resume.contact:
        page.text("　".join(resume.contact), TEXT_PT, SOFT)
    if resume.strengths:
        page.gap(2)
        page.text(resume.strengths, TEXT_PT, INK)
    for section in resume.sections:
        page.heading(section.title)
        for entry in section.entries:
            notes = f"（{'、'.join(entry.notes)}）" if resume.language != "en" else f" ({', '.join(entry.notes)})"
            page.text("• " + entry.title + (notes if entry.notes else ""), TEXT_PT, INK)
            if entry.text:
                page.text(entry.text, SMALL_PT, SOFT, indent_mm=4)
    page.gap(4)
    page.text(resume.closing, SMALL_PT, SOFT)
    return bytes(page.pdf.output())


def _all_text(resume: Resume) -> str:
    """Every character that may be needed."""
    entries = [entry for section in resume.sections for entry in section.entries]
    parts = [
        resume.name,
        *resume.contact,
        resume.strengths,
        resume.closing,
        *(section.title for section in resume.sections),
    ]
    parts += [part for entry in entries for part in (entry.title, *entry.notes, entry.text)]
    return "".join(parts) + PUNCTUATION


class _Page:
    """A PDF under way, written from top to bottom."""

    def __init__(self, language: str, text: str, made_at: datetime) -> None:
        self.pdf = FPDF(format="A4")
        self.pdf.set_creation_date(made_at)
        self.pdf.set_lang(language)
        self.pdf.set_margins(MARGIN_MM, MARGIN_MM, MARGIN_MM)
        self.pdf.set_auto_page_break(True, MARGIN_MM)
        self.pdf.add_page()
        package, name = FONTS.get(language, OTHER_FONT)
        try:
            path = importlib.resources.files(package) / name
        except ModuleNotFoundError as problem:
            raise FileNotMade(f"the font package {package} is not installed; run make setup") from problem
        with tempfile.NamedTemporaryFile(suffix=".ttf") as file:
            file.write(truetype_of(str(path), text))
            file.flush()
            self.pdf.add_font("body", "", file.name)
        font = self.pdf.fonts["body"]
        assert isinstance(font, TTFFont), "it was just added"
        self.known = font.cmap
        self.wrap = WrapMode.WORD if language == "en" else WrapMode.CHAR

    def text(
        self, text: str, points: float, ink: tuple[int, int, int], *, indent_mm: float = 0, after_mm: float = 0
    ) -> None:
        """A paragraph; characters that the font does not have are left out."""
        shown = "".join(character for character in text if character.isspace() or ord(character) in self.known)
        self.pdf.set_font("body", "", points)
        self.pdf.set_text_color(*ink)
        self.pdf.set_x(MARGIN_MM + indent_mm)
        self.pdf.multi_cell(
            self.pdf.epw - indent_mm, LINE_MM * points / TEXT_PT, shown,
            align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT, wrapmode=self.wrap,
        )  # fmt: skip
        self.gap(after_mm)

    def heading(self, title: str) -> None:
        """A heading over a thin line, not left alone at the foot of a page."""
        self.gap(3.5)
        if self.pdf.will_page_break(4 * LINE_MM):
            self.pdf.add_page()
        self.text(title, HEADING_PT, INK)
        self.pdf.set_draw_color(*RULE)
        self.pdf.line(MARGIN_MM, self.pdf.get_y(), self.pdf.w - MARGIN_MM, self.pdf.get_y())
        self.gap(1.5)

    def gap(self, millimetres: float) -> None:
        """Some room."""
        self.pdf.ln(millimetres)

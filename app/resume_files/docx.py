"""Sets a résumé as a Word file with python-docx, in real headings and lists, so that it can be edited and read aloud."""

from __future__ import annotations

import io
from datetime import datetime

from docx import Document
from docx.oxml.ns import qn
from docx.shared import Pt

from jobseeker.resume import Resume

# Word has no way of carrying a font that every reader takes: these come with Windows, macOS and LibreOffice find a like one.
EAST_ASIAN = {"zh-Hant": "Microsoft JhengHei", "zh-Hans": "Microsoft YaHei", "en": "Microsoft JhengHei"}
LATIN = "Calibri"
TEXT_PT = 11


def to_docx(resume: Resume, made_at: datetime) -> bytes:
    """The file."""
    document = Document()
    for name in ("Normal", "Title", "Heading 1", "List Bullet"):
        _set_fonts(document.styles[name], resume.language)
    document.styles["Normal"].font.size = Pt(TEXT_PT)
    properties = document.core_properties
    properties.author, properties.title, properties.comments = "", resume.name, ""
    properties.created = properties.modified = made_at.replace(tzinfo=None)
    properties.language = resume.language
    document.add_heading(resume.name, level=0)
    if resume.contact:
        document.add_paragraph("　".join(resume.contact))
    if resume.strengths:
        document.add_paragraph(resume.strengths)
    for section in resume.sections:
        document.add_heading(section.title, level=1)
        for entry in section.entries:
            notes = f"（{'、'.join(entry.notes)}）" if resume.language != "en" else f" ({', '.join(entry.notes)})"
            document.add_paragraph(entry.title + (notes if entry.notes else ""), style="List Bullet")
            if entry.text:
                document.add_paragraph(entry.text)
    document.add_paragraph(resume.closing)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _set_fonts(style: object, language: str) -> None:
    """Latin and Chinese characters have a font each."""
    style.font.name = LATIN  # type: ignore[attr-defined]
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()  # type: ignore[attr-defined]
    for name in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
        fonts.attrib.pop(qn(name), None)
    fonts.set(qn("w:eastAsia"), EAST_ASIAN[language])

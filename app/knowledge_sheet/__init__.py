"""`jobseeker knowledge export|import`: the topic files as a spreadsheet and back. What sentences may say is checked in content/."""

from app.knowledge_sheet.export import export_sheet
from app.knowledge_sheet.importing import Change, import_sheet
from app.knowledge_sheet.problems import SheetRefused

__all__ = ["Change", "SheetRefused", "export_sheet", "import_sheet"]

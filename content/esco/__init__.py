"""The official ESCO classification beside our own taxonomy: its CSV files into one SQLite file, and from there into a `Taxonomy`."""

from content.esco.importing import ImportReport, import_esco
from content.esco.merging import add_esco

__all__ = ["ImportReport", "add_esco", "import_esco"]

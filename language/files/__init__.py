"""Text out of the files people send: PDF, DOCX, plain text. The file is opened in a process of its own with hard limits; nothing is kept."""

from language.files.reading import FileLimits, read_file

__all__ = ["FileLimits", "read_file"]

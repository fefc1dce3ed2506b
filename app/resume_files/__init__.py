"""Makes the files of a résumé: PDF with the font embedded, DOCX, JSON Resume. What stands in them is jobseeker/resume."""

from app.resume_files.making import ResumeFiles

__all__ = ["ResumeFiles"]

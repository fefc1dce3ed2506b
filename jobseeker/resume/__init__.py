"""A résumé from a confirmed profile: what stands in it, as records and as JSON Resume. Making files of it is app/resume_files/."""

from jobseeker.resume.json_resume import json_resume
from jobseeker.resume.records import Contact, Entry, Resume, Section
from jobseeker.resume.writing import write_resume

__all__ = ["Contact", "Entry", "Resume", "Section", "json_resume", "write_resume"]

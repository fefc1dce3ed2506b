"""What a person has told about skills, experience and wishes, once confirmed. No name, age, sex, nationality or photo belongs here."""

from jobseeker.profile.reading import Found, Reading, Status, TextReader
from jobseeker.profile.records import Evidence, Held, Job, Profile, Wishes

__all__ = ["Evidence", "Found", "Held", "Job", "Profile", "Reading", "Status", "TextReader", "Wishes"]

"""The conversation about a résumé: which file, and what shall stand at its top. Pure; the file is made by the effect `store_file`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from jobseeker.messages import Say
from jobseeker.open_question import CLEAR, OpenQuestion
from jobseeker.profile.editing import keys_of
from jobseeker.profile.reading import RemarkReader
from jobseeker.profile.talk import Heard, Known
from jobseeker.resume.records import FORMATS, Contact

NAME, ACT = "resume", "make_resume"  # of the open question
OWN_ACTS = frozenset({"make_resume", "build_profile", "update_profile", "out_of_scope", "affirm", "deny"})
WORDS = {"pdf": ("pdf",), "docx": ("docx", "word", "文書檔"), "json": ("json",)}


@dataclass(frozen=True)
class ResumeTold:
    """What follows. `kind`: the file that is being asked about, "" when nothing is open; hand_on: as in profile/talk.py."""

    says: tuple[Say, ...] = ()
    effects: tuple[tuple[str, Mapping[str, Any]], ...] = ()
    kind: str = ""
    hand_on: str = ""

    @property
    def open_question(self) -> OpenQuestion | None:
        """For the slot."""
        return OpenQuestion(NAME, ACT, Say("utterance", "resume_ask_contact")) if self.kind else None


class ResumeDialogue:
    """Holds what does not change from message to message."""

    def __init__(self, read_remark: RemarkReader, read_contact: Callable[[str], Contact]) -> None:
        self.read_remark, self.read_contact = read_remark, read_contact

    def asked(self, heard: Heard, known: Known) -> ResumeTold:
        """The person wants a résumé (an unsaved draft is the caller's business)."""
        if not keys_of(known.profile):
            return ResumeTold((Say("utterance", "resume_needs_profile"),))
        kind = self._kind(heard)
        if not kind:
            return ResumeTold((Say("utterance", "resume_ask_format"),))
        return ResumeTold((Say("utterance", "resume_ask_contact"),), kind=kind)

    def answered(self, heard: Heard, kind: str, known: Known) -> ResumeTold:
        """The person says what shall stand at the top, or that nothing shall."""
        if heard.command is not None:  # /skip
            return self._made(kind, Contact(), known)
        contact = self.read_contact(heard.text)
        found = bool(contact.phone or contact.email)
        if not found and heard.act and heard.act not in OWN_ACTS and heard.confidence >= CLEAR:
            return ResumeTold(kind=kind, hand_on=heard.act)
        remark = self.read_remark(heard.text)
        if not found and (remark.bare or remark.passes):
            if remark.yes and not remark.no:
                return ResumeTold((Say("utterance", "resume_ask_contact"),), kind=kind)
            contact = Contact()
        return self._made(kind, contact, known)

    def _made(self, kind: str, contact: Contact, known: Known) -> ResumeTold:
        if not keys_of(known.profile):
            return ResumeTold((Say("utterance", "resume_needs_profile"),))
        params = {"format": kind, "profile": known.profile.to_dict(), "contact": contact.to_dict()}
        return ResumeTold(effects=(("store_file", params),))

    def _kind(self, heard: Heard) -> str:
        if heard.command is not None:
            return heard.command.argument.lower() if heard.command.argument.lower() in FORMATS else ""
        lowered = heard.text.lower()
        return next((kind for kind, words in WORDS.items() if any(word in lowered for word in words)), "")

"""The preparation of the effect `store_file`: from a profile in its params to a file with a link, before the transaction. Keeping it is the effect's."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from app.resume_files.docx import to_docx
from app.resume_files.pdf import to_pdf
from jobseeker.answers import Answers
from jobseeker.clock import Clock, local_day
from jobseeker.errors import FileNotMade
from jobseeker.ports import Secrets
from jobseeker.profile import Profile
from jobseeker.profile.card import CardFacts
from jobseeker.records import Conversation, MadeFile, StoredFile
from jobseeker.resume import Contact, Resume, json_resume, write_resume

log = logging.getLogger(__name__)
MEDIA_TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "json": "application/json",
}
PATH = "/api/v1/files/"
OWN_WORDS = {("$schema",), ("basics", "name"), ("basics", "phone"), ("basics", "email"), ("skills", "keywords")}
LINK_DAYS = "files.link_days"  # of packs/*/policy/files.yml


class ResumeFiles:
    """jobseeker.ports.Preparation of `store_file`.

    Args:
        public_url: the address under which people reach the gateway; "" gives links that only the web page can follow.
    """

    def __init__(
        self,
        answers: Answers,
        facts: CardFacts,
        secrets: Secrets,
        clock: Clock,
        to_simplified: Callable[[str], str],
        public_url: str = "",
    ) -> None:
        self.answers, self.facts, self.secrets, self.clock = answers, facts, secrets, clock
        self.to_simplified, self.public_url = to_simplified, public_url.rstrip("/")

    async def __call__(self, conversation: Conversation, params: Mapping[str, Any]) -> Mapping[str, Any]:
        """The params with "made" (None where it could not be made, which is logged) and "url"."""
        now = self.clock.now()
        profile, contact = Profile.from_dict(params["profile"]), Contact.from_dict(params["contact"])
        try:
            content = await asyncio.to_thread(self.make, params["format"], profile, contact, conversation.variety, now)
        except FileNotMade as problem:
            log.error("file not made", extra={"conversation_id": conversation.id, "problem": str(problem)})
            return {**params, "made": None, "url": ""}
        token = self.secrets.token()
        days = int(self.answers.pack.figures[LINK_DAYS].on(local_day(now)).value)
        file = StoredFile(
            f"resume-{local_day(now).isoformat()}.{params['format']}", MEDIA_TYPES[params["format"]], content
        )
        made = MadeFile(file, self.secrets.digest(token), now + timedelta(days=days))
        return {**params, "made": made, "url": self.public_url + PATH + token}

    def make(self, kind: str, profile: Profile, contact: Contact, variety: str, now: datetime) -> bytes:
        """The file's bytes. Raises FileNotMade, and ValueError on a kind that there is not."""
        if kind not in MEDIA_TYPES:
            raise ValueError(f"no file is made of the kind {kind!r}")
        words = self.answers.in_language("en" if variety == "en" else "zh", local_day(now))
        if kind == "json":
            document = json_resume(profile, contact, self.facts, words)
            shown = self._simplified_json(document) if variety == "zh-Hans" else document
            return (json.dumps(shown, ensure_ascii=False, indent=2) + "\n").encode()
        resume = write_resume(profile, contact, self.facts, words, variety)
        resume = self._simplified(resume) if variety == "zh-Hans" else resume
        return to_pdf(resume, now) if kind == "pdf" else to_docx(resume, now)

    def _simplified(self, resume: Resume) -> Resume:
        """In Simplified characters, but for what the person wrote: name, contact, episodes."""
        convert = self.to_simplified
        sections = tuple(
            replace(
                section,
                title=convert(section.title),
                entries=tuple(
                    replace(entry, title=convert(entry.title), notes=tuple(map(convert, entry.notes)))
                    for entry in section.entries
                ),
            )
            for section in resume.sections
        )
        strengths, closing = convert(resume.strengths), convert(resume.closing)
        return replace(resume, sections=sections, strengths=strengths, closing=closing)

    def _simplified_json(self, value: Any, path: tuple[str, ...] = ()) -> Any:
        if isinstance(value, Mapping):
            return {key: self._simplified_json(item, (*path, key)) for key, item in value.items()}
        if isinstance(value, list):
            return [self._simplified_json(item, path) for item in value]
        return self.to_simplified(value) if isinstance(value, str) and path not in OWN_WORDS else value

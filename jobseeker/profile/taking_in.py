"""What one text adds to a draft, corrects in it or takes out of it: reading and drafting put together. What is said to it is dialogue.py."""

from __future__ import annotations

from dataclasses import replace

from jobseeker.profile import questions
from jobseeker.profile.drafting import Draft, add_job, job_key, merge
from jobseeker.profile.editing import remove, same_mention, set_years, years_of
from jobseeker.profile.reading import Reading, Remark, RemarkReader, TextReader
from jobseeker.profile.records import Job, Profile
from jobseeker.profile.talk import Talk
from jobseeker.taxonomy import Taxonomy

PASTED_CHARACTERS = 300  # a text of several lines that is longer is read as a résumé


class TakingIn:
    """Holds the readers and the taxonomy."""

    def __init__(
        self, reader: TextReader, resume_reader: TextReader, read_remark: RemarkReader, taxonomy: Taxonomy
    ) -> None:
        self.reader, self.resume_reader, self.read_remark, self.taxonomy = reader, resume_reader, read_remark, taxonomy

    def changed(self, talk: Talk, text: str, question: str, remark: Remark | None = None) -> Talk | None:
        """The state with what a text adds, corrects or takes out; None where nothing of a profile is in it."""
        remark = remark or self.read_remark(text)
        reader = self.resume_reader if len(text) > PASTED_CHARACTERS and "\n" in text else self.reader
        reading = reader.read(text)
        remark = questions.remark_in_context(remark, question, len(text))
        reading = questions.in_context(reading, question, remark)
        if remark.removes:
            draft = self._taken_out(talk.draft, reading)
            return None if draft is None else replace(talk, draft=draft, unsaved=True, misses=0)
        draft = None if reading.empty else merge(talk.draft, reading, self.taxonomy, remark)
        corrected = self._years(draft or talk.draft, talk, reading, remark, question)
        draft = corrected or draft
        if question == "job" and not reading.occupations:
            draft = self._job_in_words(draft or talk.draft, text, reading, remark) or draft
        if draft is None or not draft.touched:
            return None
        return replace(talk, draft=draft, unsaved=True, misses=0)

    def _taken_out(self, draft: Draft, reading: Reading) -> Draft | None:
        """ "remove Excel": everything named that is there."""
        keys = [found.id for found in (*reading.skills, *reading.licences, *reading.languages)]
        keys += [f"{prefix}:{found.id}" for found in reading.occupations for prefix in ("job", "seek")]
        keys += [f"want:{found.id}" for found in (*reading.skills, *reading.licences, *reading.languages)]
        keys += [f"place:{found.id}" for found in reading.places]
        gone: list[str] = []
        for key in keys:
            without = remove(draft, key, self.taxonomy)
            if without is not None:
                draft, gone = without, [*gone, key]
        return replace(draft, touched=tuple(gone)) if gone else None

    def _years(self, draft: Draft, talk: Talk, reading: Reading, remark: Remark, question: str) -> Draft | None:
        """ "no, 5 years": other years for what was named, for what had the wrong ones, or for what was talked of last."""
        years = remark.years
        if years is None and question == "job_years" and remark.amount is not None:
            years = float(remark.amount)
        if years is None:
            return None
        having = years_of(draft.profile)
        named = [found.id for found in (*reading.skills, *reading.licences)] + [
            f"job:{f.id}" for f in reading.occupations
        ]
        if any(found.years is not None for found in (*reading.skills, *reading.licences, *reading.occupations)) and (
            remark.years_before is None
        ):
            return self._years_together(draft, talk.draft.profile, reading)
        wrong = [
            key for key, value in having.items() if remark.years_before is not None and value == remark.years_before
        ]
        latest = [job_key(job) for job in draft.profile.jobs if job.latest]
        asked_for = latest if question in ("job", "job_years") else []
        recent = [key for key in reversed(talk.draft.touched) if key in having]
        had = [key for key in (*recent, *latest, *reversed(having)) if having.get(key) is not None]
        for key in (*named, *wrong, *asked_for, *had, *recent):
            if key in having:
                for same in same_mention(draft.profile, key):
                    draft = set_years(draft, same, years, self.taxonomy)
                return draft
        return None

    def _years_together(self, draft: Draft, before: Profile, reading: Reading) -> Draft:
        """The reader has given the years to what they belong to; what was told in the same words before gets them, too."""
        given = {found.id: found.years for found in (*reading.skills, *reading.licences)}
        given |= {f"job:{found.id}": found.years for found in reading.occupations}
        for key, years in given.items():
            if years is None or key not in years_of(before):
                continue
            for same in same_mention(before, key):
                if given.get(same) is None:
                    draft = set_years(draft, same, years, self.taxonomy)
        return draft

    def _job_in_words(self, draft: Draft, text: str, reading: Reading, remark: Remark) -> Draft | None:
        """A job that the taxonomy does not know is kept in the person's own words, where a job was asked for."""
        done = [found for found in reading.skills if found.status == "held"]
        words = done[0].words if done else text.strip().strip("。.!！")
        if remark.yes or remark.no or remark.passes or remark.amount is not None:
            return None
        if (remark.years is not None and not done) or not 2 <= len(words) <= questions.MAX_JOB_CHARACTERS:
            return None
        return add_job(draft, Job("", words, remark.years))

"""The conversation about the profile: one message and the state in, what to say and the new state out. Pure; reading and saving are outside.

Nothing is saved before it is confirmed. Whatever was said stays in the draft, over interruptions and corrections, and is not
asked again. A text that holds nothing of a profile is handed on where the classifier is sure what else it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from jobseeker.messages import Say
from jobseeker.open_question import CLEAR
from jobseeker.places import Place
from jobseeker.profile import questions
from jobseeker.profile.card import CardFacts
from jobseeker.profile.drafting import Draft, merge
from jobseeker.profile.editing import keys_of, remove, set_episode
from jobseeker.profile.questions import CONFIRM, EPISODE, KNOWN, RESTART
from jobseeker.profile.reading import Found, Reading, Remark, RemarkReader, TextReader
from jobseeker.profile.records import Profile
from jobseeker.profile.taking_in import TakingIn
from jobseeker.profile.talk import Heard, Known, Talk, Told
from jobseeker.profile.telling import Telling
from jobseeker.taxonomy import Taxonomy

TELL = "tell"  # "tell me in your own words"
OWN_ACTS = frozenset({"build_profile", "update_profile", "show_profile", "affirm", "deny", "out_of_scope"})
LIKELY = 0.5  # from here a yes or no of the classifier counts where nothing else was found in the text
NOTICE_VERSION = "2026-11"  # of the consent text in data/responses/profile.yml
MIN_EPISODE_CHARACTERS = 8


class ProfileDialogue:
    """Holds what does not change from message to message."""

    def __init__(
        self,
        reader: TextReader,
        resume_reader: TextReader,
        read_remark: RemarkReader,
        taxonomy: Taxonomy,
        places: Mapping[str, Place],
    ) -> None:
        self.reader, self.read_remark, self.taxonomy = reader, read_remark, taxonomy
        self.taking_in = TakingIn(reader, resume_reader, read_remark, taxonomy)
        self.facts = CardFacts(taxonomy, places)
        self.telling = Telling(self.facts)

    def turn(self, heard: Heard, talk: Talk, known: Known) -> Told:
        """What follows from one message."""
        talk = talk.reconciled(known.profile)
        if heard.command is not None and heard.act != "restart":
            return self._pressed(heard, talk, known)
        if heard.answered:
            return self._answer(heard, talk, known)
        if heard.act == "show_profile":
            return self._show(talk, known)
        base = talk.on_top_of(known.profile)
        changed = self.taking_in.changed(base, heard.text, "")
        if changed is not None:
            return self._after_change(changed, known)
        if heard.act == "update_profile" and known.profile.version:
            return self._show(base, known, lead="profile_what_to_change")
        return self._intro(base)

    # -- buttons ---------------------------------------------------------------------------------------------------------

    def _pressed(self, heard: Heard, talk: Talk, known: Known) -> Told:
        assert heard.command is not None, "only called for a button"
        name, argument = heard.command.name, heard.command.argument
        if name == "confirm":
            return self._confirm(talk, known)
        if name == "discard":
            return Told(Talk(), (Say("utterance", "profile_discarded" if talk.unsaved else "profile_nothing_unsaved"),))
        if name == "undo":
            return self._undo(talk, known)
        if name == "remove":
            return self._remove(talk, argument, known)
        if name == "live":
            return self._live(talk, argument, known)
        if name == "skip":
            return self._passed(talk, known)
        if name == "fill":
            return self._next(replace(talk.on_top_of(known.profile), guided=True, question=""), known)
        if name == "upload":
            return self._upload(heard, talk, known)
        return self._show(talk, known)

    def _confirm(self, talk: Talk, known: Known) -> Told:
        profile = talk.draft.profile
        if not talk.unsaved:
            return Told(talk, (Say("utterance", "profile_nothing_unsaved"),))
        effects: list[tuple[str, Mapping[str, object]]] = [("save_profile", {"profile": profile.to_dict()})]
        if not known.consented:
            effects.append(("give_consent", {"purpose": "profile", "notice_version": NOTICE_VERSION}))
        done = Talk(draft=Draft(profile), saving=known.profile.version + 1)
        return Told(done, (Say("utterance", "profile_saved"),), tuple(effects))

    def _undo(self, talk: Talk, known: Known) -> Told:
        if talk.unsaved:
            return Told(Talk(), (Say("utterance", "profile_discarded"),))
        if not known.profile.version:
            return Told(talk, (Say("utterance", "profile_nothing_to_undo"),))
        before = known.before or Profile()
        card = (
            self.telling.saved(before, "profile_undone")
            if keys_of(before)
            else (Say("utterance", "profile_undone_empty"),)
        )
        return Told(Talk(), card, (("undo_profile", {}),))

    def _remove(self, talk: Talk, key: str, known: Known) -> Told:
        base = talk.on_top_of(known.profile)
        draft = remove(base.draft, key, self.taxonomy)
        if draft is None:
            return self._show(talk, known, lead="profile_not_there")
        return self.check(replace(base, draft=draft, unsaved=True, guided=False), known)

    def _live(self, talk: Talk, place_id: str, known: Known) -> Told:
        """A location was sent: where the person lives, if they say that it is right."""
        base = talk.on_top_of(known.profile)
        place = self.facts.places.get(place_id)
        if place is None:
            return self._show(base, known)
        here = Reading(places=(Found(place.id, place.name["zh"], 0, len(place.name["zh"])),))
        draft = merge(base.draft, here, self.taxonomy)
        return self._after_change(replace(base, draft=draft, unsaved=True, misses=0), known)

    def _upload(self, heard: Heard, talk: Talk, known: Known) -> Told:
        base = talk.on_top_of(known.profile)
        if heard.resume is None:
            asking = base.with_question(TELL)
            say = Say("utterance", "profile_upload_how")
            return Told(asking, (say,), again=say)
        if heard.resume.empty:
            return Told(
                base.with_question(TELL), (Say("utterance", "profile_resume_empty"),), again=self.telling.ask(TELL)
            )
        draft = merge(base.draft, heard.resume, self.taxonomy)
        return self._after_change(replace(base, draft=draft, unsaved=True), known)

    def _passed(self, talk: Talk, known: Known) -> Told:
        if not talk.question:
            return self._show(talk, known)
        if talk.question == RESTART:
            return self._put_again(replace(talk, question=talk.previous, previous=""), known)
        if talk.question == CONFIRM:
            return self.check(talk, known)
        return self._next(talk, known)

    # -- words -----------------------------------------------------------------------------------------------------------

    def _answer(self, heard: Heard, talk: Talk, known: Known) -> Told:
        if heard.act == "restart":
            if talk.question == RESTART:
                return Told(Talk(), hand_on="restart")
            asking = replace(talk, question=RESTART, previous=talk.question)
            say = Say("utterance", "profile_restart_ask")
            return Told(asking, (say,), again=say)
        remark = self._remark(heard)
        if talk.question == RESTART:
            if remark.yes and remark.bare:
                return Told(Talk(), hand_on="restart")
            talk = replace(talk, question=talk.previous, previous="")
            if remark.no and remark.bare:
                return self._put_again(talk, known)
        if talk.question.startswith(EPISODE):
            return self._episode(heard, talk, known, remark)
        if talk.question == CONFIRM and remark.bare and (remark.yes or remark.no):
            return self._confirm(talk, known) if remark.yes else self._what_is_wrong(talk)
        base = talk.on_top_of(known.profile)
        changed = self.taking_in.changed(base, heard.text, talk.question, remark)
        if changed is not None:
            return self._after_change(changed, known)
        if remark.removes:
            return self._show(talk, known, lead="profile_not_there")
        if talk.question in KNOWN and (remark.no or remark.passes):
            return self._next(talk, known)
        if heard.act and heard.act not in OWN_ACTS and heard.confidence >= CLEAR:
            return Told(talk, hand_on=heard.act)
        return self._not_understood(talk)

    def _remark(self, heard: Heard) -> Remark:
        """How the text relates to what was asked; the classifier's yes or no counts where the words themselves say nothing."""
        remark = self.read_remark(heard.text)
        if heard.act in ("affirm", "deny") and heard.confidence >= LIKELY and not (remark.yes or remark.no):
            bare = self.reader.read(heard.text).empty and remark.years is None
            return replace(remark, yes=heard.act == "affirm", no=heard.act == "deny", bare=bare)
        return remark

    def _episode(self, heard: Heard, talk: Talk, known: Known, remark: Remark) -> Told:
        skill_id = talk.question.removeprefix(EPISODE)
        if remark.bare or remark.passes or len(heard.text.strip()) < MIN_EPISODE_CHARACTERS:
            return self._next(talk, known, before=(self.telling.episode_missing(skill_id),))
        base = talk.on_top_of(known.profile)
        reading = self.reader.read(heard.text)
        others = replace(reading, skills=tuple(f for f in reading.skills if f.id != skill_id and f.status == "held"))
        only_skills = Reading(skills=others.skills, licences=others.licences)
        draft = merge(base.draft, only_skills, self.taxonomy)
        draft = set_episode(draft, skill_id, heard.text, self.taxonomy)
        return self._next(
            replace(base, draft=draft, unsaved=True, misses=0),
            known,
            before=(Say("utterance", "profile_episode_kept"),),
        )

    # -- what comes next -------------------------------------------------------------------------------------------------

    def _after_change(self, talk: Talk, known: Known) -> Told:
        noted = self.telling.noted(talk.draft)
        asked = talk.question if talk.guided and not talk.put_again else ""
        if asked in KNOWN and not KNOWN[asked](talk.draft.profile, self.taxonomy):
            return self._put_again(talk, known, before=noted)  # something else was corrected: the question stays
        return self._next(talk, known, before=noted if talk.guided else ())

    def _next(self, talk: Talk, known: Known, before: tuple[Say, ...] = ()) -> Told:
        """The next question, or the card to confirm where none is left or nobody wants to be asked."""
        episode = questions.episode_question(talk.draft, talk.asked, self.taxonomy)
        name = episode or (questions.next_question(talk.draft, talk.asked, self.taxonomy) if talk.guided else "")
        if not name:
            return self.check(talk, known, before)
        asking = talk.with_question(name)
        ask = self.telling.ask(name)
        if talk.guided:
            return Told(asking, (*before, ask), again=ask)
        return Told(
            asking, (*before, *self.telling.card(talk.draft, "profile_understood", "profile_check"), ask), again=ask
        )

    def check(self, talk: Talk, known: Known, before: tuple[Say, ...] = ()) -> Told:
        """The card, with the question whether it is right and may be kept."""
        if not talk.unsaved:
            return self._intro(talk, before)
        lead = "profile_check" if known.consented else "profile_check_consent"
        lead += "_short" if not known.consented and CONFIRM in talk.asked else ""  # the whole notice stands above
        asking = replace(talk.with_question(CONFIRM), guided=False)
        card = self.telling.card(talk.draft, lead, "profile_check")
        return Told(asking, (*before, *card), again=Say("utterance", "profile_check_again"))

    def _put_again(self, talk: Talk, known: Known, before: tuple[Say, ...] = ()) -> Told:
        if talk.question == CONFIRM or not talk.question:
            return self.check(talk, known, before)
        ask = self.telling.ask(talk.question)
        return Told(replace(talk, put_again=True), (*before, ask), again=ask)

    def _what_is_wrong(self, talk: Talk) -> Told:
        return Told(talk, (Say("utterance", "profile_what_is_wrong"),), again=Say("utterance", "profile_check_again"))

    def _not_understood(self, talk: Talk) -> Told:
        key = "profile_not_understood" if not talk.misses else "profile_not_understood_again"
        again = (
            Say("utterance", "profile_check_again")
            if talk.question == CONFIRM
            else self.telling.ask(talk.question or TELL)
        )
        return Told(replace(talk, misses=talk.misses + 1), (Say("utterance", key), again), again=again)

    def _show(self, talk: Talk, known: Known, lead: str = "") -> Told:
        if talk.unsaved:
            return self.check(talk, known, (Say("utterance", lead),) if lead else ())
        if not known.profile.version:
            return self._intro(talk)
        return Told(talk, self.telling.saved(known.profile, lead or "profile_now"))

    def _intro(self, talk: Talk, before: tuple[Say, ...] = ()) -> Told:
        asking = talk.with_question(TELL)
        return Told(asking, (*before, Say("utterance", "profile_intro")), again=self.telling.ask(TELL))

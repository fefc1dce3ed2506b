"""The conversation about the pre-check: one message and the state in, what to say and the new state out. Pure; reading texts and keeping is outside.

Whatever was said stays, over interruptions and corrections, and is not asked again. Nothing is worked out before the person
has seen what was understood. A text that holds nothing of a case is handed on where the classifier is sure what else it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from jobseeker.benefits import telling
from jobseeker.benefits.choices import chosen
from jobseeker.benefits.corrections import CORRECTS
from jobseeker.benefits.estimating import estimate
from jobseeker.benefits.parameters import Parameters
from jobseeker.benefits.plausible import Plausibility
from jobseeker.benefits.questions import CHECK, LONGER_FROM, RESTART, next_question
from jobseeker.benefits.reading import CaseReader, Said
from jobseeker.benefits.records import Circumstances, Estimate
from jobseeker.benefits.talk import ACT, CaseHeard, CaseTalk, CaseTold
from jobseeker.knowledge import Figure
from jobseeker.messages import Say
from jobseeker.open_question import CLEAR
from jobseeker.profile.reading import Remark, RemarkReader

OWN_ACTS = frozenset({"benefit_precheck", "affirm", "deny", "out_of_scope", "faq"})
FIRST = ("left_on", "dependants")  # other days are judged by the one, who of them are parents belongs to the other
LATELY_YEARS = 14  # nobody who left a job is younger
LIKELY = 0.5  # from here a yes or no of the classifier counts where the words themselves say nothing
_GOES_ON = re.compile(
    r"^\W*(?:那就?|我們|我们|好|ok|okay|never mind|please|let'?s)*\W*(?:繼續|继续|接著|接着|回到(?:剛才|刚才|估算|前面)|go on|continue|carry on|go back to|back to)",
    re.IGNORECASE,
)  # what was interrupted is taken up again


class CaseDialogue:
    """Holds what does not change from message to message. figures: all of the country's pack; versions: for the log."""

    def __init__(
        self,
        reader: CaseReader,
        read_remark: RemarkReader,
        figures: Mapping[str, Figure],
        versions: Mapping[str, Any],
    ) -> None:
        self.reader, self.read_remark, self.figures, self.versions = reader, read_remark, figures, versions

    def turn(self, heard: CaseHeard, talk: CaseTalk) -> CaseTold:
        """What follows from one message."""
        if heard.command is not None and heard.act != "restart":
            return self._pressed(heard, talk)
        if heard.answered:
            return self._answer(heard, talk)
        told = self._read(heard, replace(talk, question=""))
        if told:
            return self._take_in(told, talk, heard.today)
        if talk.case == Circumstances():
            return self._go_on(talk, heard.today, (Say("utterance", "precheck_intro"),))
        return self._go_on(talk, heard.today, (Say("utterance", "precheck_back"),))

    # -- buttons -------------------------------------------------------------------------------------------------------

    def _pressed(self, heard: CaseHeard, talk: CaseTalk) -> CaseTold:
        assert heard.command is not None, "only called for a button"
        name, argument = heard.command.name, heard.command.argument
        if name == "skip":
            return self._passed(talk, heard.today)
        if name == "answer":
            if talk.question == CHECK and argument == "yes":
                return self._result(talk, heard.today)
            if talk.question == RESTART:
                return self._go_on(replace(talk, question=talk.previous, previous=""), heard.today)
            said = chosen(talk.question, argument)
            if said is not None:
                return self._take_in((said,), talk, heard.today)
        lead = "precheck_intro" if talk.case == Circumstances() else "precheck_back"
        return self._go_on(talk, heard.today, (Say("utterance", lead),))

    def _passed(self, talk: CaseTalk, today: date) -> CaseTold:
        if talk.question == RESTART:
            return self._go_on(replace(talk, question=talk.previous, previous=""), today)
        if talk.question in ("", CHECK):
            return self._go_on(talk, today)
        unknown = (*(one for one in talk.unknown if one != talk.question), talk.question)
        return self._go_on(replace(talk, unknown=unknown, misses=0), today)

    # -- words ---------------------------------------------------------------------------------------------------------

    def _answer(self, heard: CaseHeard, talk: CaseTalk) -> CaseTold:
        remark = self._remark(heard)
        if heard.act == "restart":
            if talk.question == RESTART:
                return CaseTold(CaseTalk(), hand_on="restart")
            say = Say("utterance", "precheck_restart_ask")
            return CaseTold(replace(talk, question=RESTART, previous=talk.question), (say,), again=say)
        if talk.question == RESTART:
            if remark.yes and remark.bare:
                return CaseTold(CaseTalk(), hand_on="restart")
            talk = replace(talk, question=talk.previous, previous="")
            if remark.no and remark.bare:
                return self._go_on(talk, heard.today)
        if talk.question == CHECK and remark.yes and remark.bare:
            return self._result(talk, heard.today)
        told = self._read(heard, talk)
        if told:
            return self._take_in(told, talk, heard.today)
        if talk.question == CHECK and remark.no:
            say = Say("utterance", "precheck_what_is_wrong")
            return CaseTold(talk, (say,), again=telling.check(talk.case, talk.unknown))
        if remark.passes and talk.question not in ("", CHECK):
            return self._passed(talk, heard.today)
        if heard.act == ACT or _GOES_ON.search(heard.text):
            return self._go_on(talk, heard.today, (Say("utterance", "precheck_back"),))
        if heard.act and heard.act not in OWN_ACTS and heard.confidence >= CLEAR:
            return CaseTold(talk, hand_on=heard.act)
        return self._not_understood(talk)

    def _remark(self, heard: CaseHeard) -> Remark:
        remark = self.read_remark(heard.text)
        if heard.act in ("affirm", "deny") and heard.confidence >= LIKELY and not (remark.yes or remark.no):
            return replace(remark, yes=heard.act == "affirm", no=heard.act == "deny", bare=True)
        return remark

    def _read(self, heard: CaseHeard, talk: CaseTalk) -> tuple[Said, ...]:
        """What the text says of the case. A correction is about something told before, not about what is asked now."""
        asked = talk.question if talk.question not in (CHECK, RESTART) else ""
        read = self._reading(heard, heard.text, asked)
        correction = CORRECTS.match(heard.text)
        if correction is None:
            return self._of_leaving(read, talk, heard.today)
        others = self._reading(heard, correction["rest"], "")
        if others or not talk.last:
            return others or read
        return self._reading(heard, correction["rest"], talk.last) or read

    def _reading(self, heard: CaseHeard, text: str, asked: str) -> tuple[Said, ...]:
        read = self.reader(text, asked=asked, today=heard.today, english=heard.english)
        return tuple(one for one in read if one.name in Circumstances.__dataclass_fields__)

    @staticmethod
    def _of_leaving(read: tuple[Said, ...], talk: CaseTalk, today: date) -> tuple[Said, ...]:
        """Asked for the age, somebody may still tell the day that was passed over: nobody who worked was born lately."""
        if talk.case.left_on is not None:
            return read
        return tuple(
            replace(one, name="left_on")
            if one.name == "birth_on" and isinstance(one.value, date) and today.year - one.value.year < LATELY_YEARS
            else one
            for one in read
        )

    # -- what comes next -----------------------------------------------------------------------------------------------

    def _take_in(self, told: tuple[Said, ...], talk: CaseTalk, today: date) -> CaseTold:
        """Keep what can be used; ask back the first thing that cannot, before anything else."""
        plausible = Plausibility(self.figures, today)
        case, kept, doubts = talk.case, list[Said](), list[Said]()
        for one in sorted(told, key=lambda said: said.name not in FIRST):
            if one.name == "parents" and any(doubt.name == "dependants" for doubt in doubts):
                continue
            judged = plausible(one, case)
            if judged.problem:
                doubts.append(judged)
            else:
                case = _with(case, judged)
                kept.append(judged)
        names = {one.name for one in kept} | ({"age"} if any(one.name == "birth_on" for one in kept) else set())
        last = next((one.name for one in kept if one.name != "parents"), talk.last)
        after = replace(
            talk, case=case, unknown=tuple(one for one in talk.unknown if one not in names), last=last, misses=0
        )
        if doubts:
            doubt = doubts[0]
            question = "age" if doubt.name == "birth_on" else doubt.name
            say = telling.asked_back(doubt)
            return CaseTold(after.asking(question), (*telling.noted(kept), say), again=say)
        return self._go_on(after, today, telling.noted(kept))

    def _go_on(self, talk: CaseTalk, today: date, before: tuple[Say, ...] = ()) -> CaseTold:
        """The next question, or what was understood, to be confirmed."""
        longer = Parameters(self.figures, today).whole(LONGER_FROM)
        question = next_question(talk.case, talk.unknown, self._estimate(talk, today), longer)
        if question == CHECK:
            say = telling.check(talk.case, talk.unknown)
            noted = tuple(one for one in before if one.key != "precheck_noted")
            return CaseTold(talk.asking(CHECK), (*noted, say), again=Say("utterance", "precheck_check_again"))
        say = telling.ask(question, talk.case)
        return CaseTold(talk.asking(question), (*before, say), again=say)

    def _result(self, talk: CaseTalk, today: date) -> CaseTold:
        found = self._estimate(talk, today)
        effects: list[tuple[str, Mapping[str, Any]]] = [("log_match", self._log(talk, found))]
        if found.unclear:
            points = [one.point for one in found.unclear]
            effects.append(("open_benefit_case", {"case": talk.case.to_dict(), "points": points}))
        done = replace(talk, question="", shown=True, misses=0)
        return CaseTold(done, (*telling.result(found), Say("utterance", "precheck_closing")), tuple(effects))

    def _estimate(self, talk: CaseTalk, today: date) -> Estimate:
        return estimate(talk.case, self.figures, today)

    def _log(self, talk: CaseTalk, found: Estimate) -> Mapping[str, Any]:
        query = {"kind": "precheck", "case": talk.case.to_dict(), "on": found.on.isoformat()}
        return {"query": query, "result": found.to_dict(), "versions": dict(self.versions)}

    def _not_understood(self, talk: CaseTalk) -> CaseTold:
        key = "precheck_not_understood" if not talk.misses else "precheck_not_understood_again"
        again = (
            Say("utterance", "precheck_check_again")
            if talk.question == CHECK
            else telling.ask(talk.question, talk.case)
        )
        return CaseTold(replace(talk, misses=talk.misses + 1), (Say("utterance", key), again), again=again)


def _with(case: Circumstances, said: Said) -> Circumstances:
    """The case with this said. A day of birth and an age replace each other, and so do a day of registration and "not yet"."""
    change: dict[str, Any] = {said.name: said.value}
    if said.name == "birth_on":
        change["age"] = None
    elif said.name == "age":
        change["birth_on"] = None
    elif said.name == "registered_on":
        change["registered"] = None
    elif said.name == "registered":
        change["registered_on"] = None
    elif said.name == "dependants":
        change["parents"] = None
    return replace(case, **change)

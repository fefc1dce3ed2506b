"""What follows from one message: a plan, worked out without I/O. Carrying it out is usecases/carry_out_plan.py."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from jobseeker.escalation import EscalationPolicy
from jobseeker.handoff import URGENCY_AT_ONCE, URGENCY_CRISIS, WAITING_COMMANDS, bot_speaks, expected_step
from jobseeker.knowledge import Topic
from jobseeker.messages import (
    INTERNAL_COMMANDS,
    VARIETIES,
    Author,
    Command,
    Context,
    Escalation,
    Say,
    Understanding,
    Variety,
)
from jobseeker.ports import DetectVariety, Turn
from jobseeker.records import Conversation
from jobseeker.turns import failed, judge

AGREED_TO = frozenset({"save_profile", "give_consent"})  # effects of a yes to what was shown
CRISIS, ASKED_FOR_HUMAN, FAILED_TURNS = "crisis", "asked_for_human", "failed_turns"
QUOTED_CHARACTERS = 30
OUT_OF_SCOPE, PERHAPS = "out_of_scope", 0.25  # from which confidence a topic is worth asking about
FAIRNESS = "fairness"  # the step that asks about the audit of fairness; an answer to it never comes here
STOP_NOTICE = "stop-word"  # how consent to job alerts was withdrawn
OTHER_LANGUAGE = "other"  # a menu's one button: English for who reads Chinese, and the other way round
UNREAD = {"long_text": "long_text_unread", "old_button": "button_too_old", "location": "location_unread"}


@dataclass(frozen=True)
class Plan:
    """All that one message leads to. `urgency` None: no case. `announce`: tell the person their place in the queue."""

    says: tuple[Say, ...]
    variety: Variety
    chosen: bool
    context: Context
    escalation: Escalation = Escalation()
    understanding: Understanding | None = None
    act: str = ""
    author: Author = "bot"
    urgency: int | None = None
    announce: bool = False
    alert: str = ""
    state: str = "done"
    model: str = ""
    effects: tuple[tuple[str, Mapping[str, Any]], ...] = ()  # (name of usecases/carry_out_effects.py, params)
    quiet: bool = False  # a person speaks: what effects would say is not said
    step: tuple[str, str] | None = (
        None  # (name of usecases/person_steps.py, argument): what the person does while they wait
    )

    @property
    def is_crisis(self) -> bool:
        """Whether this is to be said whoever owns the conversation."""
        return CRISIS in self.escalation.reasons and self.urgency == URGENCY_CRISIS

    def once_a_person_speaks(self) -> Plan:
        """The same message when a counsellor has taken over meanwhile: understood and logged, but the bot is silent."""
        if self.is_crisis:
            return replace(self, says=(Say("utterance", "bot_silent_crisis_note"),), author="system", announce=False)
        return replace(self, says=(), announce=False, urgency=None, quiet=True, step=None)


class Planner:
    """Makes plans from the pack and the escalation rules. Pure: the same message in the same state gives the same plan."""

    def __init__(
        self,
        *,
        policy: EscalationPolicy,
        detect_variety: DetectVariety,
        topics: Mapping[str, Topic],
        foreign_language: Callable[[str], str | None] = lambda text: None,
        place_near: Callable[[float, float, Variety], tuple[str, str] | None] = lambda lat, lon, variety: None,
        typed: Mapping[str, Command] | None = None,
        is_stop_word: Callable[[str], bool] = lambda text: False,
    ) -> None:
        self.policy, self.detect_variety, self.topics, self.foreign_language = (
            policy,
            detect_variety,
            topics,
            foreign_language,
        )
        self.place_near, self.is_stop_word = place_near, is_stop_word
        self.typed = typed or {}

    def readable(self, command: Command | None, text: str = "") -> Command | None:
        """The command, or None where it names a topic that there is not (any more): then the words alone count.

        A few words stand for a command as they are (`typed`: 「連結帳號」, "connect").
        """
        if command is None:
            return self.typed.get(" ".join(text.lower().split()))
        named = command is not None and command.name in ("topic", "more")
        return None if named and command is not None and command.argument not in self.topics else command

    def without_dialogue(self, conversation: Conversation, text: str, command: Command | None) -> Plan | None:
        """The plan where the dialogue engine is not needed, or None: crisis, a person who speaks or is asked for, a few commands."""
        pressed = command if command is None or command.name not in INTERNAL_COMMANDS else None
        escalation = self.policy.assess(text, command=pressed)
        base = Plan(
            (),
            self._variety(conversation, text, command),
            conversation.variety_chosen,
            conversation.context,
            escalation,
        )
        if CRISIS in escalation.reasons:
            crisis = replace(
                base, says=(Say("utterance", "crisis"),), act="crisis", urgency=URGENCY_CRISIS, alert="crisis"
            )
            return crisis if bot_speaks(conversation.owner) else crisis.once_a_person_speaks()
        if command is None and self.is_stop_word(
            text
        ):  # at any time, and whatever is down; the effect says what it did
            stop = ("stop_alerts", {"notice_version": STOP_NOTICE})
            author: Author = "bot" if bot_speaks(conversation.owner) else "system"
            return replace(base, act="job_alert_off", author=author, effects=(stop,))
        if not bot_speaks(conversation.owner):
            return base
        step = expected_step(conversation.expecting, text) if command is None else None
        if (
            step is not None and conversation.owner != "bot"
        ):  # "please call me" in a message to somebody asked for already
            return replace(base, act="handoff", step=step)
        if ASKED_FOR_HUMAN in escalation.reasons:
            return replace(
                base, act="talk_to_human", urgency=URGENCY_AT_ONCE, announce=True, context=_calm(conversation)
            )
        if step is not None:
            return replace(base, act="handoff", step=step)
        return self._command(conversation, base, command) if command else None

    def is_urgent(self, plan: Plan) -> bool:
        """Whether it must not wait for an earlier message that is still being answered."""
        if (
            plan.step is not None
        ):  # a number that was asked for is not kept in the message: it is taken while it is at hand
            return plan.step[0] == "phone_text"
        return plan.urgency is not None or (not plan.says and not plan.announce)

    def _command(self, conversation: Conversation, base: Plan, command: Command) -> Plan | None:
        if command.name == "language" and command.argument in (*VARIETIES, OTHER_LANGUAGE):
            other = VARIETIES[0] if conversation.variety == "en" else "en"
            variety = other if command.argument == OTHER_LANGUAGE else command.argument
            says = (Say("utterance", "language_switched"),)
            return replace(base, says=says, act="switch_language", variety=variety, chosen=True)
        if command.name == "attachment" and command.argument == "part":  # of a long text: the last part is answered
            return base
        if command.name == "attachment":
            key = UNREAD.get(command.argument, "attachment_unread")
            return replace(base, says=(Say("utterance", key),), act="attachment")
        if command.name == FAIRNESS:
            return replace(base, act="consent_change", step=(FAIRNESS, command.argument))
        if command.name in WAITING_COMMANDS:
            return replace(base, act="handoff", step=(command.name, command.argument))
        if command.name == "more" and command.argument in self.topics:
            say = Say("faq", command.argument, {"form": "full"})
            return replace(base, says=(say,), act="faq", context=Context(command.argument, "faq", 0))
        return None

    def from_turn(self, conversation: Conversation, text: str, command: Command | None, turn: Turn) -> Plan:
        """The plan after the dialogue engine has answered."""
        judged = judge(text, turn.understanding, conversation.context, self.policy, self.topics, command)
        variety, chosen = self._variety(conversation, text, command), conversation.variety_chosen
        wants_person = False
        effects: list[tuple[str, Mapping[str, Any]]] = []
        for name, params in turn.commands:
            if name == "set_variety" and params.get("variety") in VARIETIES:
                variety, chosen = str(params["variety"]), True
            elif name == "request_handoff":
                wants_person = True
            elif name != "set_variety":
                effects.append((name, params))
        escalation = judged.escalation
        if wants_person and ASKED_FOR_HUMAN not in escalation.reasons:
            escalation = Escalation("immediate", (*escalation.reasons, ASKED_FOR_HUMAN))
        says: tuple[Say, ...]
        if CRISIS in escalation.reasons:  # read by the classifier where no pattern saw it
            says, urgency, alert = (Say("utterance", "crisis"),), URGENCY_CRISIS, "crisis"
            effects = []  # nobody has read what it would have been about; the dialogue notices that it was not kept
        elif ASKED_FOR_HUMAN in escalation.reasons:
            says, urgency, alert = turn.says, URGENCY_AT_ONCE, ""
        else:
            says, urgency, alert = _after_failures(_perhaps_meant(turn, conversation), escalation), None, ""
            if conversation.crisis_at is not None and _is_work(says, effects):
                says, effects = (Say("utterance", "crisis_waiting"),), []  # no vacancy until a person has seen it
            if failed(turn.understanding) and command is None and self.foreign_language(text):
                says = (Say("utterance", "language_unsupported"),)
        return Plan(
            says=says,
            variety=variety,
            chosen=chosen,
            context=judged.context if urgency is None else replace(judged.context, failed_turns=0),
            escalation=escalation,
            understanding=turn.understanding,
            act=_act(turn.understanding),
            urgency=urgency,
            announce=urgency == URGENCY_AT_ONCE,
            alert=alert,
            model=turn.model,
            effects=tuple(effects),
        )

    def says(self, conversation: Conversation, say: Say, *, act: str) -> Plan:
        """The plan that says this and changes nothing else."""
        return Plan((say,), conversation.variety, conversation.variety_chosen, conversation.context, act=act)

    def withdrawn(self, conversation: Conversation, *, forgotten: bool = True) -> Plan:
        """The plan for a message that was taken back: nothing is said. Not `forgotten`: a supervisor must see to it."""
        plan = Plan((), conversation.variety, conversation.variety_chosen, conversation.context)
        return plan if forgotten else replace(plan, alert="not_forgotten", state="dead")

    def dead_letter(self, conversation: Conversation, text: str, command: Command | None) -> Plan:
        """The plan when a message could not be answered: sorry, the offer of a counsellor, an alert. Never silence."""
        quoted = text if len(text) <= QUOTED_CHARACTERS else text[: QUOTED_CHARACTERS - 1] + "…"
        return Plan(
            says=(Say("utterance", "apology", {"text": quoted}),),
            variety=self._variety(conversation, text, command),
            chosen=conversation.variety_chosen,
            context=conversation.context,
            escalation=self.policy.assess(text, command=command),
            author="system",
            alert="dead_letter",
            state="dead",
        )

    def _variety(self, conversation: Conversation, text: str, command: Command | None) -> Variety:
        if command is not None:  # a button's title says nothing about what the person reads
            return conversation.variety
        return self.detect_variety(text, conversation.variety, conversation.variety_chosen)


def _act(understanding: Understanding) -> str:
    return {"clarify": "clarify", "unsure": "nlu_fallback"}.get(understanding.outcome, understanding.act)


def _perhaps_meant(turn: Turn, conversation: Conversation) -> tuple[Say, ...]:
    """A few words after an answer ("and where do I go?") that may well mean a topic are asked back, not refused as somebody else's business."""
    meant = turn.understanding
    if meant.label != OUT_OF_SCOPE or meant.outcome != "answer" or not conversation.context.last_topic:
        return turn.says
    topics = [label for label, confidence in meant.alternatives if label.startswith("faq/") and confidence >= PERHAPS]
    return (Say("clarify", "", {"topics": topics}),) if topics else turn.says


def _is_work(says: tuple[Say, ...], effects: Sequence[tuple[str, Mapping[str, Any]]]) -> bool:
    """Whether a turn shows something, or keeps what in a crisis was not shown: nobody agrees to a card that was held back."""
    return any(say.kind == "cards" for say in says) or any(name in AGREED_TO for name, _ in effects)


def _after_failures(says: tuple[Say, ...], escalation: Escalation) -> tuple[Say, ...]:
    """After two failed turns in a row another "please rephrase" helps nobody: the counsellor is offered in its place."""
    if FAILED_TURNS in escalation.reasons and all(say.kind == "utterance" for say in says):
        return (Say("utterance", "unsure_again"),)
    return says


def _calm(conversation: Conversation) -> Context:
    return replace(conversation.context, failed_turns=0)

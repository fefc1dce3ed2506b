"""Two voluntary questions for the audit of fairness: consent first, each answer kept apart or passed over, all of it taken back at any time.

An answer never stands in the message: `taken_apart` hides it before the message is written, and it goes straight into its own table.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from jobseeker.fairness.declared import COMMAND, NOTICE_VERSION, PURPOSE, QUESTIONS, Answer, read_answer
from jobseeker.handoff_rules import HandoffRules
from jobseeker.messages import Command, InboundMessage, Say
from jobseeker.records import Conversation
from jobseeker.storage import UnitOfWork
from jobseeker.usecases.effect import Effected

HIDDEN = "fairness_hidden"  # response that stands in place of the words


def taken_apart(message: InboundMessage, words: Callable[[str], str]) -> tuple[InboundMessage, str]:
    """The message as it may be kept, and what was taken out of it: the answer to one of the questions, "" for any other message."""
    command = message.command
    if command is None or command.name != COMMAND or read_answer(command.argument) is None:
        return message, ""
    return replace(message, text=words(HIDDEN), command=Command(COMMAND)), command.argument


async def declare(
    work: UnitOfWork, conversation: Conversation, argument: str, now: datetime, rules: HandoffRules
) -> Effected:
    """A step of person_steps.py. argument: "" explains, "yes" and "no" to taking part, an answer, "forget" takes everything back."""
    answer = read_answer(argument)
    if argument == "yes":
        await work.profiles.note_consent(
            conversation.person, PURPOSE, given=True, notice_version=NOTICE_VERSION, now=now
        )
        await _record(work, conversation, "consent.given", now)
        return _say(conversation, f"fairness_question_{next(iter(QUESTIONS))}")
    if argument == "forget":
        for person in {conversation.person, conversation.id}:  # the second: before this channel was connected
            await work.declarations.remove(person)
        await work.profiles.note_consent(
            conversation.person, PURPOSE, given=False, notice_version=NOTICE_VERSION, now=now
        )
        await _record(work, conversation, "consent.withdrawn", now)
        return _say(conversation, "consent_withdrawn_fairness")
    if argument == "no":
        return _say(conversation, "fairness_declined")
    if answer is None or not await work.profiles.has_consented(conversation.person, PURPOSE):
        return _say(conversation, "fairness_ask")
    return await _kept(work, conversation, answer, now)


async def _kept(work: UnitOfWork, conversation: Conversation, answer: Answer, now: datetime) -> Effected:
    await work.declarations.put(conversation.person, answer.question, answer.value, now=now)
    questions = list(QUESTIONS)
    following = questions[questions.index(answer.question) + 1 :]
    return _say(conversation, f"fairness_question_{following[0]}" if following else "fairness_done")


async def _record(work: UnitOfWork, conversation: Conversation, action: str, now: datetime) -> None:
    await work.ledger.record(
        at=now, actor="jobseeker", action=action, conversation_id=conversation.id, detail={"purpose": PURPOSE}
    )


def _say(conversation: Conversation, key: str) -> Effected:
    return Effected(conversation, (Say("utterance", key),))

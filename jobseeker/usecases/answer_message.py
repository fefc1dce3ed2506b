"""The inbox worker's step: lease one conversation, answer its oldest message, finish in one transaction. Looping is gateway/workers."""

from __future__ import annotations

import logging
import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Literal

from jobseeker.answering import Plan, Planner
from jobseeker.clock import Clock
from jobseeker.errors import DialogueError, DialogueProtocol
from jobseeker.handoff import bot_speaks
from jobseeker.messages import Command, Say, read_command
from jobseeker.metering import Meter, NoMeter
from jobseeker.outgoing import Composer
from jobseeker.ports import Dialogue, Preparation, Secrets, Signals, TurnRequest
from jobseeker.privacy import ERASED
from jobseeker.privacy.in_hand import InHand
from jobseeker.records import Conversation, Inbound
from jobseeker.storage import Store
from jobseeker.switches import NLU, gated
from jobseeker.usecases.answer_without_nlu import AnswerWithoutNlu
from jobseeker.usecases.carry_out_plan import carry_out_plan, tell
from jobseeker.usecases.link_channels import LinkChannels
from jobseeker.usecases.picked_in_words import Pick, PickedInWords
from jobseeker.usecases.suggest_answers import SuggestAnswers
from jobseeker.usecases.tell_basis import TellBasis

log = logging.getLogger(__name__)
WITHDRAWN = "withdrawn"
WHY_OF_WHAT = "why_of_what"  # what is said where there is no list of vacancies to explain
BENEFIT_ACTS = frozenset({"benefit_precheck", "benefit_deadlines"})


@dataclass(frozen=True)
class RetryPolicy:
    """How long a message is tried: waits double from `first_seconds` to `longest_seconds`, a fifth of each at random.

    With the defaults a dialogue engine that is down for 90 seconds loses nothing. `protocol_attempts`: an answer that is
    not our contract does not get better by asking often.
    """

    attempts: int = 11
    protocol_attempts: int = 3
    first_seconds: float = 0.5
    longest_seconds: float = 15.0
    lease_seconds: float = 45.0

    def wait(self, attempt: int) -> timedelta:
        """Time to wait after the attempt with this number (from 1)."""
        seconds = min(self.first_seconds * 2.0 ** min(attempt - 1, 20), self.longest_seconds)
        return timedelta(seconds=seconds * random.uniform(0.9, 1.1))  # spread, not secrecy

    def allows(self, attempt: int, problem: Exception) -> bool:
        """Whether it may be tried again after this many attempts."""
        return attempt < (self.protocol_attempts if isinstance(problem, DialogueProtocol) else self.attempts)


@dataclass(frozen=True)
class Answered:
    """What became of it. `retry_seconds`: when it is due again, for outcome "retry"."""

    conversation_id: str
    inbox_id: int
    outcome: Literal["done", "retry", "dead", "lost"]
    retry_seconds: float = 0.0


class _LeaseLostError(Exception):
    """Another worker has the conversation now; what we did is void."""


class AnswerMessage:
    """Answers one message of one conversation."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        composer: Composer,
        planner: Planner,
        dialogue: Dialogue,
        secrets: Secrets,
        signals: Signals,
        retry: RetryPolicy,
        preparations: Mapping[str, Preparation],
        in_hand: InHand,
        meter: Meter = NoMeter(),
        pick: Pick = lambda text, buttons: "",
    ) -> None:
        self.store, self.clock, self.composer, self.planner = store, clock, composer, planner
        self.dialogue, self.secrets, self.signals, self.retry = dialogue, secrets, signals, retry
        self.link = LinkChannels(store, clock, composer, secrets, signals)
        self.basis = TellBasis(store, composer.answers.pack)
        self.picked = PickedInWords(store, clock, composer, pick)
        self.without_nlu = AnswerWithoutNlu(composer, planner, SuggestAnswers(store, clock, composer))
        self.preparations, self.in_hand, self.meter = dict(preparations), in_hand, meter

    async def __call__(self, conversation_id: str | None = None) -> Answered | None:
        """Answer the oldest message of this conversation, or of the one that has waited longest. None: nothing to do."""
        leased = await self._lease(conversation_id)
        if leased is None:
            return None
        conversation, row, off = leased
        finished = False
        try:
            answered = await self._answer(conversation, row, off)
            finished = True
            return answered
        finally:
            if not finished:  # stopped in the middle: let the next worker have it at once
                async with self.store.write(brief=True) as work:
                    await work.conversations.release(conversation.id, conversation.lease_token or "")

    async def _lease(self, conversation_id: str | None) -> tuple[Conversation, Inbound, frozenset[str]] | None:
        """The conversation, its oldest message, and which capabilities are off."""
        now = self.clock.now()
        token = self.secrets.identifier()
        until = now + timedelta(seconds=self.retry.lease_seconds)
        async with self.store.write(brief=True) as work:
            conversation = await work.conversations.lease(conversation_id, token=token, now=now, until=until)
            if conversation is None:
                return None
            row = await work.inbox.next_pending(conversation.id, now)
            if row is None:
                await work.conversations.release(conversation.id, token)
                return None
            return conversation, row, await work.switches.off()

    async def _answer(self, conversation: Conversation, row: Inbound, off: frozenset[str]) -> Answered:
        try:
            plan = await self._plan(conversation, row, off)
            await self._finish(conversation, row, plan)
        except _LeaseLostError:
            log.warning("lease lost", extra={"inbox_id": row.id, "conversation_id": conversation.id})
            return Answered(conversation.id, row.id, "lost")
        except Exception as problem:  # noqa: BLE001 - the last line before silence: logged, tried again, then a dead letter
            return await self._fail(conversation, row, problem)
        return Answered(conversation.id, row.id, "done")

    async def _plan(self, conversation: Conversation, row: Inbound, off: frozenset[str]) -> Plan:
        command = read_command(row.command)
        if command is not None and command.name == WITHDRAWN:
            if command.argument != "0":  # 0: it had not come here yet
                await self.dialogue.forget(conversation.id, int(command.argument))
            return self.planner.withdrawn(conversation)
        if command is not None and command.name == ERASED:
            await self.dialogue.forget_all(conversation.id)
            return self.planner.withdrawn(conversation)
        plan = self.planner.without_dialogue(conversation, self._asked_for(conversation, row), command)
        if plan is None and command is None and (command := await self.picked(conversation, row.text)) is not None:
            plan = self.planner.without_dialogue(conversation, row.text, command)
        if plan is not None:
            return plan
        if command is not None and command.name in ("link", "unlink"):
            return self.planner.says(conversation, await self._linked(conversation, command), act=command.name)
        if command is not None and command.name == "basis":
            return self.planner.says(conversation, await self.basis(conversation), act="basis")
        plan = self.without_nlu(conversation, row.text, command) if NLU in off else None
        if plan is not None:
            return plan
        request = TurnRequest(
            inbox_id=row.id,
            conversation_id=conversation.id,
            text=row.text.lstrip("/ ") or "?",  # nobody types intents; a lone slash asks nothing
            command=command.to_payload() if command is not None else row.command,
            variety=conversation.variety,
            channel=conversation.channel,
            trace_id=conversation.lease_token or "",
            context=conversation.context,
            reading=row.reading,
        )
        turn = await self.dialogue.turn(request)
        plan = self.planner.from_turn(conversation, row.text, command, turn)
        plan = await self._why(conversation, plan)
        plan = gated(plan, off)  # nothing is prepared that may not be kept
        plan = replace(plan, effects=await self._prepared(conversation, row, plan.effects))
        if not plan.says and not plan.announce and not plan.effects:
            raise DialogueProtocol("the dialogue engine has nothing to say")
        return plan

    async def _why(self, conversation: Conversation, plan: Plan) -> Plan:
        """ "Why?" means the vacancies only where there is a list: otherwise the answer it follows."""
        if plan.act != "explain_match" or not any(say.key == WHY_OF_WHAT for say in plan.says):
            return plan
        if conversation.last_act == "faq":
            say = await self.basis(conversation)
        elif conversation.last_act in BENEFIT_ACTS:
            say = Say("utterance", "benefit_why")
        else:
            return plan
        says = tuple(say if one.key == WHY_OF_WHAT else one for one in plan.says)
        return replace(plan, says=says, act="basis", context=conversation.context)

    async def _linked(self, conversation: Conversation, command: Command) -> Say:
        if command.name == "unlink":
            return await self.link.undo(conversation)
        if command.argument:
            return await self.link.use_code(conversation, command.argument)
        return await self.link.make_code(conversation)

    def _asked_for(self, conversation: Conversation, row: Inbound) -> str:
        """The text; as it was written where a telephone number was asked for and this may be it."""
        return (self.in_hand.text(row.id) if conversation.expecting.startswith("phone:") else None) or row.text

    async def _prepared(
        self, conversation: Conversation, row: Inbound, effects: tuple[tuple[str, Mapping[str, Any]], ...]
    ) -> tuple[tuple[str, Mapping[str, Any]], ...]:
        """The effects with what takes long done beforehand: no transaction waits for a file to be made."""
        effects = tuple(
            (name, self.in_hand.with_contact(row.id, params) if name == "store_file" else params)
            for name, params in effects
        )
        return tuple(
            [
                (name, await self.preparations[name](conversation, params) if name in self.preparations else params)
                for name, params in effects
            ]
        )

    async def _finish(self, conversation: Conversation, row: Inbound, plan: Plan) -> None:
        now = self.clock.now()
        async with self.store.write(brief=True) as work:
            locked = await work.conversations.lock(conversation.id)
            if locked is None or locked.lease_token != conversation.lease_token:
                raise _LeaseLostError
            if not bot_speaks(locked.owner) and bot_speaks(conversation.owner):
                plan = plan.once_a_person_speaks()  # a counsellor has come in while the engine was thinking
            plan = self._still_allowed(conversation, row, plan, await work.switches.off())
            done = await carry_out_plan(
                work, self.composer, locked, row.id, plan, now=now, release=True, masked=row.masked or ()
            )
        self.in_hand.drop(row.id)
        tell(self.signals, conversation.id, plan, done)
        self.meter.answered(conversation.channel, plan, (now - row.received_at).total_seconds())

    def _still_allowed(self, conversation: Conversation, row: Inbound, plan: Plan, off: frozenset[str]) -> Plan:
        """What is switched off while the engine was thinking is not said any more."""
        if NLU in off and plan.understanding is not None and plan.urgency is None:
            plan = self.without_nlu(conversation, row.text, read_command(row.command)) or plan
        return gated(plan, off)

    async def _fail(self, conversation: Conversation, row: Inbound, problem: Exception) -> Answered:
        attempts = row.attempts + 1
        context = {
            "inbox_id": row.id,
            "conversation_id": conversation.id,
            "attempt": attempts,
            "problem": describe(problem),
        }
        log.warning(
            "message not answered", extra=context, exc_info=None if isinstance(problem, DialogueError) else problem
        )
        if not self.retry.allows(attempts, problem):
            command = read_command(row.command)
            if command is not None and command.name in (WITHDRAWN, ERASED):
                plan = self.planner.withdrawn(conversation, forgotten=False)
            else:
                plan = self.planner.dead_letter(conversation, row.text, command)
            try:
                await self._finish(conversation, row, plan)
            except _LeaseLostError:
                return Answered(conversation.id, row.id, "lost")
            log.error("dead letter", extra=context)
            return Answered(conversation.id, row.id, "dead")
        wait = self.retry.wait(attempts)
        due_at = self.clock.now() + wait
        async with self.store.write(brief=True) as work:
            locked = await work.conversations.lock(conversation.id)
            if locked is None or locked.lease_token != conversation.lease_token:
                return Answered(conversation.id, row.id, "lost")
            await work.inbox.put_off(row.id, attempts=attempts, due_at=due_at, error=describe(problem))
            await work.conversations.release(conversation.id, conversation.lease_token or "")
        return Answered(conversation.id, row.id, "retry", wait.total_seconds())


def describe(problem: Exception) -> str:
    """Kind and code of a problem, never a person's words."""
    code = getattr(problem, "code", "")
    return (
        f"{type(problem).__name__} {code} {problem}".strip()[:500]
        if isinstance(problem, DialogueError)
        else type(problem).__name__
    )

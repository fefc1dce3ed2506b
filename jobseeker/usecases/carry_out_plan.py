"""Writes what a plan says, inside the transaction that finishes its message. Deciding it is answering.py; effects are carry_out_effects.py."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from jobseeker.answering import Plan
from jobseeker.handoff import bot_speaks
from jobseeker.messages import Escalation, Say
from jobseeker.outgoing import Composer
from jobseeker.ports import Signals
from jobseeker.privacy.notice import NOTICE_VERSION, changed
from jobseeker.records import Case, Conversation
from jobseeker.storage import UnitOfWork
from jobseeker.usecases.carry_out_effects import carry_out_effects
from jobseeker.usecases.case_moves import step
from jobseeker.usecases.open_case import open_or_raise_case
from jobseeker.usecases.person_steps import take_step
from jobseeker.usecases.queue_words import queued_say


@dataclass(frozen=True)
class CarriedOut:
    """What others must be told of. `to_send`: the outbox has work; `queue_changed`: the counsellors' list has."""

    to_send: bool
    queue_changed: bool


async def carry_out_plan(
    work: UnitOfWork,
    composer: Composer,
    conversation: Conversation,
    inbox_id: int,
    plan: Plan,
    *,
    now: datetime,
    release: bool,
    masked: Sequence[str] = (),
) -> CarriedOut:
    """Effects, case, replies, alert, inbox row and conversation, all in `work`, which has locked `conversation`.

    Args:
        release: end the conversation's lease with it.
        masked: the kinds of identifiers that were hidden in the message; the person is told once, after the answer.

    Raises:
        DialogueProtocol: an effect that is not known, or of the wrong form.
    """
    was_waiting = conversation.owner in ("queued", "assigned")
    conversation = replace(
        conversation,
        variety=plan.variety,
        variety_chosen=plan.chosen,
        last_topic=plan.context.last_topic,
        last_act=plan.context.last_act,
        failed_turns=plan.context.failed_turns,
    )
    rules = composer.rules
    effected = await carry_out_effects(work, conversation, inbox_id, plan.effects, now, rules)
    conversation, says = effected.conversation, [*plan.says, *(() if plan.quiet else effected.says)]
    queue_changed = effected.queue_changed
    if plan.step is not None:
        stepped = await take_step(work, conversation, *plan.step, now, rules)
        conversation, says = stepped.conversation, [*says, *stepped.says]
        queue_changed = queue_changed or stepped.queue_changed
    elif plan.is_crisis or not conversation.expecting.startswith("phone:"):
        conversation = replace(conversation, expecting="")
    if plan.urgency is not None:
        reasons = plan.escalation.reasons
        conversation, case = await open_or_raise_case(
            work, conversation, reasons=reasons, urgency=plan.urgency, inbox_id=inbox_id, now=now, rules=rules
        )
        if plan.is_crisis:
            conversation = await _flag(work, conversation, case, inbox_id, reasons, now)
            if conversation.owner == "wrap_up":  # not a moment for notes
                conversation = step(conversation, "resume", conversation.counsellor_id)
                await work.cases.note(case.id, wrap_up_seq=None)
        if plan.announce:
            says.append(await queued_say(work, rules, conversation, case, now=now, again=was_waiting))
    if says and plan.author == "bot" and plan.urgency is None and conversation.notice_version != NOTICE_VERSION:
        says.append(changed())
        conversation = replace(conversation, notice_version=NOTICE_VERSION)
    hint = await _hint(work, conversation, plan, masked)
    rows = [
        composer.row(
            conversation,
            say,
            key=f"{inbox_id}:{number}",
            seq=conversation.next_seq + number,
            now=now,
            author=plan.author,
            inbox_id=inbox_id,
            act=plan.act,
            # an offer of a counsellor is made once, with the last of several replies
            escalation=plan.escalation if number == len(says) - 1 else Escalation(),
            model=plan.model,
        )
        for number, say in enumerate(says)
    ]
    if hint is not None:
        key, seq = _hint_key(conversation), conversation.next_seq + len(rows)
        rows.append(composer.row(conversation, hint, key=key, seq=seq, now=now, author="system", inbox_id=inbox_id))
    if rows:
        await work.outbox.add(rows)
    if plan.alert:
        detail = {"inbox_id": inbox_id, "reasons": list(plan.escalation.reasons)}
        await work.ledger.alert(at=now, kind=plan.alert, conversation_id=conversation.id, detail=detail)
    await work.inbox.finish(
        inbox_id, state=plan.state, now=now, understanding=plan.understanding, escalation=plan.escalation
    )
    conversation = replace(conversation, next_seq=conversation.next_seq + len(rows))
    await work.conversations.save(conversation, now=now, release=release)
    return CarriedOut(any(row.rendered is None for row in rows), plan.urgency is not None or queue_changed)


async def _flag(
    work: UnitOfWork, conversation: Conversation, case: Case, inbox_id: int, reasons: Sequence[str], now: datetime
) -> Conversation:
    """Write the log of crises; until a person has seen it the conversation is in the crisis lane."""
    await work.flags.add(conversation_id=conversation.id, case_id=case.id, inbox_id=inbox_id, reasons=reasons, now=now)
    return conversation if not bot_speaks(conversation.owner) else replace(conversation, crisis_at=now)


async def _hint(work: UnitOfWork, conversation: Conversation, plan: Plan, masked: Sequence[str]) -> Say | None:
    """That identifiers were hidden: once in a conversation, not where they were asked for, and never beside a crisis."""
    asked_for = (plan.step or ("", ""))[0] == "phone_text" or any(name == "store_file" for name, _ in plan.effects)
    if not masked or asked_for or plan.is_crisis or await work.outbox.by_key(_hint_key(conversation)) is not None:
        return None
    return Say("utterance", "identifiers_masked", {"kinds": [{"key": f"identifier_{kind}"} for kind in masked]})


def _hint_key(conversation: Conversation) -> str:
    return f"masked:{conversation.id}"


def tell(signals: Signals, conversation_id: str, plan: Plan, done: CarriedOut) -> None:
    """After the commit: wake whoever shows it or sends it."""
    signals.conversation_changed(conversation_id)
    if done.to_send:
        signals.outbox_changed()
    if done.queue_changed:
        signals.queue_changed()
    if plan.alert:
        signals.alert_raised()

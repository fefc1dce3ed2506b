"""What the conversation about one's own benefit case asks to keep. The table of all effects is carry_out_effects.py."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from jobseeker.benefits.records import Circumstances
from jobseeker.handoff import URGENCY_AT_ONCE
from jobseeker.handoff_rules import HandoffRules
from jobseeker.messages import Say
from jobseeker.records import Conversation
from jobseeker.storage import UnitOfWork
from jobseeker.usecases.effect import Effected
from jobseeker.usecases.open_case import open_or_raise_case

UNCLEAR = "benefit_unclear"  # the reason of a case
URGENCY_UNCLEAR = URGENCY_AT_ONCE + 1


async def open_benefit_case(
    work: UnitOfWork,
    conversation: Conversation,
    inbox_id: int,
    params: Mapping[str, Any],
    now: datetime,
    rules: HandoffRules,
) -> Effected:
    """params {"case": Circumstances.to_dict(), "points": [ids of unclear points]}: a case for a counsellor, who sees both."""
    case = Circumstances.from_dict(params["case"])
    points = [str(point) for point in params["points"]]
    if not points:
        raise ValueError("nothing is unclear, so nobody has to look at it")
    conversation, opened = await open_or_raise_case(
        work, conversation, reasons=(UNCLEAR,), urgency=URGENCY_UNCLEAR, inbox_id=inbox_id, now=now, rules=rules
    )
    detail = {**(opened.detail or {}), "precheck": {"case": case.to_dict(), "points": points}}
    await work.cases.describe(opened.id, detail)
    say = Say("utterance", "precheck_case", {"case": str(opened.id)})
    return Effected(conversation, (say,), queue_changed=True)

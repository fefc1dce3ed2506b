"""The audit as a chain: what of a row is hashed, and how a chain is checked. Pure; rows are in store/ledger.py (docs/adr/0041-audit-chain.md).

A row's hash covers the hash of the row before it, so a row that was changed, taken out or exchanged shows. What points to a person (the
conversation, the detail) is in it only as a digest with a salt of its own: an erasure takes away value and salt, and the chain stays whole.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

VERSION = 1  # of the form of what is hashed
MOST_PROBLEMS = 20
ERASURE, UNLINKED = "person.erased", "unlinked"  # the row that says how many rows lost their digests' values


@dataclass(frozen=True)
class Link:
    """One row of the chain. salt None: its person's data were erased, conversation_id and detail with them."""

    position: int
    at: datetime
    actor: str
    action: str
    case_id: int | None
    conversation_id: str | None
    detail: Mapping[str, Any]
    salt: str | None
    digest: str
    hash: str


@dataclass(frozen=True)
class Head:
    """Where the chain begins and how far it goes: kept beside it, and copied elsewhere as an anchor."""

    genesis: str
    position: int
    hash: str


@dataclass(frozen=True)
class Anchor(Head):
    """A head as it was written down somewhere else at some time."""

    at: str = ""


@dataclass
class Verdict:
    """What a check has found. `problems`: the first ones, each with its position."""

    rows: int = 0
    erased: int = 0
    anchors: int = 0
    problems: list[str] = field(default_factory=list)

    def add(self, problem: str) -> None:
        """One more, until there are enough."""
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(problem)


def canonical(value: Any) -> bytes:
    """JSON of one form: keys in order, no spaces, UTF-8."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def digest_of(salt: str, conversation_id: str | None, detail: Mapping[str, Any]) -> str:
    """What stands in the chain for that which may have to be erased."""
    return hashlib.sha256(salt.encode() + canonical([conversation_id, detail])).hexdigest()


def hash_of(
    previous: str, position: int, at: datetime, actor: str, action: str, case_id: int | None, digest: str
) -> str:
    """The hash of a row: SHA-256 over the hash before it and the canonical form of the row."""
    moment = at.astimezone(timezone.utc).isoformat(timespec="microseconds")
    row = {
        "v": VERSION,
        "position": position,
        "at": moment,
        "actor": actor,
        "action": action,
        "case": case_id,
        "digest": digest,
    }
    return hashlib.sha256(previous.encode() + b"\n" + canonical(row)).hexdigest()


async def verify(links: AsyncIterator[Link], head: Head | None, anchors: Iterable[Anchor] = ()) -> Verdict:
    """Check a whole chain, its rows in the order of their positions.

    Args:
        head: as it is kept beside the chain; None where it is missing.
        anchors: heads written down elsewhere; each must still be a place of this chain.
    """
    verdict = Verdict()
    if head is None:
        verdict.add("position 0: the head of the chain is missing")
        return verdict
    wanted: dict[int, list[Anchor]] = {}
    for anchor in anchors:
        wanted.setdefault(anchor.position, []).append(anchor)
    _check_anchors(verdict, wanted.pop(0, []), head.genesis, head)
    previous, expected, promised = head.genesis, 1, 0
    async for link in links:
        if link.position != expected:
            verdict.add(f"position {expected}: {link.position - expected} rows are missing before {link.position}")
        _check(verdict, link, previous)
        _check_anchors(verdict, wanted.pop(link.position, []), link.hash, head)
        verdict.rows, verdict.erased = verdict.rows + 1, verdict.erased + (link.salt is None)
        promised += int(link.detail.get(UNLINKED, 0)) if link.action == ERASURE else 0
        previous, expected = link.hash, link.position + 1
    last = expected - 1
    if (last, previous) != (head.position, head.hash):
        verdict.add(f"position {last}: the chain ends here, but its head says {head.position}")
    for position in sorted(wanted):
        verdict.add(f"position {position}: an anchor was written here, and the chain does not reach it")
    if verdict.erased > promised:
        verdict.add(f"{verdict.erased} rows have no content any more, but erasures account for {promised} only")
    return verdict


def _check(verdict: Verdict, link: Link, previous: str) -> None:
    found = hash_of(previous, link.position, link.at, link.actor, link.action, link.case_id, link.digest)
    if found != link.hash:
        verdict.add(f"position {link.position}: the row ({link.action}) or the one before it is not what was written")
    if link.salt is None:
        if link.conversation_id is not None or link.detail:
            verdict.add(f"position {link.position}: the row was erased, but holds something")
    elif digest_of(link.salt, link.conversation_id, link.detail) != link.digest:
        verdict.add(f"position {link.position}: conversation or detail of the row ({link.action}) were changed")


def _check_anchors(verdict: Verdict, anchors: list[Anchor], found: str, head: Head) -> None:
    for anchor in anchors:
        verdict.anchors += 1
        if anchor.genesis != head.genesis or anchor.hash != found:
            verdict.add(f"position {anchor.position}: the anchor of {anchor.at or 'unknown time'} is not of this chain")

"""Releases of what is served (model and contents): which parts they have, and when two people must have agreed. Pure; usecases/manage_releases.py keeps them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Any

RANKING, ESCALATION = "ranking", "escalation"
SIGNED_PARTS = (RANKING, ESCALATION)  # whose change needs a second signature
SIGNING_ROLE = "worker_representative"
PARTS: Sequence[tuple[str, str]] = (  # the first pattern that fits says where a file belongs
    ("packs/*/policy/ranking.yml", RANKING),
    ("packs/*/policy/matching.yml", RANKING),
    ("packs/*/policy/escalation*", ESCALATION),
    ("packs/*/policy/*", "figures"),
    ("packs/*/knowledge/*", "knowledge"),
    ("data/responses/*", "responses"),
    ("data/taxonomy/*", "taxonomy"),
    ("models/*", "model"),
    ("data/*", "training"),
    ("config.yml", "training"),
    ("domain.yml", "training"),
    ("packs/*", "pack"),
)


@dataclass(frozen=True)
class Release:
    """One state of model and contents that was served or may be.

    Attributes:
        number: counted from 1; 0 while it is not kept yet.
        files: path in the release -> SHA-256 of the file, in hex.
        code: SHA-256 over the program that it was made with, in hex; the program itself is not part of a release.
        knowledge: the version that answers carry (Pack.version), so that an answer can be traced to its release.
        made_by: "account:3" or "command line".
    """

    number: int
    files: Mapping[str, str]
    code: str
    knowledge: str
    made_at: datetime
    made_by: str
    note: str = ""

    @property
    def digest(self) -> str:
        """SHA-256 over the names and contents of all files, in hex: the same release has the same digest everywhere."""
        return _digest(self.files.items())

    @property
    def parts(self) -> Mapping[str, str]:
        """Part -> SHA-256 over the files that belong to it, in hex."""
        return digests_of_parts(self.files)


@dataclass(frozen=True)
class Signature:
    """A worker representative has read what changes in a release and agrees."""

    release: int
    account_id: int
    name: str
    signed_at: datetime


@dataclass(frozen=True)
class Activation:
    """From when on a release was served, who made it so, and why."""

    release: int
    at: datetime
    actor: str
    reason: str


@dataclass(frozen=True)
class Standing:
    """A release beside what is known of it.

    Attributes:
        active: it is the one that is served.
        changed: the parts in which it differs from the one that is served.
        waits: those of them that need a signature which is not there.
    """

    release: Release
    active: bool
    changed: tuple[str, ...]
    waits: tuple[str, ...]
    signatures: tuple[Signature, ...] = ()
    activations: tuple[Activation, ...] = field(default=())

    def to_dict(self) -> dict[str, Any]:
        """JSON form for the console; the list of files is left out."""
        made = self.release
        return {
            "number": made.number,
            "digest": made.digest,
            "made_at": made.made_at.isoformat(),
            "made_by": made.made_by,
            "note": made.note,
            "code": made.code,
            "active": self.active,
            "changed": list(self.changed),
            "waits": list(self.waits),
            "signatures": [{**vars(one), "signed_at": one.signed_at.isoformat()} for one in self.signatures],
            "activations": [{**vars(one), "at": one.at.isoformat()} for one in self.activations],
        }


def part_of(path: str) -> str:
    """The part a file of a release belongs to. Raises ValueError: nobody has said so, and it must not go unsigned by that."""
    for pattern, part in PARTS:
        if fnmatchcase(path, pattern):
            return part
    raise ValueError(f"{path}: jobseeker/releases.py does not say which part it belongs to")


def digests_of_parts(files: Mapping[str, str]) -> Mapping[str, str]:
    """Part -> SHA-256 over the names and contents of the files that belong to it, in hex."""
    found: dict[str, list[tuple[str, str]]] = {}
    for path, content in files.items():
        found.setdefault(part_of(path), []).append((path, content))
    return {part: _digest(items) for part, items in sorted(found.items())}


def changed_parts(before: Release | None, after: Release) -> tuple[str, ...]:
    """Parts that differ, one only has, or all of them where nothing was before; sorted."""
    mine, theirs = after.parts, before.parts if before else {}
    return tuple(sorted(part for part in {*mine, *theirs} if mine.get(part) != theirs.get(part)))


def parts_that_wait(release: Release, active: Release | None, agreed: Iterable[Release]) -> tuple[str, ...]:
    """The changed parts that lack a second signature.

    Args:
        active: what is served; where nothing is, nothing waits: somebody has to begin.
        agreed: releases that a worker representative signed or that were served before: what they hold of a part is agreed to, so that
            going back waits for nobody, and neither does an answer that is changed after a policy was signed.
    """
    if active is None:
        return ()
    known = {(part, digest) for one in (*agreed, active) for part, digest in one.parts.items()}
    changed = set(changed_parts(active, release))
    return tuple(part for part in SIGNED_PARTS if part in changed and (part, release.parts.get(part)) not in known)


def did_not_come_up(number: int) -> str:
    """The reason with which the release before is activated again."""
    return f"release {number} did not come up"


def served_before(activations: Sequence[Activation]) -> int | None:
    """The release that was served before the present one and did come up; None where there was none.

    Args:
        activations: all of them, the oldest first.
    """
    after = [*activations[1:], None][: len(activations)]
    up = [
        one.release
        for one, following in zip(activations, after, strict=True)
        if following is None or following.reason != did_not_come_up(one.release)
    ]
    return next((number for number in reversed(up) if number != up[-1]), None)


def _digest(items: Iterable[tuple[str, str]]) -> str:
    found = hashlib.sha256()
    for path, content in sorted(items):
        found.update(f"{path}\0{content}\n".encode())
    return found.hexdigest()

"""Releases are kept, signed and activated. Files and processes are app/releases; who must agree is jobseeker/releases.py. Audited."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from jobseeker.clock import Clock
from jobseeker.errors import MalformedRequest, NoSuchRelease, NotAllowed, SignatureMissing
from jobseeker.records import Account
from jobseeker.releases import (
    SIGNED_PARTS,
    SIGNING_ROLE,
    Activation,
    Release,
    Standing,
    changed_parts,
    parts_that_wait,
    served_before,
)
from jobseeker.storage import Store, UnitOfWork

MAY_SEE = ("supervisor", SIGNING_ROLE, "auditor")
SHOWN = 50
REASON_CHARACTERS = 500


class ManageReleases:
    """Keeps what is served, was, or may be."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store, self.clock = store, clock

    async def all(self, account: Account | None = None) -> Sequence[Standing]:
        """The newest 50 releases and the one that is served, the newest first.

        Args:
            account: who looks; None on the command line of the machine.

        Raises:
            NotAllowed: supervisors, worker representatives and auditors see them.
        """
        if account is not None and account.role not in MAY_SEE:
            raise NotAllowed
        async with self.store.read() as work:
            return await _standings(work)

    async def current(self) -> Release | None:
        """What is served by releases now; None where there is none yet."""
        async with self.store.read() as work:
            return await _active(work)

    async def take(self, release: Release) -> Release:
        """Keep a release; the one that is kept already where it has the same files. With its number."""
        async with self.store.write() as work:
            if known := await work.releases.of_digest(release.digest):
                return known
            kept = await work.releases.add(replace(release, made_at=self.clock.now()))
            detail = {"release": kept.number, "digest": kept.digest, "parts": dict(kept.parts), "note": kept.note}
            await work.ledger.record(at=kept.made_at, actor=kept.made_by, action="release.made", detail=detail)
            return kept

    async def sign(self, account: Account, number: int, digest: str) -> Sequence[Standing]:
        """A worker representative agrees to what a release changes; how all of them stand then.

        Args:
            digest: of the release that was shown, so that nobody signs what was not read.

        Raises:
            NotAllowed: another role, or who made the release.
            NoSuchRelease: no release has this number and digest.
        """
        if account.role != SIGNING_ROLE:
            raise NotAllowed
        now = self.clock.now()
        async with self.store.write() as work:
            release = await work.releases.get(number)
            if release is None or release.digest != digest:
                raise NoSuchRelease(f"no release {number} with this digest; load the page again")
            if release.made_by == f"account:{account.id}":
                raise NotAllowed
            if await work.releases.sign(number, account.id, now):
                active = await _active(work)
                signed = [part for part in changed_parts(active, release) if part in SIGNED_PARTS]
                detail = {"release": number, "digest": digest, "parts": signed, "instead_of": active and active.number}
                await work.ledger.record(at=now, actor=f"account:{account.id}", action="release.signed", detail=detail)
            return await _standings(work)

    async def activate(self, number: int, *, actor: str, reason: str) -> Release:
        """From now on this release is the one to serve.

        Raises:
            NoSuchRelease: no release has this number.
            SignatureMissing: it changes ranking or escalation and nobody has signed it.
            MalformedRequest: no reason, or one of more than 500 characters.
        """
        if not 1 <= len(reason.strip()) <= REASON_CHARACTERS:
            raise MalformedRequest(f"reason: 1-{REASON_CHARACTERS} characters")
        now = self.clock.now()
        async with self.store.write() as work:
            release = await work.releases.get(number)
            if release is None:
                raise NoSuchRelease(f"no release {number}; jobseeker release list shows them")
            before = await _active(work)
            signatures = [one for one in await work.releases.signatures() if one.release == number]
            if waits := parts_that_wait(release, before, await _agreed(work)):
                raise SignatureMissing(
                    f"release {number} changes {' and '.join(waits)}: a worker representative signs it in the console, page Releases"
                )
            if before is not None and before.number == number:
                return release
            await work.releases.activate(Activation(number, now, actor, reason.strip()))
            detail = {
                "release": number,
                "digest": release.digest,
                "instead_of": before and before.number,
                "changed": list(changed_parts(before, release)),
                "signed_by": [one.account_id for one in signatures],
                "reason": reason.strip(),
            }
            await work.ledger.record(at=now, actor=actor, action="release.activated", detail=detail)
        return release

    async def history(self) -> Sequence[Activation]:
        """What was served when, the oldest first."""
        async with self.store.read() as work:
            return await work.releases.activations()

    async def before_this(self) -> Release:
        """The release that was served before the present one. Raises NoSuchRelease: there was none."""
        async with self.store.read() as work:
            number = served_before(await work.releases.activations())
            found = await work.releases.get(number) if number is not None else None
        if found is None:
            raise NoSuchRelease("nothing else was served before")
        return found


async def _active(work: UnitOfWork) -> Release | None:
    served = await work.releases.activations()
    return await work.releases.get(served[-1].release) if served else None


async def _agreed(work: UnitOfWork) -> Sequence[Release]:
    """What was signed or served."""
    numbers = {one.release for one in await work.releases.signatures()}
    numbers |= {one.release for one in await work.releases.activations()}
    return await work.releases.of_numbers(numbers)


async def _standings(work: UnitOfWork) -> Sequence[Standing]:
    active, newest = await _active(work), list(await work.releases.newest(SHOWN))
    if active is not None and active.number not in [one.number for one in newest]:
        newest.append(active)
    signatures, activations = await work.releases.signatures(), await work.releases.activations()
    agreed = await _agreed(work)
    found = []
    for release in newest:
        signed = tuple(one for one in signatures if one.release == release.number)
        served = tuple(one for one in activations if one.release == release.number)
        found.append(
            Standing(
                release,
                active is not None and release.number == active.number,
                changed_parts(active, release),
                parts_that_wait(release, active, agreed),
                signed,
                served,
            )
        )
    return found

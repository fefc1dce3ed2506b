"""What a gateway asks at its start: nobody serves a ranking or escalation policy that differs from the release in use. Files only read."""

from __future__ import annotations

from pathlib import Path

from app.releases.files import policy_files
from jobseeker.errors import SignatureMissing
from jobseeker.releases import SIGNED_PARTS, Release, digests_of_parts
from jobseeker.usecases.manage_releases import ManageReleases


async def refuse_unsigned(releases: ManageReleases, content: Path) -> None:
    """Compare the contents with the release in use; nothing to compare where there is none yet.

    Raises:
        SignatureMissing: they differ in what must be signed: the detail says in what and what to do.
    """
    active = await releases.current()
    if active is not None and (parts := unsigned_parts(active, content)):
        raise SignatureMissing(
            f"{content} holds another {' and '.join(parts)} policy than release {active.number}, which is in use. Start with `make up`, "
            "or: jobseeker release take, let a worker representative sign it in the console, jobseeker release activate"
        )


def unsigned_parts(active: Release, content: Path) -> tuple[str, ...]:
    """The parts that must be signed and in which the contents differ from a release."""
    here = digests_of_parts(policy_files(content))
    return tuple(part for part in SIGNED_PARTS if here.get(part) != active.parts.get(part))

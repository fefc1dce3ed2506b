"""Releases: kept once, activated, gone back to; ranking and escalation only with the signature of a worker representative. Audited."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import pytest

from jobseeker.errors import MalformedRequest, NoSuchRelease, NotAllowed, SignatureMissing
from jobseeker.releases import (
    PARTS,
    SIGNED_PARTS,
    Activation,
    Release,
    changed_parts,
    did_not_come_up,
    part_of,
    served_before,
)
from tests.doubles.kit import NOW, Kit

pytestmark = pytest.mark.slow  # with `make test`

FILES = {
    "packs/tw/policy/ranking.yml": "r1",
    "packs/tw/policy/matching.yml": "m1",
    "packs/tw/policy/escalation.yml": "e1",
    "packs/tw/policy/escalation_crisis_score.json": "e2",
    "packs/tw/policy/benefits.yml": "b1",
    "packs/tw/knowledge/ui_amount.yml": "k1",
    "data/responses/dialogue.yml": "d1",
    "data/nlu/acts.yml": "n1",
    "models/jobseeker-1.tar.gz": "x1",
}
GATED = [name for name in FILES if part_of(name) in SIGNED_PARTS]
FREE = [name for name in FILES if part_of(name) not in SIGNED_PARTS]


def release(changed: Mapping[str, str] | None = None, *, by: str = "command line", without: str = "") -> Release:
    """One with these files."""
    files = {name: content for name, content in {**FILES, **(changed or {})}.items() if name != without}
    return Release(0, files, "c" * 64, "k", NOW, by, "a test")


async def served(kit: Kit, changed: Mapping[str, str] | None = None) -> Release:
    """Taken and activated."""
    kept = await kit.services.releases.take(release(changed))
    return await kit.services.releases.activate(kept.number, actor="command line", reason="a test")


async def test_the_first_one_waits_for_nobody_and_is_kept_once(kit: Kit) -> None:
    manage = kit.services.releases
    assert await manage.current() is None
    first = await served(kit)
    assert (first.number, (await manage.take(release())).number) == (1, 1)
    assert await manage.current() == first
    assert [one.active for one in await manage.all()] == [True]
    actions = [
        action for (action,) in await kit.rows("SELECT action FROM audit WHERE action LIKE 'release.%' ORDER BY id")
    ]
    assert actions == ["release.made", "release.activated"]


@pytest.mark.parametrize("name", FREE)
async def test_contents_without_a_signature(kit: Kit, name: str) -> None:
    await served(kit)
    second = await served(kit, {name: "new"})
    assert await kit.services.releases.current() == second
    assert len(FREE) > 3


@pytest.mark.parametrize("name", GATED)
async def test_ranking_and_escalation_wait_for_a_worker_representative(kit: Kit, name: str) -> None:
    manage, first = kit.services.releases, await served(kit)
    kept = await manage.take(release({name: "new"}))
    with pytest.raises(SignatureMissing) as missing:
        await manage.activate(kept.number, actor="command line", reason="a test")
    assert part_of(name) in missing.value.detail
    assert await manage.current() == first, "nothing changed"
    (waiting, _) = await manage.all()
    assert waiting.waits == (part_of(name),)

    for role in ("counsellor", "supervisor", "editor", "auditor"):
        with pytest.raises(NotAllowed):
            await manage.sign(await kit.account(role, role), kept.number, kept.digest)
    represents = await kit.account("worker", "worker_representative")
    (signed, _) = await manage.sign(represents, kept.number, kept.digest)
    assert (signed.waits, [one.account_id for one in signed.signatures]) == ((), [represents.id])
    await manage.sign(represents, kept.number, kept.digest)  # twice is once
    await manage.activate(kept.number, actor="command line", reason="a test")
    assert await manage.current() == kept
    found = await kit.rows("SELECT actor, action FROM audit WHERE action LIKE 'release.%' ORDER BY id")
    assert [tuple(row) for row in found][3:] == [
        (f"account:{represents.id}", "release.signed"),
        ("command line", "release.activated"),
    ]


async def test_taking_a_policy_away_or_adding_one_waits_too(kit: Kit) -> None:
    await served(kit)
    for other in (
        release(without="packs/tw/policy/escalation.yml"),
        release({"packs/tw/policy/escalation_more.json": "x"}),
    ):
        kept = await kit.services.releases.take(other)
        with pytest.raises(SignatureMissing):
            await kit.services.releases.activate(kept.number, actor="command line", reason="a test")


async def test_a_signature_holds_for_what_was_read_only(kit: Kit) -> None:
    manage = kit.services.releases
    await served(kit)
    kept = await manage.take(release({"packs/tw/policy/ranking.yml": "new"}))
    other = await manage.take(release({"packs/tw/policy/ranking.yml": "newer"}))
    represents = await kit.account("worker", "worker_representative")
    with pytest.raises(NoSuchRelease):
        await manage.sign(represents, other.number, kept.digest)
    with pytest.raises(NoSuchRelease):
        await manage.sign(represents, 99, kept.digest)
    await manage.sign(represents, kept.number, kept.digest)
    with pytest.raises(SignatureMissing):
        await manage.activate(other.number, actor="command line", reason="a test")
    answer = {"packs/tw/policy/ranking.yml": "new", "packs/tw/knowledge/ui_amount.yml": "new"}
    with_answer = await manage.take(release(answer))
    await manage.activate(with_answer.number, actor="command line", reason="the signed policy with another answer")
    both = await manage.take(release({**answer, "packs/tw/policy/escalation.yml": "new"}))
    with pytest.raises(SignatureMissing) as missing:
        await manage.activate(both.number, actor="command line", reason="a test")
    assert "changes escalation:" in missing.value.detail, "the ranking is agreed to"


async def test_nobody_signs_what_they_made(kit: Kit) -> None:
    await served(kit)
    represents = await kit.account("worker", "worker_representative")
    kept = await kit.services.releases.take(
        release({"packs/tw/policy/ranking.yml": "new"}, by=f"account:{represents.id}")
    )
    with pytest.raises(NotAllowed):
        await kit.services.releases.sign(represents, kept.number, kept.digest)


async def test_going_back_waits_for_nobody(kit: Kit) -> None:
    manage, first = kit.services.releases, await served(kit)
    with pytest.raises(NoSuchRelease):
        await manage.before_this()
    kept = await manage.take(release({"packs/tw/policy/ranking.yml": "new"}))
    represents = await kit.account("worker", "worker_representative")
    await manage.sign(represents, kept.number, kept.digest)
    await manage.activate(kept.number, actor="command line", reason="a test")
    assert await manage.before_this() == first
    await manage.activate(first.number, actor="command line", reason="it ranks wrongly")
    assert await manage.current() == first
    assert await manage.before_this() == kept, "and forward again"


async def test_bad_calls_change_nothing(kit: Kit) -> None:
    manage, first = kit.services.releases, await served(kit)
    with pytest.raises(NoSuchRelease):
        await manage.activate(7, actor="command line", reason="a test")
    for reason in ("", "   ", "x" * 501):
        with pytest.raises(MalformedRequest):
            await manage.activate(first.number, actor="command line", reason=reason)
    for role in ("counsellor", "editor"):
        with pytest.raises(NotAllowed):
            await manage.all(await kit.account(role, role))
    assert len(await kit.rows("SELECT id FROM release_activation")) == 1


async def test_two_at_once_are_two_rows_and_one_is_served(kit: Kit) -> None:
    manage = kit.services.releases
    numbers = [(await manage.take(release({"data/responses/dialogue.yml": str(n)}))).number for n in range(4)]
    await asyncio.gather(*(manage.activate(number, actor="command line", reason="a test") for number in numbers))
    assert sum(one.active for one in await manage.all()) == 1


def test_going_back_skips_what_did_not_come_up() -> None:
    def history(*rows: tuple[int, str]) -> list[Activation]:
        return [Activation(number, NOW, "command line", reason) for number, reason in rows]

    assert served_before([]) is None
    assert served_before(history((1, "x"))) is None
    assert served_before(history((1, "x"), (2, "x"))) == 1
    failed = [(1, "x"), (2, "x"), (3, "x"), (2, did_not_come_up(3))]
    assert served_before(history(*failed)) == 1
    assert served_before(history(*failed, (1, "back"))) == 2
    assert served_before(history((1, "x"), (2, "x"), (1, did_not_come_up(2)))) is None


def test_every_file_has_a_part_and_an_unknown_one_is_refused() -> None:
    assert {part_of(name) for name in FILES} <= {part for _, part in PARTS}
    assert set(SIGNED_PARTS) == {part_of(name) for name in GATED}
    with pytest.raises(ValueError, match=r"elsewhere\.bin"):
        part_of("elsewhere.bin")


def test_the_digest_is_of_names_and_contents() -> None:
    one, other = release(), release({"data/nlu/acts.yml": "n2"})
    assert one.digest == release().digest != other.digest
    assert changed_parts(one, other) == ("training",)
    assert changed_parts(None, one) == tuple(sorted(one.parts))
    swapped = {"packs/tw/policy/ranking.yml": "m1", "packs/tw/policy/matching.yml": "r1"}
    assert changed_parts(one, release(swapped)) == ("ranking",)

"""Strings that a platform hands on and anybody may have made: PostgreSQL takes no U+0000 and nothing longer than its column."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from connectors.base import Connector
from connectors.registry import discover
from jobseeker.channels import GroupCall
from tests.doubles.channel_bench import connector_for
from tests.doubles.kit import Kit, open_kit
from tests.doubles.platforms.standin import StandIn, stand_in
from tests.integration.conftest import Postgres

pytestmark = pytest.mark.postgres
NUL = "\0"
PLATFORMS = sorted(channel for channel, made in discover().items() if made.settings is not None)


@pytest.fixture
async def kit(postgres: Postgres) -> AsyncIterator[Kit]:
    """Services on a fresh database."""
    async with open_kit(await postgres.migrated()) as opened:
        yield opened


def spoilt(value: Any, spoil: str) -> Iterator[Any]:
    """The same JSON once for each string in it, with `spoil` behind that string."""
    if isinstance(value, str):
        yield value + spoil
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, member in members:
        for changed in spoilt(member, spoil):
            copy: Any = value.copy()
            copy[key] = changed
            yield copy


def bodies(platform: StandIn, person: str) -> list[Any]:
    """What people send, as JSON."""
    files = platform.attachments(person)
    given = [platform.text(person, "/language en"), platform.press(person, "x"), files["file"], files["location"]]
    return [json.loads(body) for body in given]


async def keep_all(kit: Kit, connector: Connector, body: Any) -> int:
    """Every event of a request is kept; how many."""
    events = connector.parse(json.dumps(body).encode()).events
    for event in events:
        assert not isinstance(event, GroupCall)
        await kit.services.receive_event(event)
    return len(events)


def test_each_string_is_spoilt_once() -> None:
    assert list(spoilt({"a": "x", "b": [1, {"c": "y"}]}, "!")) == [
        {"a": "x!", "b": [1, {"c": "y"}]},
        {"a": "x", "b": [1, {"c": "y!"}]},
    ]


@pytest.mark.parametrize("channel", PLATFORMS)
async def test_no_string_with_nul_makes_the_platform_try_for_ever(kit: Kit, channel: str) -> None:
    """A request that cannot be kept is answered 500, and the platform brings it again, before all others."""
    platform = stand_in(channel)
    connector = connector_for(discover()[channel], platform.environment())
    person, changed, kept = platform.person(), 0, 0
    for number, body in enumerate(bodies(platform, person)):
        for place in range(len(list(spoilt(body, NUL)))):
            fresh = bodies(platform, person)[number]  # with ids that have not been there
            changed += 1
            kept += await keep_all(kit, connector, list(spoilt(fresh, NUL))[place])
    await connector.close()
    assert changed > 15
    assert kept > 8
    assert len(await kit.rows("SELECT id FROM inbox")) > 4


@pytest.mark.parametrize("channel", PLATFORMS)
async def test_nothing_that_people_write_is_too_long_to_be_kept(kit: Kit, channel: str) -> None:
    platform = stand_in(channel)
    connector = connector_for(discover()[channel], platform.environment())
    person, long = platform.person(), "x" * 600
    file = platform.attachments(person)["file"].decode().replace("履歷.pdf", f"{long}.pdf")
    given = [platform.text(person, f"/language {long}"), platform.press(person, long), file.encode()]
    assert [await keep_all(kit, connector, json.loads(body)) for body in given] == [1, 1, 1]
    await connector.close()
    rows = await kit.rows("SELECT text, command FROM inbox ORDER BY seq")
    assert rows[0] == (f"/language {long}", "")  # no command: words like any other
    assert [command for _, command in rows[1:]] == ["/attachment old_button", "/attachment file"]

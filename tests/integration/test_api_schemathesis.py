"""Schemathesis makes up requests from gateway/openapi.yaml, good and bad ones, for a real gateway process: no 500, no surprise."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.core.parameters import ParameterLocation
from schemathesis.specs.openapi.checks import (
    ignored_auth,
    missing_required_header,
    negative_data_rejection,
    positive_data_acceptance,
)

from tests.doubles.processes import DialogueServer, Gateway, Person

pytestmark = pytest.mark.processes
SCHEMA = schemathesis.openapi.from_path("gateway/openapi.yaml")
FOLLOW = "followConversation"  # a good answer to it does not end
NOT_FOR_US = [
    ignored_auth,  # no token is answered like a wrong one, and like a conversation that does not exist: 404
    missing_required_header,
    negative_data_rejection,  # it does not know 413 and would count the id that we put in: `check` looks at the body
    positive_data_acceptance,  # a text of invisible characters fits the schema and is refused with 422
]
FUZZ = settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """A gateway with its dialogue engine."""
    folder: Path = tmp_path_factory.mktemp("fuzz")
    dialogue = DialogueServer(folder).up()
    running = Gateway(folder, dialogue.url, message_burst=1_000_000, conversation_burst=1_000_000).up()
    yield running
    running.kill()
    dialogue.kill()
    log = running.log.read_text("utf-8")
    assert '"level":"info"' in log
    assert '"level":"error"' not in log, log[-3000:]


@pytest.fixture(scope="module")
def person(gateway: Gateway) -> Person:
    """Somebody with a conversation."""
    return gateway.begin()


def only_blanks_too_long(body: Any) -> bool:
    """A text whose blanks at the ends make it too long for the schema is taken: they do not count."""
    text = body.get("text") if isinstance(body, dict) else None
    return isinstance(text, str) and len(text) > 4_000 >= len(text.strip())


def check(case: schemathesis.Case[Any], gateway: Gateway, headers: dict[str, str]) -> None:
    """Send it and hold the answer against the document."""
    answer = case.call_and_validate(base_url=gateway.url, timeout=30, headers=headers, excluded_checks=NOT_FOR_US)
    body = case.meta.components.get(ParameterLocation.BODY) if case.meta else None
    if body is not None and body.mode.is_negative and not only_blanks_too_long(case.body):
        assert answer.status_code >= 400


@SCHEMA.parametrize()
@FUZZ
def test_from_nobody_in_particular(case: schemathesis.Case[Any], gateway: Gateway) -> None:
    check(case, gateway, {})


@SCHEMA.exclude(operation_id=[FOLLOW]).parametrize()
@FUZZ
def test_from_a_person_with_a_conversation(case: schemathesis.Case[Any], gateway: Gateway, person: Person) -> None:
    if case.path_parameters:
        case.path_parameters = {**case.path_parameters, "id": person.id}
    if case.query:
        case.query = {
            name: min(value, 5) if isinstance(value, int) and value <= 60 else value
            for name, value in case.query.items()
        }
    headers = {**dict(case.headers or {}), "Authorization": f"Bearer {person.token}"}
    check(case, gateway, headers)

"""gateway/openapi.yaml is a valid OpenAPI 3.1 document, and it and the routes describe the same addresses. No socket is opened."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from aiohttp import web
from openapi_spec_validator import OpenAPIV31SpecValidator

from app.settings import Settings
from app.wiring import Services, build_services
from gateway.application import build_application
from gateway.middleware.errors import STATUS, error_response, status_of
from gateway.rasa_client import RasaClient
from gateway.replies import reply_json
from jobseeker import errors
from jobseeker.errors import JobseekerError, MalformedRequest
from jobseeker.messages import Say
from jobseeker.outgoing import Composer
from jobseeker.records import Conversation, NewOutbound
from tests.doubles.kit import NOW, real_content

OURS = ("/api/", "/livez", "/healthz", "/readyz")


@pytest.fixture(scope="session")
def document(root: Path) -> dict[str, Any]:
    """The document."""
    loaded: dict[str, Any] = yaml.safe_load((root / "gateway" / "openapi.yaml").read_text("utf-8"))
    return loaded


@pytest.fixture
async def services(tmp_path: Path) -> AsyncIterator[Services]:
    """Services without a connection."""
    built = build_services(Settings(var_dir=tmp_path), content=real_content())
    yield built
    await built.close()


def schema(document: dict[str, Any], name: str) -> jsonschema.Draft202012Validator:
    """A validator for one of the document's schemas."""
    return jsonschema.Draft202012Validator(
        {"$ref": f"#/components/schemas/{name}", "components": document["components"]}
    )


def test_the_document_is_valid(document: dict[str, Any]) -> None:
    OpenAPIV31SpecValidator(document).validate()


async def test_routes_and_document_agree_both_ways(document: dict[str, Any], services: Services) -> None:
    app: web.Application = build_application(services, RasaClient("http://127.0.0.1:9", "t", timeout_seconds=1))
    routed = {
        (route.resource.canonical, route.method.lower())
        for route in app.router.routes()
        if route.resource is not None and route.resource.canonical.startswith(OURS) and route.method != "HEAD"
    }
    described = {
        (path, method)
        for path, item in document["paths"].items()
        for method in item
        if method in ("get", "post", "put", "delete")
    }
    assert len(described) == 9
    assert routed == described


@pytest.mark.slow
@pytest.mark.parametrize("variety", ["zh-Hant", "zh-Hans", "en"])
def test_every_topic_and_response_renders_to_the_documented_reply(
    document: dict[str, Any], answers: Any, variety: str
) -> None:
    validator = schema(document, "Reply")
    composer = Composer(answers, ["web"])
    conversation = Conversation("c", "web", "c", None, variety, False, "bot", 0, None, "", "", 0, 1, NOW, NOW)
    says = [Say("faq", topic, {"form": form}) for topic in answers.pack.topics for form in ("short", "full")]
    says += [
        Say("utterance", key) for key in answers.pack.responses if not key.startswith(("button_", "faq_", "office"))
    ]
    rendered = 0
    for number, say in enumerate(says, start=1):
        row: NewOutbound = composer.row(conversation, say, key="k", seq=number, now=NOW)
        assert row.last_error == "", say
        validator.validate(reply_json(row))
        rendered += 1
    assert rendered > 50


def test_every_error_has_its_status_and_the_documented_form(document: dict[str, Any]) -> None:
    validator = schema(document, "Error")
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, JobseekerError)]
    caller = [kind for kind in kinds if issubclass(kind, (errors.InputError, errors.AccessError, errors.HandoffError))]
    assert len(caller) > 12
    for kind in caller:
        problem = kind()
        away = kind is errors.ProviderUnavailable  # not the caller's fault, nor ours
        assert status_of(problem) == 502 if away else 400 <= status_of(problem) < 500, kind
        response = error_response(problem)
        assert isinstance(response.body, bytes)
        validator.validate(yaml.safe_load(response.body))
        assert problem.en not in ("", JobseekerError.en) or kind in (
            errors.InputError,
            errors.AccessError,
            errors.HandoffError,
            errors.UploadError,
        )
    assert status_of(JobseekerError()) == 500
    assert set(STATUS) <= set(kinds)


def test_the_place_of_a_mistake_is_told_to_the_developer() -> None:
    response = error_response(MalformedRequest("text: missing"))
    assert isinstance(response.body, bytes)
    assert yaml.safe_load(response.body)["error"]["detail"] == "text: missing"

"""Secrets come by the environment alone: every setting that holds one hides it, and no file of the repository has a value that looks like one."""

from __future__ import annotations

import importlib
import math
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr
from pydantic_settings import BaseSettings

from app.settings import Settings
from connectors.base import ConnectorSettings
from tests.architecture.test_docs import tracked

HOLDS_A_SECRET = re.compile(r"secret|token|password|keys?$|_inbox$|smtp_url|database_url|tracker_url")
KNOWN_FORMS = {
    "private key": r"-----BEGIN [A-Z ]*PRIVATE KEY-----",
    "access key of a cloud": r"\bAKIA[0-9A-Z]{16}\b|\bAIza[0-9A-Za-z_-]{35}\b",
    "token of a code host": r"\bgh[pousr]_[A-Za-z0-9]{36}\b|\bgithub_pat_\w{60,}|\bglpat-[\w-]{20}\b",
    "token of a chat": r"\bxox[abprs]-[A-Za-z0-9-]{10,}|(?<!\d)\d{8,10}:[A-Za-z0-9_-]{34,}",
    "signed token": r"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.",
    "key of a paid interface": r"\b[sr]k_live_[0-9A-Za-z]{20,}|\bsk-[A-Za-z0-9]{32,}",
}
IN_AN_ADDRESS = re.compile(r"\b[a-z][a-z0-9+.-]*://([^\s/:@\"'`<>{}\[\]]+):([^\s/@\"'`<>{}\[\]]{3,})@")
ASSIGNED = re.compile(
    r"(?i)\b[\w-]*(?:password|passwd|secret|token|api_?key|private_?key|encryption_?keys?)[\w-]*[\"']?\s*[:=]\s*[\"']?([A-Za-z0-9+/_=-]{16,})[\"']?"
)
HINTS = (
    "passw",
    "secret",
    "token",
    "apikey",
    "api_key",
    "private",
    "encryption",
    "://",
    "akia",
    "aiza",
    "gh",
    "github_pat",
    "glpat",
    "xox",
    "eyj",
    "k_live",
    "sk-",
)
BEFORE_A_COLON = re.compile(r"\d{8}:")
EXAMPLES = {"user", "password", "pass", "secret", "p%40ss"}  # words that stand for a secret in docs and tests
SAMPLE_SEED = "JBSWY3DPEHPK3PXP"  # of every text about one-time codes
RANDOM_BITS = 3.2  # per character, from where a value looks random; words stay below
LOCKS = {".txt": "requirements", ".json": "web"}  # hashes of packages, which are no secrets


def settings_classes() -> list[type[BaseSettings]]:
    """Those of the service and of every channel."""
    for path in sorted(Path(importlib.import_module("connectors").__path__[0]).glob("*.py")):
        importlib.import_module(f"connectors.{path.stem}")
    return [Settings, ConnectorSettings, *ConnectorSettings.__subclasses__()]


def in_clear(settings: type[BaseSettings]) -> list[str]:
    """Fields whose name says that they hold a secret and that would be shown where the settings are."""
    return [
        name
        for name, field in settings.model_fields.items()
        if HOLDS_A_SECRET.search(name) and field.annotation is not SecretStr
    ]


def randomness(text: str) -> float:
    """Shannon entropy in bits per character."""
    counts = Counter(text).values()
    return -sum(count / len(text) * math.log2(count / len(text)) for count in counts)


def worth_a_look(line: str) -> bool:
    """A line without one of these words needs no second look, which is most of them: plain search is ten times as fast as the expressions."""
    lower = line.lower()
    return any(hint in lower for hint in HINTS) or BEFORE_A_COLON.search(line) is not None


def looks_secret(line: str) -> Iterator[str]:
    """What in a line looks like a secret."""
    for name, form in KNOWN_FORMS.items():
        if re.search(form, line):
            yield name
    for user, password in IN_AN_ADDRESS.findall(line):
        if not {user, password} & EXAMPLES:
            yield "password in an address"
    for value in ASSIGNED.findall(line.replace(SAMPLE_SEED, "")):
        if re.search(r"\d", value) and randomness(value) >= RANDOM_BITS:
            yield "value that looks random"


def secrets_in(root: Path, files: list[Path]) -> list[str]:
    """path:line: what, of all these files."""
    return [
        f"{path.relative_to(root)}:{number}: {what}"
        for path in files
        for number, line in enumerate(path.read_text("utf-8", "replace").splitlines(), 1)
        if worth_a_look(line)
        for what in looks_secret(line)
    ]


def test_every_setting_that_holds_a_secret_hides_it() -> None:
    classes = settings_classes()
    assert len(classes) >= 4, "the channels have settings of their own"
    looked_at = [name for one in classes for name in one.model_fields if HOLDS_A_SECRET.search(name)]
    assert len(looked_at) > 12
    assert {one.__name__: in_clear(one) for one in classes if in_clear(one)} == {}


def test_a_secret_in_clear_would_be_found_and_a_hidden_one_is_not_shown() -> None:
    class Forgetful(BaseSettings):
        bot_token: str = ""
        hidden_token: SecretStr = SecretStr("")

    assert in_clear(Forgetful) == ["bot_token"]
    shown = repr(Settings(database_url="postgresql+asyncpg://user:hunter2@host/name", internal_token="hunter2"))
    assert "hunter2" not in shown
    assert "internal_token" in shown


def test_no_file_holds_a_secret(root: Path) -> None:
    files = [
        path
        for path in tracked(root)
        if path.suffix != ".png" and LOCKS.get(path.suffix) != path.relative_to(root).parts[0]
    ]
    assert len(files) > 400
    assert [
        path.name for path in files if path.name.startswith(".env") or path.suffix in {".pem", ".key", ".p12"}
    ] == []
    assert secrets_in(root, files) == []


# written in parts, so that this file holds none of what it forbids
@pytest.mark.parametrize(
    "line",
    [
        "-----BEGIN RSA " + "PRIVATE KEY-----",
        "aws = 'AKIA" + "IOSFODNN7EXAMPLE'",
        "curl -H 'Authorization: token ghp_" + "a1B2" * 9 + "'",
        "https://api.telegram.org/bot123456789" + ":AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw1/getMe",
        "JOBSEEKER_LINE_CHANNEL_SECRET" + "=8f3a1c9e7b2d4f60a5c8e1b39d7f2a64",
        '"api_key"' + ': "q8Zr4TnW2xLk9VbY6mHs"',
        "DATABASE=postgresql://jobs:" + "Tr0ub4dor@db.internal/jobs",
    ],
)
def test_a_secret_in_a_file_would_be_found(line: str, tmp_path: Path) -> None:
    (tmp_path / "settings.py").write_text(f"x = 1\n{line}\n")
    assert len(secrets_in(tmp_path, [tmp_path / "settings.py"])) >= 1


@pytest.mark.parametrize(
    "line",
    [
        "postgresql+asyncpg://user:password@host/name",
        "token = secrets.token_urlsafe(16)",
        'PASSWORD = "correct-horse-battery-staple"',
        "internal_token: SecretStr = SecretStr('')",
        'JOBSEEKER_INTERNAL_TOKEN: ""',
    ],
)
def test_what_only_speaks_of_secrets_is_let_pass(line: str) -> None:
    assert list(looks_secret(line)) == []

"""The kill-switch through the whole service with the trained model: from the command line of the machine. How soon, on two gateways: test_switch_processes.py."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.stack import Person, running_stack

SWITCHED_OFF = "由承辦單位暫停"


def switch(var: Path, *arguments: str) -> None:
    """`jobseeker switch` beside the running service."""
    environment = {
        **os.environ,
        "JOBSEEKER_VAR_DIR": str(var),
        "JOBSEEKER_DATABASE_URL": f"sqlite+aiosqlite:///{var / 'jobseeker.db'}",
    }
    command = [sys.executable, "-m", "app.cli", "switch", *arguments]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.model
def test_a_capability_is_off_with_the_next_message_and_questions_go_on(tmp_path: Path) -> None:
    with running_stack(tmp_path) as stack:
        person = Person(stack)
        assert SWITCHED_OFF not in str(person.ask("估算我的給付", "/estimate"))
        switch(stack.var, "off", "estimates", "--reason", "a wrong figure")
        assert SWITCHED_OFF in person.ask("估算我的給付", "/estimate")[0]["text"], "with the first message after it"
        answers = person.ask("失業給付可以領多久")
        assert answers[0]["topic"] == "ui_duration"
        switch(stack.var, "off", "nlu", "--reason", "test")
        (menu,) = person.ask("失業給付可以領多久")
        assert any(button["payload"] == "/topic ui_duration" for button in menu["buttons"])
        assert person.ask("領多久", "/topic ui_duration")[0]["topic"] == "ui_duration"
        assert person.ask("我不想活了")[0]["act"] == "crisis"
        switch(stack.var, "on", "nlu", "--reason", "test")
        other = Person(stack)
        assert other.ask("失業給付可以領多久")[0]["topic"] == "ui_duration"

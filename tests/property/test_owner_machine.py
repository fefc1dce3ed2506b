"""Whatever jobseeker, counsellors and a failing dialogue engine do, in whatever order: the rules of the hand-off hold.

A state machine drives the real use cases on a real SQLite database and keeps its own, simple model beside it.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from jobseeker.errors import AlreadyClaimed, DialogueUnavailable, NotOwner
from jobseeker.usecases.receive_message import Received
from tests.doubles.kit import Kit, copied_sqlite, migrated_sqlite, open_kit

_TEMPLATES = Path(tempfile.mkdtemp(prefix="owner-machine-"))
COUNSELLORS = st.integers(0, 1)


class OwnerMachine(RuleBasedStateMachine):
    """One conversation, two counsellors."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(dir=_TEMPLATES))
        template = _TEMPLATES / "template.db"
        if not template.exists():
            migrated_sqlite(_TEMPLATES)
        self.runner = asyncio.Runner()
        self.opened = open_kit(copied_sqlite(template, self.folder))
        self.kit: Kit = self.run(self.opened.__aenter__())
        self.owner = "bot"
        self.holder: int | None = None
        self.urgency: int | None = None
        self.cases = 0
        self.sent: list[tuple[Received, str]] = []  # (message, owner when it was sent)

    def run(self, coroutine: Any) -> Any:
        """Wait for it."""
        return self.runner.run(coroutine)

    @initialize()
    def begin(self) -> None:
        """A conversation and two counsellors."""
        self.started = self.run(self.kit.start())
        self.accounts = [self.run(self.kit.account(login)) for login in ("mei", "ann")]

    def note_case(self, urgency: int) -> None:
        """A case is opened or raised."""
        if self.owner == "bot":
            self.owner, self.urgency, self.cases = "queued", urgency, self.cases + 1
        else:
            self.urgency = min(self.urgency if self.urgency is not None else 9, urgency)

    @rule(text=st.sampled_from(["可以領多少", "謝謝", "hello"]))
    def write(self, text: str) -> None:
        """An ordinary message."""
        self.sent.append((self.run(self.kit.say(self.started, text)), self.owner))

    @rule()
    def ask_for_a_person(self) -> None:
        """The button that is always there."""
        self.sent.append((self.run(self.kit.say(self.started, "/human")), self.owner))
        if self.owner != "human":
            self.note_case(1)

    @rule()
    def be_in_crisis(self) -> None:
        """In whatever state."""
        self.sent.append((self.run(self.kit.say(self.started, "我想死")), self.owner))
        self.note_case(0)

    @rule(fails=st.booleans())
    def let_the_worker_work(self, fails: bool) -> None:
        """Or let the engine fail once first."""
        self.kit.dialogue.problems = [DialogueUnavailable("down")] if fails else []
        self.run(self.kit.work())
        self.kit.later(20)

    @rule(who=COUNSELLORS)
    def claim(self, who: int) -> None:
        """Only a waiting case can be claimed, by whoever is first."""
        if not self.cases:
            return
        try:
            self.run(self.kit.services.claim_case(self.accounts[who], self.cases))
        except AlreadyClaimed:
            assert self.owner != "queued" or self.holder is not None
            assert self.holder != who or self.owner == "bot"
        else:
            assert self.owner == "queued" or self.holder == who
            self.owner, self.holder = "human", who

    @rule(who=COUNSELLORS)
    def both_claim(self, who: int) -> None:
        """At the same moment."""
        if self.owner != "queued":
            return
        both = [self.kit.services.claim_case(account, self.cases) for account in self.accounts]

        async def race() -> list[Any]:
            return await asyncio.gather(*both, return_exceptions=True)

        results = self.run(race())
        won = [index for index, result in enumerate(results) if not isinstance(result, BaseException)]
        assert len(won) == 1
        self.owner, self.holder = "human", won[0]

    @rule(who=COUNSELLORS, number=st.integers(0, 3))
    def reply(self, who: int, number: int) -> None:
        """Only who has the case may."""
        if not self.cases:
            return
        try:
            self.run(
                self.kit.services.reply_as_counsellor(
                    self.accounts[who], self.cases, text="我來", client_message_id=f"{self.cases}-{number}"
                )
            )
        except NotOwner:
            assert self.holder != who
        else:
            assert self.holder == who or self.owner == "bot"  # sent again after the return: said once, long ago

    @precondition(lambda self: self.cases > 0)
    @rule(who=COUNSELLORS)
    def give_back(self, who: int) -> None:
        """Only who has the case may."""
        try:
            self.run(self.kit.services.return_to_bot(self.accounts[who], self.cases))
        except NotOwner:
            assert self.holder != who
        else:
            if self.owner == "human":
                assert self.holder == who
                self.owner, self.holder, self.urgency = "bot", None, None

    @invariant()
    def the_store_agrees(self) -> None:
        """Owner, counsellor and cases are what the model says."""
        if not hasattr(self, "started"):
            return
        conversation = self.run(self.kit.conversation(self.started))
        assert conversation.owner == self.owner
        assert conversation.counsellor_id == (None if self.holder is None else self.accounts[self.holder].id)
        open_cases = self.run(self.kit.rows("SELECT urgency, state FROM handoff_case WHERE state <> 'closed'"))
        expected = [] if self.owner == "bot" else [(self.urgency, "waiting" if self.owner == "queued" else "claimed")]
        assert open_cases == expected

    @invariant()
    def one_sequence_without_gaps(self) -> None:
        """Every line has its place, once."""
        if hasattr(self, "started"):
            seqs = [seq for seq, _ in self.run(self.kit.transcript(self.started))]
            assert seqs == list(range(1, len(seqs) + 1))

    def teardown(self) -> None:
        """In the end every message is settled, and what the bot had to answer it answered."""
        if hasattr(self, "started"):
            self.kit.dialogue.problems = []
            self.kit.later(60)
            self.run(self.kit.work())
            assert self.run(self.kit.rows("SELECT count(*) FROM inbox WHERE state <> 'done'")) == [(0,)]
            for received, owner in self.sent:
                replies = self.run(self.kit.replies_to(received))
                if owner == "human":
                    assert all(reply.author == "system" for reply in replies)
        self.run(self.opened.__aexit__(None, None, None))
        self.runner.close()
        shutil.rmtree(self.folder)


OwnerMachine.TestCase.settings = settings(
    max_examples=15,
    stateful_step_count=16,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
TestOwnerMachine = OwnerMachine.TestCase

"""A state machine that drives a hand-off by the real use cases and keeps its own, simple model beside it: whatever jobseeker, counsellors, a
failing dialogue engine and the clock do, in whatever order, the rules hold. tests/property runs it on SQLite, tests/integration on PostgreSQL."""

from __future__ import annotations

import asyncio
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from jobseeker.errors import AlreadyClaimed, DialogueUnavailable, NotOwner
from jobseeker.records import Account
from jobseeker.usecases.receive_message import Received
from tests.doubles.kit import Kit

COUNSELLORS = st.integers(0, 1)
SILENT = ("human", "wrap_up")


class OwnerMachine(RuleBasedStateMachine):
    """One conversation, two counsellors, two gateways on one database: `kits`. A subclass opens and closes them."""

    kits: list[Kit]

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.open()
        self.turn = 0
        self.owner = "bot"
        self.holder: int | None = None  # who has the case
        self.offered: int | None = None
        self.urgency: int | None = None
        self.cases = 0
        self.crises = 0
        self.last_holder: int | None = None  # of the newest case
        self.sent: list[Received] = []

    def open(self) -> None:
        """Make `kits`, on an empty database."""
        raise NotImplementedError

    def close(self) -> None:
        """Give them back."""

    def run(self, coroutine: Any) -> Any:
        """Wait for it."""
        return self.runner.run(coroutine)

    @property
    def kit(self) -> Kit:
        """One gateway, then the other."""
        self.turn += 1
        return self.kits[self.turn % len(self.kits)]

    @initialize()
    def begin(self) -> None:
        """A conversation and two counsellors who are there, and stay."""
        for kit in self.kits:
            kit.numbers = self.kits[0].numbers  # no message has the id of another
        self.started = self.run(self.kits[0].start())
        self.accounts: list[Account] = [self.run(self.kits[0].account(login)) for login in ("mei", "ann")]
        self.sign_of_life("online")

    def sign_of_life(self, state: str) -> None:
        """Both pages say so."""
        for account in self.accounts:
            self.run(self.kits[0].services.staff_presence.set(account, state))

    def later(self, seconds: float) -> None:
        """The same clock for both gateways."""
        for kit in self.kits:
            kit.later(seconds)

    def note_case(self, urgency: int) -> None:
        """A case is opened or raised."""
        if self.owner == "bot":
            self.owner, self.urgency, self.cases, self.last_holder = "queued", urgency, self.cases + 1, None
        else:
            self.urgency = min(self.urgency if self.urgency is not None else 9, urgency)

    def ended(self) -> None:
        """The case is closed, the assistant speaks."""
        self.owner, self.last_holder, self.holder, self.offered, self.urgency = "bot", self.holder, None, None, None

    # -- the person ---------------------------------------------------------------------------------------------------

    @rule(text=st.sampled_from(["可以領多少", "謝謝", "hello"]))
    def write(self, text: str) -> None:
        """An ordinary message."""
        self.sent.append(self.run(self.kit.say(self.started, text)))

    @rule()
    def ask_for_a_person(self) -> None:
        """The button that is always there."""
        received = self.run(self.kit.say(self.started, "/human"))
        if self.owner not in SILENT:  # else there is one already
            self.sent.append(received)
            self.note_case(1)

    @rule()
    def be_in_crisis(self) -> None:
        """In whatever state; in wrap-up the counsellor is called back."""
        self.sent.append(self.run(self.kit.say(self.started, "我想死")))
        self.note_case(0)
        self.crises += 1
        if self.owner == "wrap_up":
            self.owner = "human"

    @rule()
    def leave_the_queue(self) -> None:
        """Nothing happens while a counsellor speaks, nor in a crisis."""
        self.let_the_worker_work(fails=False)  # in order: what was written before is answered first
        received = self.run(self.kit.say(self.started, "/leave"))
        self.run(self.kit.work())
        self.sent.append(received)
        if self.owner in ("queued", "assigned") and self.urgency != 0:
            self.ended()
            self.last_holder = None

    # -- the service --------------------------------------------------------------------------------------------------

    @rule(fails=st.booleans())
    def let_the_worker_work(self, fails: bool) -> None:
        """Or let the engine fail once first."""
        kit = self.kit
        kit.dialogue.problems = [DialogueUnavailable("down")] if fails else []
        self.run(kit.work())
        self.later(20)
        if not fails:
            self.run(kit.work())

    @rule()
    def look_at_deadlines_in_both_gateways(self) -> None:
        """At the same moment."""

        async def both() -> None:
            await asyncio.gather(*(kit.tick() for kit in self.kits))

        self.run(both())
        self.follow_the_offer()

    @rule(minutes=st.sampled_from([2, 16]))
    def let_time_pass(self, minutes: int) -> None:
        """While the counsellors' pages give their signs of life."""
        self.later(60 * minutes)
        self.sign_of_life("online")
        self.run(self.kit.tick())
        if self.owner == "wrap_up" and minutes == 16:
            self.ended()
        self.follow_the_offer()

    @precondition(lambda self: self.owner == "human")
    @rule()
    def lose_both_counsellors(self) -> None:
        """Their pages are silent for longer than policy allows: the case goes back to the queue."""
        self.later(60 * 11)
        self.run(self.kit.tick())
        self.owner, self.holder, self.last_holder = "queued", None, None
        self.sign_of_life("online")
        self.follow_the_offer()

    def follow_the_offer(self) -> None:
        """Whom a waiting case is offered to is the assignment's choice; that it is offered to one of both, or to nobody, is the rule."""
        if self.owner in ("queued", "assigned"):
            self.owner = self.run(self.kits[0].conversation(self.started)).owner
            assert self.owner in ("queued", "assigned")
            rows = self.run(self.kits[0].rows("SELECT offered_to FROM handoff_case WHERE state = 'waiting'"))
            assert len(rows) == 1
            ids = [account.id for account in self.accounts]
            self.offered = None if rows[0][0] is None else ids.index(rows[0][0])
            assert (self.owner == "assigned") == (self.offered is not None)

    # -- the counsellors ----------------------------------------------------------------------------------------------

    @precondition(lambda self: self.cases > 0)
    @rule(who=COUNSELLORS)
    def claim(self, who: int) -> None:
        """Only a waiting case can be claimed, by whoever is first, offered to them or not."""
        try:
            self.run(self.kit.services.claim_case(self.accounts[who], self.cases))
        except AlreadyClaimed:
            assert self.owner not in ("queued", "assigned")
            assert self.holder != who
        else:
            assert self.owner in ("queued", "assigned") or self.holder == who
            if self.holder is None:
                self.owner, self.holder, self.offered, self.last_holder = "human", who, None, who

    @precondition(lambda self: self.owner in ("queued", "assigned"))
    @rule()
    def both_claim(self) -> None:
        """At the same moment, by two gateways."""

        async def race() -> list[Any]:
            claims = [
                kit.services.claim_case(account, self.cases)
                for kit, account in zip(self.kits * 2, self.accounts, strict=False)
            ]
            return await asyncio.gather(*claims, return_exceptions=True)

        results = self.run(race())
        won = [index for index, result in enumerate(results) if not isinstance(result, BaseException)]
        assert len(won) == 1
        self.owner, self.holder, self.offered, self.last_holder = "human", won[0], None, won[0]

    @precondition(lambda self: self.cases > 0)
    @rule(who=COUNSELLORS)
    def decline(self, who: int) -> None:
        """Only whom it is offered to."""
        try:
            self.run(self.kit.services.handle_case.decline(self.accounts[who], self.cases))
        except NotOwner:
            assert self.offered != who
        else:
            assert self.offered == who
            self.owner, self.offered = "queued", None

    @precondition(lambda self: self.cases > 0)
    @rule(who=COUNSELLORS, number=st.integers(0, 3))
    def reply(self, who: int, number: int) -> None:
        """Only who has the case may, and not in wrap-up."""
        key = f"{self.cases}-{number}-{who}"
        before = self.run(self.kits[0].rows(f"SELECT count(*) FROM outbox WHERE key LIKE 'counsellor:%:{key}'"))[0][0]
        try:
            self.run(
                self.kit.services.reply_as_counsellor(
                    self.accounts[who], self.cases, text="我來", client_message_id=key
                )
            )
        except NotOwner:
            assert self.holder != who or self.owner != "human"
        else:
            assert before == 1 or (self.holder == who and self.owner == "human")

    @precondition(lambda self: self.cases > 0)
    @rule(who=COUNSELLORS)
    def wrap_up(self, who: int) -> None:
        """Only who has it, or had it last, to write the outcome."""
        try:
            self.run(self.kit.services.handle_case.wrap_up(self.accounts[who], self.cases, outcome="answered"))
        except NotOwner:
            assert self.last_holder != who
        else:
            assert self.last_holder == who
            if self.owner == "human":
                self.owner = "wrap_up"

    @precondition(lambda self: self.owner in SILENT)
    @rule(who=COUNSELLORS)
    def resume(self, who: int) -> None:
        """Only who has it."""
        try:
            self.run(self.kit.services.handle_case.resume(self.accounts[who], self.cases))
        except NotOwner:
            assert self.holder != who
        else:
            self.owner = "human"

    @precondition(lambda self: self.cases > 0)
    @rule(who=COUNSELLORS)
    def hand_over(self, who: int) -> None:
        """To the other one: back to the queue."""
        to = self.accounts[1 - who].id
        try:
            self.run(self.kit.services.handle_case.transfer(self.accounts[who], self.cases, to_account=to))
        except NotOwner:
            assert self.holder != who
        else:
            assert self.holder == who
            self.owner, self.holder, self.last_holder = "queued", None, None

    @precondition(lambda self: self.cases > 0)
    @rule(who=COUNSELLORS)
    def give_back(self, who: int) -> None:
        """Only who has it; asked again it changes nothing."""
        try:
            self.run(self.kit.services.return_to_bot(self.accounts[who], self.cases))
        except NotOwner:
            assert self.last_holder != who
        else:
            if self.owner in SILENT:
                assert self.holder == who
                self.ended()
                self.last_holder = who

    # -- what always holds --------------------------------------------------------------------------------------------

    @invariant()
    def the_store_agrees(self) -> None:
        """Owner, counsellor and cases are what the model says."""
        if not hasattr(self, "accounts"):
            return
        conversation = self.run(self.kits[0].conversation(self.started))
        assert conversation.owner == self.owner
        assert conversation.counsellor_id == (None if self.holder is None else self.accounts[self.holder].id)
        assert (conversation.crisis_at is not None) <= (self.owner in ("queued", "assigned"))
        open_cases = self.run(self.kits[0].rows("SELECT urgency, state FROM handoff_case WHERE state <> 'closed'"))
        waits = self.owner in ("queued", "assigned")
        assert open_cases == ([] if self.owner == "bot" else [(self.urgency, "waiting" if waits else "claimed")])

    @invariant()
    def one_sequence_without_gaps(self) -> None:
        """Every line has its place, once."""
        if hasattr(self, "accounts"):
            seqs = [seq for seq, _ in self.run(self.kits[0].transcript(self.started))]
            assert seqs == list(range(1, len(seqs) + 1))

    @invariant()
    def nothing_is_answered_twice(self) -> None:
        """Of one message there is at most one set of replies, and every crisis is in its log."""
        if hasattr(self, "accounts"):
            doubles = (
                "SELECT inbox_id, key FROM outbox WHERE inbox_id IS NOT NULL GROUP BY inbox_id, key HAVING count(*) > 1"
            )
            assert self.run(self.kits[0].rows(doubles)) == []
            assert self.run(self.kits[0].rows("SELECT count(*) FROM crisis_flag")) == [(self.crises,)]

    def teardown(self) -> None:
        """In the end every message is settled; what no counsellor answered the assistant has, exactly once."""
        if hasattr(self, "accounts"):
            if self.holder is not None:
                self.run(self.kits[0].services.return_to_bot(self.accounts[self.holder], self.cases))
            for kit in self.kits:
                kit.dialogue.problems = []
            self.later(60)
            self.run(self.kits[0].work())
            kit = self.kits[0]
            assert self.run(kit.rows("SELECT count(*) FROM inbox WHERE state <> 'done'")) == [(0,)]
            last = self.run(kit.rows("SELECT coalesce(max(seq), 0) FROM outbox WHERE author = 'counsellor'"))[0][0]
            for received in self.sent:
                if received.seq > last:
                    assert self.run(kit.replies_to(received)), "neither the assistant nor a counsellor has answered"
        self.close()
        self.runner.close()

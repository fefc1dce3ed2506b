"""Puts the parts together: the only place that builds adapters. No decisions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.calendar_file import CalendarFiles
from app.database import open_database, vault_of
from app.export_files import ExportFiles
from app.passwords import Argon2Hasher, SystemSecrets
from app.releases.files import ReleaseFolders
from app.resume_files import ResumeFiles
from app.resume_uploads import ResumeUploads
from app.settings import Settings
from app.signals import ProcessSignals
from app.vacancy_tools import LateTools, stop_words
from app.wiring_access import StaffAccess, staff_access
from app.wiring_desk import Bridge, announcers, other_desk
from connectors.base import Connector
from connectors.registry import self_reading
from content import load_escalation, load_pack
from content.offices import load_calendar
from content.places import load_places
from content.taxonomy import load_taxonomy
from jobseeker.answering import Planner
from jobseeker.answers import Answers
from jobseeker.clock import Clock, SystemClock
from jobseeker.errors import DialogueUnavailable
from jobseeker.escalation import EscalationPolicy
from jobseeker.handoff_rules import HandoffRules
from jobseeker.knowledge import Pack
from jobseeker.messages import Command
from jobseeker.metering import Meter, NoMeter
from jobseeker.office_hours import Calendar, LiveCalendar
from jobseeker.outgoing import Composer
from jobseeker.places import Place, nearest
from jobseeker.ports import Dialogue, Outside, PasswordHasher, Preparation, Sender, Turn, TurnRequest
from jobseeker.privacy.in_hand import InHand
from jobseeker.profile.card import CardFacts
from jobseeker.taxonomy import Taxonomy
from jobseeker.usecases.anchor_audit import AnchorAudit
from jobseeker.usecases.announce_case import AnnounceCase
from jobseeker.usecases.answer_message import AnswerMessage, RetryPolicy
from jobseeker.usecases.assign_cases import AssignCases
from jobseeker.usecases.bridge_desk import BridgeDesk
from jobseeker.usecases.canned_replies import CannedReplies
from jobseeker.usecases.claim_case import ClaimCase
from jobseeker.usecases.close_ended import CloseEnded
from jobseeker.usecases.create_account import CreateAccount
from jobseeker.usecases.deliver_replies import DeliverReplies
from jobseeker.usecases.fetch_file import FetchFile
from jobseeker.usecases.handle_case import HandleCase
from jobseeker.usecases.keep_to_retention import KeepToRetention
from jobseeker.usecases.list_cases import ListCases
from jobseeker.usecases.manage_releases import ManageReleases
from jobseeker.usecases.mend_times import MendTimes
from jobseeker.usecases.open_case import OpenCase
from jobseeker.usecases.open_on_behalf import OpenOnBehalf
from jobseeker.usecases.read_case import ReadCase
from jobseeker.usecases.read_conversation import ReadConversation
from jobseeker.usecases.receive_event import ReceiveEvent
from jobseeker.usecases.receive_message import ReceiveMessage
from jobseeker.usecases.receive_resume import ReceiveResume
from jobseeker.usecases.reply_as_counsellor import ReplyAsCounsellor
from jobseeker.usecases.return_to_bot import ReturnToBot
from jobseeker.usecases.review_result import ReviewResult
from jobseeker.usecases.run_deadlines import RunDeadlines
from jobseeker.usecases.seal_columns import SealColumns
from jobseeker.usecases.send_alerts import SendAlerts
from jobseeker.usecases.send_reminders import SendReminders
from jobseeker.usecases.sign_in import CurrentAccount, SignIn, SignOut
from jobseeker.usecases.staff_presence import StaffPresence
from jobseeker.usecases.start_conversation import StartConversation
from jobseeker.usecases.suggest_answers import SuggestAnswers
from jobseeker.usecases.supervise import Supervise
from jobseeker.usecases.switch_capability import SwitchCapability
from language.contact import read_contact
from language.detect import detect_variety, foreign_language, to_simplified
from language.picking import picked
from store.engine import Engines
from store.unit_of_work import SqlStore
from telemetry.tracing import NoTracing, Tracing


@dataclass(frozen=True)
class Content:
    """What people edit, as read: the pack, the escalation rules, the taxonomy and the places."""

    pack: Pack
    policy: EscalationPolicy
    taxonomy: Taxonomy
    places: Mapping[str, Place] = field(default_factory=dict)
    calendar: Calendar | None = None


def read_content(settings: Settings) -> Content:
    """Read it. Raises ContentError with file and line."""
    root, country = settings.content_dir, settings.country
    return Content(
        load_pack(root, country), load_escalation(root, country), load_taxonomy(root), load_places(root, country)
    )


def typed_commands(pack: Pack) -> Mapping[str, Command]:
    """Whole messages that stand for a command, from the responses `typed_<command>`: separated by commas."""
    return {
        " ".join(words.lower().split()): Command(key.removeprefix("typed_"))
        for key, response in pack.responses.items()
        if key.startswith("typed_")
        for text in (response.text["zh"], to_simplified(response.text["zh"]), response.text["en"])
        for words in text.replace("、", ",").split(",")
    }


class NoDialogue:
    """Stands where no dialogue engine is needed (command line, administration)."""

    async def turn(self, request: TurnRequest) -> Turn:
        """There is none."""
        raise DialogueUnavailable("this process has no dialogue engine")

    async def forget_all(self, conversation_id: str) -> None:
        """There is none."""
        raise DialogueUnavailable("this process has no dialogue engine")

    async def forget(self, conversation_id: str, inbox_id: int) -> None:
        """There is none."""
        raise DialogueUnavailable("this process has no dialogue engine")


@dataclass(frozen=True)
class Services:
    """Everything a front door needs. The use cases are called: `await services.claim_case(account, case_id)`."""

    settings: Settings
    clock: Clock
    engines: Engines
    store: SqlStore
    signals: ProcessSignals
    secrets: SystemSecrets
    composer: Composer
    planner: Planner
    start_conversation: StartConversation
    receive_message: ReceiveMessage
    receive_resume: ReceiveResume
    receive_event: ReceiveEvent
    connectors: Mapping[str, Connector]
    read_conversation: ReadConversation
    answer_message: AnswerMessage
    deliver_replies: DeliverReplies
    send_alerts: SendAlerts
    send_reminders: SendReminders
    open_case: OpenCase
    claim_case: ClaimCase
    return_to_bot: ReturnToBot
    reply_as_counsellor: ReplyAsCounsellor
    list_cases: ListCases
    read_case: ReadCase
    create_account: CreateAccount
    access: StaffAccess
    sign_in: SignIn
    sign_out: SignOut
    current_account: CurrentAccount
    close_ended: CloseEnded
    keep_to_retention: KeepToRetention
    seal_columns: SealColumns
    mend_times: MendTimes
    fetch_file: FetchFile
    anchor_audit: AnchorAudit
    switch_capability: SwitchCapability
    releases: ManageReleases
    release_folders: ReleaseFolders
    run_deadlines: RunDeadlines
    assign_cases: AssignCases
    handle_case: HandleCase
    review_result: ReviewResult
    staff_presence: StaffPresence
    open_on_behalf: OpenOnBehalf
    bridge: Bridge | None
    suggest_answers: SuggestAnswers
    canned_replies: CannedReplies
    supervise: Supervise
    meter: Meter
    tracing: Tracing

    async def close(self) -> None:
        """Close the database and the connections to platforms."""
        for connector in self.connectors.values():
            await connector.close()
        await self.engines.dispose()


def build_services(
    settings: Settings,
    *,
    dialogue: Dialogue | None = None,
    connectors: Mapping[str, Connector] | None = None,
    senders: Mapping[str, Sender] | None = None,
    clock: Clock | None = None,
    hasher: PasswordHasher | None = None,
    content: Content | None = None,
    meter: Meter | None = None,
    tracing: Tracing | None = None,
) -> Services:
    """Build everything from the settings. Reads the pack, unless `content` is given; opens no connection yet.

    Args:
        connectors: the platforms that are on (connectors.registry.build_configured).
        senders: what brings replies to a channel; the connectors, where not given.

    Raises:
        ContentError: a pack or response file is wrong.
        LookupError: a response is missing that the gateway says by itself.
        ValueError: the database URL is of a kind we do not serve.
    """
    clock, hasher, secrets, signals = (
        clock or SystemClock(),
        hasher or Argon2Hasher(),
        SystemSecrets(),
        ProcessSignals(),
    )
    content = content or read_content(settings)
    answers = Answers(content.pack, to_simplified)
    live = LiveCalendar(content.calendar or load_calendar(settings.content_dir, settings.country))
    ways, remote = announcers(settings), other_desk(settings)
    rules = HandoffRules(content.pack.figures, live, tuple(ways), remote.name if remote else "")
    composer = Composer(answers, self_reading(), rules)
    planner = Planner(
        policy=content.policy,
        detect_variety=detect_variety,
        topics=content.pack.topics,
        foreign_language=foreign_language,
        typed=typed_commands(content.pack),
        place_near=lambda lat, lon, variety: nearest(content.places, lat, lon, variety),
        is_stop_word=stop_words(settings.content_dir, settings.country),
    )
    vault = vault_of(settings)
    engines = open_database(settings, pool_size=settings.database_pool_size, vault=vault)
    store = SqlStore(engines)
    retry = RetryPolicy(
        attempts=settings.answer_attempts,
        protocol_attempts=settings.answer_protocol_attempts,
        first_seconds=settings.retry_first_seconds,
        longest_seconds=settings.retry_longest_seconds,
        lease_seconds=settings.lease_seconds,
    )
    in_hand, meter = InHand(read_contact), meter or NoMeter()
    receive_message = ReceiveMessage(store, clock, composer, planner, secrets, signals, in_hand, meter)
    read_conversation = ReadConversation(store, secrets)
    most = int(answers.book.figures["files.upload_megabytes"].rows[-1].value) * 1_000_000
    uploads = ResumeUploads(content.taxonomy, content.places, most)
    facts = CardFacts(content.taxonomy, content.places)
    preparations: dict[str, Preparation] = {
        "store_file": ResumeFiles(answers, facts, secrets, clock, to_simplified, settings.public_url),
        "store_export": ExportFiles(store, answers, secrets, clock, to_simplified, settings.public_url),
        "store_calendar": CalendarFiles(answers, live.base.holiday, secrets, clock, to_simplified, settings.public_url),
    }
    outside: dict[str, Outside] = {
        "notify": AnnounceCase(store, clock, composer, ways, f"{settings.public_url}/console/"),
    }
    tools = LateTools(settings, store)
    start_conversation = StartConversation(store, clock, composer, secrets, signals)
    open_case, claim_case = OpenCase(store, clock, composer, signals), ClaimCase(store, clock, composer, signals)
    reply_as_counsellor = ReplyAsCounsellor(store, clock, composer, signals)
    return_to_bot, create_account = ReturnToBot(store, clock, composer, signals), CreateAccount(store, clock, hasher)
    bridge = None
    if remote is not None:
        desk = BridgeDesk(
            store,
            clock,
            composer,
            secrets,
            remote,
            create_account=create_account,
            claim=claim_case,
            reply=reply_as_counsellor,
            give_back=return_to_bot,
        )
        outside["bridge"], bridge = desk, Bridge(desk, remote)
    seal_columns = SealColumns(store)
    access = staff_access(settings, store, clock, hasher, secrets, vault, seal_columns)
    send_alerts = SendAlerts(store, clock, composer, signals, tools, settings.lease_seconds)
    return Services(
        settings=settings,
        clock=clock,
        engines=engines,
        store=store,
        signals=signals,
        secrets=secrets,
        composer=composer,
        planner=planner,
        start_conversation=start_conversation,
        receive_message=receive_message,
        receive_resume=ReceiveResume(read_conversation, receive_message, uploads),
        receive_event=ReceiveEvent(store, clock, composer, planner, secrets, signals, in_hand, meter),
        connectors=connectors or {},
        read_conversation=read_conversation,
        answer_message=AnswerMessage(
            store,
            clock,
            composer,
            planner,
            dialogue or NoDialogue(),
            secrets,
            signals,
            retry,
            preparations,
            in_hand,
            meter,
            picked,
        ),
        deliver_replies=DeliverReplies(store, clock, composer, secrets, signals, senders or connectors or {}, meter),
        send_alerts=send_alerts,
        send_reminders=SendReminders(store, clock, composer, signals, send_alerts.is_quiet),
        open_case=open_case,
        claim_case=claim_case,
        bridge=bridge,
        open_on_behalf=OpenOnBehalf(store, clock, start_conversation, open_case, claim_case),
        return_to_bot=return_to_bot,
        reply_as_counsellor=reply_as_counsellor,
        list_cases=ListCases(store, clock, composer.identifiers),
        read_case=ReadCase(store, clock, composer.identifiers),
        create_account=create_account,
        access=access,
        sign_in=access.sign_in,
        sign_out=SignOut(store, secrets),
        current_account=access.current_account,
        close_ended=CloseEnded(store, clock),
        keep_to_retention=KeepToRetention(store, clock, content.pack.figures),
        seal_columns=seal_columns,
        mend_times=MendTimes(store, clock, settings.lease_seconds),
        fetch_file=FetchFile(store, clock, secrets),
        anchor_audit=AnchorAudit(store, clock),
        switch_capability=SwitchCapability(store, clock),
        releases=ManageReleases(store, clock),
        release_folders=ReleaseFolders(settings.releases_dir),
        run_deadlines=RunDeadlines(store, clock, composer, signals, outside),
        assign_cases=AssignCases(store, clock, composer, signals),
        handle_case=HandleCase(store, clock, composer, signals),
        review_result=ReviewResult(store, clock, composer, signals, tools),
        staff_presence=StaffPresence(store, clock, composer, signals),
        suggest_answers=SuggestAnswers(store, clock, composer),
        supervise=Supervise(store, clock),
        canned_replies=CannedReplies(store, clock, composer),
        meter=meter,
        tracing=tracing or NoTracing(),
    )

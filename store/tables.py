"""The tables of the durable conversation. Their change over time is in migrations/; queries are in repositories.py.

One transcript per conversation: inbox rows (what the person wrote) and outbox rows (what was answered) share one
sequence `seq`, given out by `conversation.next_seq` inside the writing transaction.

Numbers are never given out twice (`sqlite_autoincrement`): the dialogue engine knows a message by its number and would
answer with what it once answered somebody else. The partial indexes keep a turn as cheap after 1,000 turns as after 10: what is done is not looked at again.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)

from store.metadata import Id, NullableJSON, metadata
from store.moment import Moment
from store.sealed import SealedText

person = Table(
    "person",
    metadata,
    Column("id", String(32), primary_key=True),  # the id of the person's first conversation
    Column("created_at", Moment, nullable=False),
)

conversation = Table(
    "conversation",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("channel", String(32), nullable=False),
    Column(
        "channel_key", SealedText("conversation.channel_key", 128), nullable=False
    ),  # the person's id on the channel, sealed; in clear where it is the conversation's own id (web)
    Column("channel_key_index", String(64)),  # its keyed digest, to look it up by; none where it is the own id
    Column(
        "token_hash", String(64)
    ),  # SHA-256 of the web client's secret; none on platforms that authenticate themselves
    Column("variety", String(8), nullable=False),  # zh-Hant | zh-Hans | en: what the last reply was written in
    Column("variety_chosen", Boolean, nullable=False),  # an explicit choice sticks
    Column(
        "owner", String(16), nullable=False
    ),  # bot | queued | assigned | human | wrap_up: the one truth of who speaks
    Column("owner_version", Integer, nullable=False),  # compare-and-set
    Column("counsellor_id", Id, ForeignKey("account.id")),
    Column("last_topic", String(64), nullable=False),
    Column("last_act", String(64), nullable=False),
    Column("failed_turns", Integer, nullable=False),
    Column("next_seq", Integer, nullable=False),
    Column("leased_until", Moment),
    Column("lease_token", String(32)),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Column("unreachable_at", Moment),  # blocked us or left: nothing is sent until they come back
    Column("person_id", String(32), ForeignKey("person.id")),  # whose profile and cases; several channels may share it
    Column("expecting", String(64), nullable=False, server_default=""),  # "message:12": what the next free text is
    Column("notice_version", String(32), nullable=False, server_default=""),  # of the notice they were shown
    Column("erased_at", Moment),  # its data were erased; it is deleted a while after
    Column("crisis_at", Moment),  # since when a crisis waits for a person; null once one has seen it
    UniqueConstraint("channel", "channel_key"),
    Index("uq_conversation_channel_channel_key_index", "channel", "channel_key_index", unique=True),
    Index("ix_conversation_person_id", "person_id"),
)

inbox = Table(
    "inbox",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("conversation_id", String(32), ForeignKey("conversation.id"), nullable=False),
    Column("channel", String(32), nullable=False),
    Column("event_id", String(128), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("command", String(128), nullable=False),  # "/human", "" where the person just wrote
    Column("state", String(16), nullable=False),  # pending | done | dead
    Column("attempts", Integer, nullable=False),
    Column("due_at", Moment, nullable=False),  # not before
    Column("last_error", Text, nullable=False),
    Column("understanding", NullableJSON),
    Column("escalation", NullableJSON),
    Column("reading", NullableJSON),  # what was read in an uploaded file, until the message is answered
    Column("masked", NullableJSON),  # which kinds of identifiers were hidden in the text when it came
    Column("received_at", Moment, nullable=False),
    Column("done_at", Moment),
    Column("message_key", String(128), nullable=False, server_default=""),  # the platform's id, for taking it back
    UniqueConstraint("channel", "event_id"),
    UniqueConstraint("conversation_id", "seq"),
    Index("ix_inbox_message_key", "conversation_id", "message_key"),
    Index(
        "ix_inbox_pending_due_at",
        "due_at",
        sqlite_where=text("state = 'pending'"),
        postgresql_where=text("state = 'pending'"),
    ),
    Index(
        "ix_inbox_pending_seq",
        "conversation_id",
        "seq",
        sqlite_where=text("state = 'pending'"),
        postgresql_where=text("state = 'pending'"),
    ),
    sqlite_autoincrement=True,
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column(
        "key", String(96), nullable=False, unique=True
    ),  # "<inbox id>:<n>", "case:<id>:<n>", "counsellor:<client id>"
    Column("conversation_id", String(32), ForeignKey("conversation.id"), nullable=False),
    Column("inbox_id", Id, ForeignKey("inbox.id")),  # the message it answers, if any
    Column("seq", Integer, nullable=False),
    Column("author", String(16), nullable=False),  # bot | counsellor | system
    Column("say", JSON, nullable=False),  # jobseeker.messages.Say: no words, no figures yet
    Column("variety", String(8), nullable=False),
    Column("act", String(64), nullable=False),
    Column("topic", String(64), nullable=False),
    Column("escalation", JSON, nullable=False),
    Column("rendered", NullableJSON),  # the Reply as sent: wording and figures of that day
    Column("versions", NullableJSON),  # knowledge, figures, model it was made from
    Column("state", String(16), nullable=False),  # pending | delivered | dead | gone
    Column("attempts", Integer, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("last_error", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("delivered_at", Moment),
    Column("parts_sent", Integer, nullable=False, server_default="0"),  # of a reply that needs several sends
    UniqueConstraint("conversation_id", "seq"),
    Index(
        "ix_outbox_pending_due_at",
        "due_at",
        sqlite_where=text("state = 'pending'"),
        postgresql_where=text("state = 'pending'"),
    ),
    Index("ix_outbox_inbox_id", "inbox_id"),
    sqlite_autoincrement=True,
)

account = Table(
    "account",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("login", String(64), nullable=False, unique=True),
    Column("name", String(64), nullable=False),  # what the jobseeker sees
    Column("password_hash", String(256), nullable=False),  # argon2id
    Column("role", String(32), nullable=False),  # counsellor | supervisor | editor | auditor | worker_representative
    Column("languages", JSON, nullable=False),  # ["zh", "en"]
    Column("active", Boolean, nullable=False),
    Column("failed_sign_ins", Integer, nullable=False),
    Column("locked_until", Moment),
    Column("created_at", Moment, nullable=False),
    Column("skills", JSON, nullable=False, server_default="[]"),  # what kinds of case: ["matching", "rights"]
    Column("office", String(32), nullable=False, server_default=""),  # "" works for every office
    Column("capacity", Integer, nullable=False, server_default="3"),  # conversations at once
    Column(
        "email", SealedText("account.email", 254), nullable=False, server_default=""
    ),  # lower case; whom the provider's e-mail stands for
    Column("email_index", String(64)),  # its keyed digest; none where there is no e-mail
    Column(
        "provider_subject", String(512), nullable=False, server_default=""
    ),  # "<issuer> <subject>" once they came from there
    Column("first_password", Boolean, nullable=False, server_default=false()),  # made for them, not yet changed by them
    sqlite_autoincrement=True,
)

staff_session = Table(
    "staff_session",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("account_id", Id, ForeignKey("account.id"), nullable=False),
    Column("csrf_token", String(64), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("second_factor", Boolean, nullable=False, server_default=false()),  # a code was given with it
)

handoff_case = Table(
    "handoff_case",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("conversation_id", String(32), ForeignKey("conversation.id"), nullable=False),
    Column("opened_by_inbox_id", Id, ForeignKey("inbox.id"), unique=True),  # idempotency: one message opens one case
    Column("reasons", JSON, nullable=False),  # ["asked_for_human"], ["crisis"] …
    Column("urgency", Integer, nullable=False),  # 0 crisis, 1 immediate, 2 offer accepted; lower comes first
    Column("variety", String(8), nullable=False),
    Column("state", String(16), nullable=False),  # waiting | claimed | closed
    Column("claimed_by", Id, ForeignKey("account.id")),
    Column("opened_at", Moment, nullable=False),
    Column("claimed_at", Moment),
    Column("closed_at", Moment),
    Column("version", Integer, nullable=False),
    Column("detail", NullableJSON),  # what the case is about: the logged match or estimate that is contested
    # who should take it
    Column("office", String(32), nullable=False, server_default=""),
    Column("skill", String(32), nullable=False, server_default=""),
    Column("tags", JSON, nullable=False, server_default="[]"),
    Column("offered_to", Id),  # account: conversation.owner is "assigned"
    Column("offered_at", Moment),
    Column("passed_over", JSON, nullable=False, server_default="[]"),  # accounts that let an offer pass
    Column("preferred_account", Id),  # who had it before, or whom it was handed to
    Column("reopened_from", Id),  # the case before, where the person came back within the time of policy
    Column("opened_by", String(64), nullable=False, server_default=""),  # "account:3" on somebody's behalf
    # what the person was told, and gave
    Column("summary", NullableJSON),  # {"lines": [...], "words": "…", "shared": true}
    Column("opened_position", Integer),  # place in the queue when it was opened
    Column("told_position", Integer),
    Column("told_minutes", Integer),
    Column("told_at", Moment),
    Column("rating", Integer),  # 1-5
    Column("rating_text", Text, nullable=False, server_default=""),
    Column("rated_at", Moment),
    # how it ended
    Column("acknowledged_at", Moment),  # of a crisis: a person has seen it
    Column("acknowledged_by", Id),
    Column("wrap_up_seq", Integer),  # of the conversation when the counsellor stopped speaking
    Column("outcome", String(32), nullable=False, server_default=""),
    Column("due_at", Moment),
    Column("decision", String(16), nullable=False, server_default=""),  # upheld | changed: of a contested result
    Column("decision_text", Text, nullable=False, server_default=""),
    Column("decided_at", Moment),
    Column("decided_by", Id),
    Column("contested_rule", String(64), nullable=False, server_default=""),
    Column("change_made", Text, nullable=False, server_default=""),  # where the change is that an upheld contest led to
    Index("ix_handoff_case_state", "state", "urgency", "opened_at"),
    Index("ix_handoff_case_conversation_id", "conversation_id"),
    sqlite_autoincrement=True,
)

audit = Table(
    "audit",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("at", Moment, nullable=False),
    Column("actor", String(64), nullable=False),  # "system", "jobseeker", "account:3"
    Column("action", String(64), nullable=False),  # "case.opened", "case.claimed", "case.viewed" …
    Column("conversation_id", String(32)),
    Column("case_id", Id),
    Column("detail", JSON, nullable=False),
    # the chain (jobseeker/audit_chain.py)
    Column("position", BigInteger, nullable=False, unique=True),
    Column("salt", String(32)),  # of the digest; an erasure takes it away with conversation_id and detail
    Column("digest", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    Index("ix_audit_conversation_id", "conversation_id"),
)

audit_head = Table(
    "audit_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),  # 1: there is one chain
    Column("genesis", String(64), nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("hash", String(64), nullable=False),
)

alert = Table(
    "alert",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("at", Moment, nullable=False),
    Column("kind", String(32), nullable=False),  # dead_letter | crisis | undelivered
    Column("conversation_id", String(32)),
    Column("detail", JSON, nullable=False),
    Column("seen_at", Moment),
)

capability_switch = Table(
    "capability_switch",
    metadata,
    Column("name", String(32), primary_key=True),  # of jobseeker.switches.CAPABILITIES
    Column("off", Boolean, nullable=False),
    Column("reason", Text, nullable=False),
    Column("changed_by", String(64), nullable=False),  # "account:3", "command line"
    Column("changed_at", Moment, nullable=False),
)

service_release = Table(  # what was served or may be; rows are only ever added (jobseeker/releases.py)
    "service_release",
    metadata,
    Column("number", Id, primary_key=True, autoincrement=True),
    Column("digest", String(64), nullable=False, unique=True),
    Column("files", JSON, nullable=False),  # path -> SHA-256
    Column("code", String(64), nullable=False),
    Column("knowledge", String(64), nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("made_by", String(64), nullable=False),
    Column("note", Text, nullable=False),
    sqlite_autoincrement=True,
)

release_signature = Table(
    "release_signature",
    metadata,
    Column("release_number", Id, ForeignKey("service_release.number"), primary_key=True),
    Column("account_id", Id, ForeignKey("account.id"), primary_key=True),
    Column("signed_at", Moment, nullable=False),
)

release_activation = Table(  # the newest row is what is served
    "release_activation",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("release_number", Id, ForeignKey("service_release.number"), nullable=False),
    Column("at", Moment, nullable=False),
    Column("actor", String(64), nullable=False),
    Column("reason", Text, nullable=False),
    sqlite_autoincrement=True,
)

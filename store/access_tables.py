"""The tables of staff's second factor and of sign-ins that are under way. Accounts and sessions are in tables.py; no secret is here in clear."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, String, Table, Text

from store.metadata import Id, metadata
from store.moment import Moment

second_factor = Table(
    "second_factor",
    metadata,
    Column("account_id", Id, ForeignKey("account.id"), primary_key=True, autoincrement=False),
    Column("secret", Text, nullable=False),  # sealed (app/encryption.py); "" until confirmed
    Column("pending", Text, nullable=False),  # sealed; shown, but not confirmed by a code yet
    Column(
        "last_step", BigInteger, nullable=False
    ),  # of the last code that was taken: none of it or before is taken again
    Column("pending_at", Moment),
    Column("confirmed_at", Moment),
)

recovery_code = Table(
    "recovery_code",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("account_id", Id, ForeignKey("account.id"), nullable=False),
    Column("code_hash", String(64), nullable=False),
    Column("used_at", Moment),
    Index("ix_recovery_code_account_id", "account_id"),
    sqlite_autoincrement=True,
)

sign_in_ticket = Table(
    "sign_in_ticket",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("account_id", Id, ForeignKey("account.id"), nullable=False),
    Column("step", String(8), nullable=False),  # code | enrol: what is still missing
    Column("expires_at", Moment, nullable=False),
    Index("ix_sign_in_ticket_account_id", "account_id"),
)

provider_attempt = Table(
    "provider_attempt",
    metadata,
    Column("state_hash", String(64), primary_key=True),
    Column("browser_hash", String(64), nullable=False),  # of the secret in the browser's cookie
    Column("expires_at", Moment, nullable=False),
)

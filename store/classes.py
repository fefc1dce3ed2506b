"""What kind of data each column of each table holds: a list, checked against the schema by a test. Sealing is sealed.py, erasing privacy.py.

A new column is put into one of the classes here:

- CONTACT: by it somebody can be reached or is known on a platform. Such a column is sealed.
- FREE_TEXT: people or staff write it, or it is made from that; identifiers are masked before it is written (jobseeker/privacy/identifiers.py).
- SECRET: sealed in its use case (second factors), or of no use after minutes (LINE's reply token) or to anybody but the database.
- DIGEST: nothing can be read back from it.
- OTHER: numbers, codes, times, settings, public postings. `account.login` and `provider_subject` name staff to the sign-in; nobody is reached
  by them. `inbox.event_id` and `message_key` are a platform's numbers of messages (a connector gives a digest where such a number tells who it is).
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import MetaData

CONTACT, FREE_TEXT, SECRET, DIGEST, OTHER = "contact", "free text", "secret", "digest", "other"

# fmt: off
CLASSES: Mapping[str, Mapping[str, str]] = {
    "account": {CONTACT: "email", DIGEST: "password_hash email_index", OTHER: "id login name role languages active failed_sign_ins locked_until created_at skills office capacity provider_subject first_password"},
    "account_presence": {OTHER: "account_id state seen_at changed_at"},
    "alert": {FREE_TEXT: "detail", OTHER: "id at kind conversation_id seen_at"},
    "audit": {FREE_TEXT: "detail", SECRET: "salt", DIGEST: "digest hash", OTHER: "id at actor action conversation_id case_id position"},
    "audit_head": {DIGEST: "hash", OTHER: "id genesis position"},
    "bridge_conversation": {CONTACT: "contact", OTHER: "case_id bridge remote_id sent_seq at closed_at"},
    "callback_request": {CONTACT: "contact", FREE_TEXT: "text", OTHER: "id case_id kind from_at until_at state created_at done_at done_by"},
    "canned_reply": {FREE_TEXT: "title text detail", OTHER: "id variety office changed_by changed_at removed_at"},
    "capability_switch": {FREE_TEXT: "reason", OTHER: "name off changed_by changed_at"},
    "case_note": {FREE_TEXT: "text", OTHER: "id case_id account_id kind at"},
    "choice": {OTHER: "id conversation_id title payload offered_at"},
    "consent": {OTHER: "id person_id purpose given at notice_version"},
    "conversation": {CONTACT: "channel_key", SECRET: "lease_token", DIGEST: "channel_key_index token_hash", OTHER: "id channel variety variety_chosen owner owner_version counsellor_id last_topic last_act failed_turns next_seq leased_until created_at updated_at unreachable_at person_id expecting notice_version erased_at crisis_at"},
    "course": {DIGEST: "content_hash", OTHER: "id source source_id state content updated_at"},
    "crisis_flag": {OTHER: "id at conversation_id case_id inbox_id reasons acknowledged_at acknowledged_by"},
    "deadline": {FREE_TEXT: "detail", OTHER: "id key kind case_id conversation_id due_at leased_until attempts last_error done_at created_at"},
    "handoff_case": {FREE_TEXT: "detail summary rating_text decision_text change_made", OTHER: "id conversation_id opened_by_inbox_id reasons urgency variety state claimed_by opened_at claimed_at closed_at version office skill tags offered_to offered_at passed_over preferred_account reopened_from opened_by opened_position told_position told_minutes told_at rating rated_at acknowledged_at acknowledged_by wrap_up_seq outcome due_at decision decided_at decided_by contested_rule"},
    "inbox": {FREE_TEXT: "text reading", OTHER: "id conversation_id channel event_id seq command state attempts due_at last_error understanding escalation masked received_at done_at message_key"},
    "job_alert": {FREE_TEXT: "query", OTHER: "person_id conversation_id active seen_revision next_check_at leased_until changed_at"},
    "job_alert_sent": {OTHER: "person_id vacancy_id at"},
    "link_attempt": {OTHER: "conversation_id wrong locked_until"},
    "link_code": {DIGEST: "code_hash", OTHER: "conversation_id created_at expires_at used_at used_by"},
    "match_log": {FREE_TEXT: "query result", OTHER: "id person_id conversation_id inbox_id versions at"},
    "office_exception": {FREE_TEXT: "reason", OTHER: "id office day opens closes account_id at removed_at"},
    "outbox": {FREE_TEXT: "say rendered", OTHER: "id key conversation_id inbox_id seq author variety act topic escalation versions state attempts due_at last_error created_at delivered_at parts_sent"},
    "person": {OTHER: "id created_at"},
    "profile": {FREE_TEXT: "content", OTHER: "person_id version inbox_id saved_at"},
    "provider_attempt": {DIGEST: "state_hash browser_hash", OTHER: "expires_at"},
    "recovery_code": {DIGEST: "code_hash", OTHER: "id account_id used_at"},
    "release_activation": {FREE_TEXT: "reason", OTHER: "id release_number at actor"},
    "release_signature": {OTHER: "release_number account_id signed_at"},
    "reminder": {OTHER: "id person_id conversation_id kind day send_at done_at"},
    "reply_handle": {SECRET: "handle", OTHER: "id conversation_id outbox_id received_at"},
    "second_factor": {SECRET: "secret pending", OTHER: "account_id last_step pending_at confirmed_at"},
    "self_declaration": {OTHER: "person_id age_band sex at"},
    "service_release": {FREE_TEXT: "note", DIGEST: "digest", OTHER: "number files code knowledge made_at made_by"},
    "sign_in_ticket": {DIGEST: "token_hash", OTHER: "account_id step expires_at"},
    "staff_session": {SECRET: "csrf_token", DIGEST: "token_hash", OTHER: "account_id created_at expires_at second_factor"},
    "stored_file": {CONTACT: "content", DIGEST: "token_hash", OTHER: "id person_id name media_type created_at expires_at"},
    "tombstone": {DIGEST: "id_hash", OTHER: "at"},
    "vacancy": {DIGEST: "content_hash", OTHER: "id source source_id state duplicate_of revision content likeness posted_on expires_on updated_at"},
    "vacancy_mark": {FREE_TEXT: "reason", OTHER: "person_id vacancy_id kind at"},
}
# fmt: on


def class_of(table: str, column: str) -> str | None:
    """The class of a column; None: nobody has said."""
    found = [name for name, columns in CLASSES.get(table, {}).items() if column in columns.split()]
    return found[0] if len(found) == 1 else None


def unclassified(schema: MetaData) -> list[str]:
    """Columns that stand in no class, or in two."""
    return [
        f"{table.name}.{column.name}"
        for table in schema.sorted_tables
        for column in table.columns
        if class_of(table.name, column.name) is None
    ]


def stale(schema: MetaData) -> list[str]:
    """What is classified and not in the schema any more."""
    return [
        f"{table}.{column}"
        for table, classes in CLASSES.items()
        for columns in classes.values()
        for column in columns.split()
        if table not in schema.tables or column not in schema.tables[table].columns
    ]

"""People's rights over their own data: what can be consented to, how an erasure is told, what is said about it. Pure; rows are in store/privacy.py."""

from __future__ import annotations

from collections.abc import Mapping

NOTICE_VERSION = "2026-11-28"  # of the texts consent_* in data/responses/privacy.yml
CHANGEABLE = (
    "profile",
    "alerts",
    "reminders",
    "research",
    "fairness",
)  # purposes a person can change at any time; all off at first
PURPOSES = (*CHANGEABLE, "link")  # everything a person may consent to; channels are linked by a code, not here
ERASED = "erased"  # the internal command that has the dialogue engine forget a conversation
GROUPS: Mapping[str, tuple[str, ...]] = {  # lines of a receipt: the tables whose rows they count
    "messages": ("inbox", "outbox"),
    "profile": ("profile",),
    "consents": ("consent",),
    "fairness": ("self_declaration",),
    "marks": ("vacancy_mark",),
    "alerts": ("job_alert", "job_alert_sent", "reminder"),
    "results": ("match_log",),
    "files": ("stored_file",),
    "cases": ("handoff_case", "case_note", "callback_request", "bridge_conversation", "deadline", "crisis_flag"),
    "links": ("link_code", "link_attempt", "reply_handle", "choice"),
}

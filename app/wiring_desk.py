"""The parts that reach outside the desk: mail, webhook, another desk. Put together with the rest in wiring.py; no decisions."""

from __future__ import annotations

from dataclasses import dataclass

from app.settings import Settings
from connectors.chatwoot import ChatwootDesk
from connectors.desk_mail import DeskMail
from connectors.desk_webhook import DeskWebhook
from jobseeker.usecases.announce_case import Announcer
from jobseeker.usecases.bridge_desk import AgentReply, BridgeDesk, Resolved


@dataclass(frozen=True)
class Bridge:
    """Another desk: how its events are read, and what becomes of them."""

    desk: BridgeDesk
    remote: ChatwootDesk

    def read(self, body: bytes) -> AgentReply | Resolved | None:
        """A webhook's body."""
        return self.remote.read(body)


def announcers(settings: Settings) -> dict[str, Announcer]:
    """The ways on which a waiting case is told outside. Raises ValueError where a setting is missing that another one needs."""
    ways: dict[str, Announcer] = {}
    if smtp := settings.smtp_url.get_secret_value():
        if not settings.mail_from or not settings.desk_mail:
            raise ValueError("JOBSEEKER_SMTP_URL needs JOBSEEKER_MAIL_FROM and JOBSEEKER_DESK_MAIL")
        ways["email"] = DeskMail(smtp, settings.mail_from, settings.desk_mail, settings.on_call_mail)
    if settings.desk_webhook_url:
        secret = settings.desk_webhook_secret.get_secret_value()
        if not secret:
            raise ValueError("JOBSEEKER_DESK_WEBHOOK_URL needs JOBSEEKER_DESK_WEBHOOK_SECRET")
        ways["webhook"] = DeskWebhook(settings.desk_webhook_url, secret)
    return ways


def other_desk(settings: Settings) -> ChatwootDesk | None:
    """The other desk, where one is set. Raises ValueError where a setting is missing that another one needs."""
    if not settings.chatwoot_url:
        return None
    inbox, secret = settings.chatwoot_inbox.get_secret_value(), settings.chatwoot_secret.get_secret_value()
    if not inbox or len(secret) < 16:
        raise ValueError(
            "JOBSEEKER_CHATWOOT_URL needs JOBSEEKER_CHATWOOT_INBOX and JOBSEEKER_CHATWOOT_SECRET (16 characters)"
        )
    return ChatwootDesk(settings.chatwoot_url, inbox)

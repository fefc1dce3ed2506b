"""Tells counsellors by e-mail that a case waits. What is told is jobseeker/usecases/announce_case.py."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from email.message import EmailMessage
from email.utils import formatdate
from urllib.parse import unquote, urlsplit

import aiosmtplib

from jobseeker.usecases.announce_case import Notice

SECONDS = 20.0


class DeskMail:
    """One letter for each notice, to all of the desk; a crisis to those on call, too. The Message-ID is the same on every attempt."""

    def __init__(self, smtp_url: str, sender: str, desk: Sequence[str], on_call: Sequence[str] = ()) -> None:
        """smtp_url: smtp://[user:password@]host[:25] (STARTTLS where the server offers it) or smtps://…[:465]. Raises ValueError."""
        found = urlsplit(smtp_url)
        if found.scheme not in ("smtp", "smtps") or not found.hostname:
            raise ValueError("the address of the mail server should look like smtp://user:password@host:587")
        self._tls = found.scheme == "smtps"
        self._host, self._port = found.hostname, found.port or (465 if self._tls else 25)
        self._user = unquote(found.username) if found.username else None
        self._password = unquote(found.password) if found.password else None
        self._sender, self._desk, self._on_call = sender, tuple(desk), tuple(on_call)

    async def __call__(self, notice: Notice) -> None:
        """Send it. Raises aiosmtplib.SMTPException or OSError: it is tried again."""
        to = [*self._desk, *(self._on_call if notice.crisis else ())]
        await aiosmtplib.send(
            self.letter(notice, to),
            hostname=self._host,
            port=self._port,
            username=self._user,
            password=self._password,
            use_tls=self._tls,
            timeout=SECONDS,
        )

    def letter(self, notice: Notice, to: Sequence[str]) -> EmailMessage:
        """The letter in both languages."""
        letter = EmailMessage()
        letter["From"], letter["To"] = self._sender, ", ".join(dict.fromkeys(to))
        letter["Subject"] = f"{notice.subject['zh']} / {notice.subject['en']}"
        letter["Date"] = formatdate(usegmt=True)
        name = hashlib.sha256(notice.key.encode()).hexdigest()[:32]
        letter["Message-ID"] = f"<{name}@{self._sender.rpartition('@')[2] or 'localhost'}>"
        letter["Auto-Submitted"] = "auto-generated"
        if notice.crisis:
            letter["Importance"] = "high"
        letter.set_content(f"{notice.body['zh']}\n\n{notice.body['en']}\n")
        return letter

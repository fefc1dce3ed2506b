"""Time-based one-time codes (RFC 6238, SHA-1, six digits, 30 seconds: what every authenticator app takes) with pyotp: jobseeker.ports.OneTimeCodes."""

from __future__ import annotations

import hmac
from datetime import datetime

import pyotp

STEPS_AROUND = 1  # 30 seconds before and after: clocks of telephones differ (RFC 6238, 5.2)


class TimeCodes:
    """Secrets of 160 bits and the codes that follow from them."""

    def __init__(self, issuer: str) -> None:
        """issuer: what the authenticator app shows beside the account."""
        self.issuer = issuer

    def new_secret(self) -> str:
        """Base32."""
        return pyotp.random_base32()

    def uri(self, secret: str, login: str) -> str:
        """otpauth://totp/…, for an authenticator app."""
        return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=self.issuer)

    def step(self, secret: str, code: str, at: datetime) -> int | None:
        """The time step whose code this is, of those around now; None for any other. Takes equally long for each."""
        totp, found = pyotp.TOTP(secret), None
        now = totp.timecode(at)
        for step in range(now - STEPS_AROUND, now + STEPS_AROUND + 1):
            if hmac.compare_digest(totp.generate_otp(step).encode(), code.encode("utf-8", "surrogatepass")):
                found = step
        return found

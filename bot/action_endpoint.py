"""How Rasa calls the action server: with the internal token, which that asks for where it listens beyond loopback, and with the trace."""

from __future__ import annotations

import os
from typing import Any

from rasa.utils.endpoints import EndpointConfig

from bot.channel import TOKEN_VARIABLE
from telemetry.tracing import NoTracing, Tracing


class ActionEndpoint(EndpointConfig):
    """Rasa's endpoint; every request carries the token and says which trace it belongs to."""

    tracing: Tracing = NoTracing()

    async def request(self, *args: Any, **kwargs: Any) -> Any:
        """One call of an action."""
        with self.tracing.span("call action"):
            own = {"X-Internal-Token": os.environ.get(TOKEN_VARIABLE, ""), **self.tracing.headers()}
            kwargs["headers"] = {**(kwargs.get("headers") or {}), **own}
            return await super().request(*args, **kwargs)

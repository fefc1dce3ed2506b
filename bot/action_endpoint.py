"""How Rasa calls the action server: with the internal token, which that asks for where it listens beyond loopback."""

from __future__ import annotations

import os
from typing import Any

from rasa.utils.endpoints import EndpointConfig

from bot.channel import TOKEN_VARIABLE


class ActionEndpoint(EndpointConfig):
    """Rasa's endpoint; every request carries the token."""

    async def request(self, *args: Any, **kwargs: Any) -> Any:
        """One call of an action."""
        kwargs["headers"] = {**(kwargs.get("headers") or {}), "X-Internal-Token": os.environ.get(TOKEN_VARIABLE, "")}
        return await super().request(*args, **kwargs)

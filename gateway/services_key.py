"""Where the services hang on the aiohttp application, with their types."""

from __future__ import annotations

import asyncio

from aiohttp import web

from app.wiring import Services
from gateway.health import Health
from gateway.intake import Intake
from gateway.limits import Admission, RateLimits

SERVICES = web.AppKey("services", Services)
HEALTH = web.AppKey("health", Health)
LIMITS = web.AppKey("limits", RateLimits)
ADMISSION = web.AppKey("admission", Admission)
CLOSING = web.AppKey("closing", asyncio.Event)
INTAKE = web.AppKey("intake", Intake)

"""`bot.launch run`: the Rasa server with one channel and nothing else. What a turn is, is in channel.py and processor.py."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import socket
from pathlib import Path
from typing import Any

from rasa.core.channels.channel import register
from rasa.core.tracker_store import TrackerStore
from rasa.core.utils import AvailableEndpoints
from sanic import Sanic

from bot.action_endpoint import ActionEndpoint
from bot.channel import TurnInput
from bot.processor import TurnAgent
from bot.project import Project
from telemetry.tracing import SHARE_VARIABLE, URL_VARIABLE, NoTracing, Tracing, tracing_to

ACTIONS_VARIABLE = "JOBSEEKER_ACTIONS_URL"
ROUTE = "/webhooks/"
logger = logging.getLogger(__name__)


def load_agent(project: Project, model: Path, tracing: Tracing = NoTracing()) -> TurnAgent:
    """The agent with its model, tracker store and action server. Raises where any of them cannot be had."""
    endpoints = AvailableEndpoints.read_endpoints(str(project.root / "endpoints.yml"))
    actions = os.environ.get(ACTIONS_VARIABLE)
    if actions:
        kept = endpoints.action.kwargs if endpoints.action else {}
        endpoints.action = ActionEndpoint(actions.rstrip("/").removesuffix("/webhook") + "/webhook", **kept)
        endpoints.action.tracing = tracing
    agent = TurnAgent(tracker_store=TrackerStore.create(endpoints.tracker_store), action_endpoint=endpoints.action)
    agent.load_model(model)
    return agent


def build_app(agent: TurnAgent, tracing: Tracing = NoTracing()) -> Sanic:
    """The HTTP application: our channel, no Rasa API."""
    app = Sanic("jobseeker_bot", configure_logging=False)
    app.ctx.agent, app.ctx.tracing = agent, tracing
    app.config.ACCESS_LOG = False
    app.config.KEEP_ALIVE_TIMEOUT = 75  # longer than the gateway keeps an idle connection: it closes first
    app.config.REQUEST_MAX_SIZE = 100_000
    channel = TurnInput.from_credentials(None)
    channel.tracing = tracing
    register([channel], app, route=ROUTE)
    app.register_listener(_settle, "after_server_start")
    app.register_listener(_close, "after_server_stop")
    return app


def serve(project: Project, model: Path, port: int, interface: str) -> None:
    """Serve until told to stop, on loopback or where launch.py was told that the network is private."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind((interface, port))
    share = float(os.environ.get(SHARE_VARIABLE) or 1)
    tracing = tracing_to(os.environ.get(URL_VARIABLE, ""), "rasa", share=share)
    agent = load_agent(project, model, tracing)
    app = build_app(agent, tracing)
    logger.warning("serving %s on http://%s:%d%sjobseeker", Path(model).name, interface, port, ROUTE)
    app.run(sock=listening, access_log=False, motd=False)


async def _settle(_app: Any, _loop: asyncio.AbstractEventLoop) -> None:
    """What is loaded now stays: without it a full collection stops every turn for 0.1 s (p99)."""
    gc.collect()
    gc.freeze()


async def _close(app: Sanic, _loop: asyncio.AbstractEventLoop) -> None:
    app.ctx.agent.tracker_store.close()
    app.ctx.tracing.close()

"""Starts the action server, on loopback unless told otherwise: `python -m actions.serve --port 5055`. The actions themselves are in the other files."""

from __future__ import annotations

import argparse
import logging
import sys
import warnings
from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError
from rasa_sdk import Action
from rasa_sdk.endpoint import create_app
from rasa_sdk.executor import ActionExecutor
from sanic import Sanic

from actions.benefits import benefit_actions
from actions.guard import CALLER, guard, remember_caller
from actions.handoff import RequestHandoff
from actions.language import SwitchLanguage
from actions.menu import ShowMenu
from actions.notice import TellHowItWorks
from actions.privacy import privacy_actions
from actions.profile import profile_actions
from actions.resume import resume_actions
from actions.vacancies import vacancy_actions
from app.desk import Desk, build_desk
from app.settings import Settings
from jobseeker.errors import ContentError
from telemetry.tracing import NoTracing, Tracing, tracing_to

LOOPBACK = "127.0.0.1"


class LeanExecutor(ActionExecutor):
    """Runs actions without Rasa's domain: none of ours reads it, and it would travel with every call.

    endpoints.yml tells Rasa 3.6 not to send it; this SDK would answer 449 and wait for it, which 3.6 does not know.
    """

    tracing: Tracing = NoTracing()

    async def run(self, action_call: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        """Run the action a call names."""
        action_call.setdefault("domain", {})
        with self.tracing.span("run action", CALLER.get()) as span:
            span.note("action", str(action_call.get("next_action")))
            return await super().run(action_call, *args, **kwargs)


def build_actions(desk: Desk) -> list[Action]:
    """All actions, as domain.yml names them. They share the desk, which was loaded once."""
    return [
        *(RequestHandoff(), SwitchLanguage(), ShowMenu(), TellHowItWorks()),
        *profile_actions(desk),
        *resume_actions(desk),
        *vacancy_actions(desk),
        *benefit_actions(desk),
        *privacy_actions(desk),
    ]


def build_app(desk: Desk, tracing: Tracing = NoTracing()) -> Sanic[Any, Any]:
    """The HTTP application with all actions registered."""
    executor = LeanExecutor()
    executor.tracing = tracing
    for action in build_actions(desk):
        executor.register_action(action)
    app: Sanic[Any, Any] = create_app(executor, cors_origins=[])
    app.config.ACCESS_LOG = False
    remember_caller(app)

    @app.after_server_stop
    async def close(*_: Any) -> None:
        await desk.close()
        tracing.close()

    return app


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until told to stop; 2 for a wrong call, 1 with one clear line when it cannot start."""
    parser = argparse.ArgumentParser(prog="python -m actions.serve", description=__doc__)
    parser.add_argument("--port", type=int, default=5055)
    parser.add_argument("--interface", default=LOOPBACK)
    parser.add_argument(
        "--private-network", action="store_true", help="Rasa alone reaches that interface, with the token"
    )
    parsed = parser.parse_args(arguments)
    if parsed.interface != LOOPBACK and not parsed.private_network:
        sys.stderr.write(
            f"the action server is reachable from {LOOPBACK} only, not from {parsed.interface}. "
            "Where nobody but Rasa gets to that address, say so with --private-network\n"
        )
        return 2
    logging.basicConfig(
        format="%(asctime)s %(levelname)s %(name)s %(message)s", level=logging.WARNING, stream=sys.stderr
    )
    # They are compatible: tests/integration/test_rasa_processes.py talks to this server through Rasa 3.6.21.
    warnings.filterwarnings("ignore", message="Your versions of rasa and rasa_sdk")
    try:
        settings = Settings()
        desk = build_desk(settings)
        app = build_app(desk, tracing_to(settings.trace_url, "actions", share=settings.trace_share))
        if parsed.private_network:
            guard(app, settings.internal_token.get_secret_value())
    except (ContentError, ValidationError, ValueError, OSError) as problem:
        sys.stderr.write(f"the action server cannot start: {problem}\n")
        return 1
    app.run(host=parsed.interface, port=parsed.port, single_process=True, access_log=False, motd=False)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

"""The one way to start Rasa: `python -m bot.launch run|train`. It prepares the process; the work is in serving.py and training.py."""

from __future__ import annotations

import argparse
import importlib.metadata
import logging
import os
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path

from bot import standin
from bot.project import RASA_VERSION, Project
from jobseeker.errors import ContentError

HERE = Path(__file__).resolve().parent.parent
LOOPBACK = "127.0.0.1"
NOT_READY, WRONG_CALL = 3, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command.

    Returns:
        0; 1 where training failed; 2 for a wrong call; 3 where there is no model or no token.
    """
    parsed = _parser().parse_args(arguments)
    found = importlib.metadata.version("rasa")
    if found != RASA_VERSION:
        return _say(
            f"rasa {found} is installed, but this code relies on the inside of {RASA_VERSION} (requirements/bot.txt)",
            WRONG_CALL,
        )
    project = Project(parsed.project.resolve(), (parsed.models or parsed.project / "models").resolve())
    os.chdir(project.root)  # endpoints.yml names var/tracker.db from here
    prepare(serving=parsed.command == "run")
    return _train(project, parsed) if parsed.command == "train" else _run(project, parsed)


def prepare(serving: bool) -> None:
    """What must be so before rasa is imported: no telemetry, nothing it does not need, no log of what people write."""
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")
    warnings.filterwarnings("ignore", category=DeprecationWarning)
    logging.basicConfig(
        format="%(asctime)s %(levelname)s %(name)s %(message)s", level=logging.WARNING, stream=sys.stderr
    )
    standin.install(serving)
    import structlog

    # Rasa's structured debug lines carry message texts; unconfigured, structlog prints all of them
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.format_exc_info,
            structlog.processors.KeyValueRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )


def _run(project: Project, parsed: argparse.Namespace) -> int:
    if parsed.interface != LOOPBACK and not parsed.private_network:
        return _say(
            f"Rasa is reachable from {LOOPBACK} only, not from {parsed.interface}: the gateway faces the internet. "
            "Where nobody but the gateways gets to that address, say so with --private-network",
            WRONG_CALL,
        )
    model = parsed.model.resolve() if parsed.model else project.current_model()
    if model is None or not model.is_file():
        return _say(f"there is no model {parsed.model or f'in {project.models}'}: run `make train`", NOT_READY)
    from bot.serving import serve

    try:
        serve(project, model, parsed.port, parsed.interface)
    except (OSError, ValueError) as problem:  # port taken, no token, no tracker store
        return _say(f"Rasa cannot be started: {problem}", NOT_READY)
    return 0


def _train(project: Project, parsed: argparse.Namespace) -> int:
    from bot.training import TrainingFailed, train

    try:
        train(project, HERE, _tell, parsed.force)
    except (ContentError, TrainingFailed) as problem:
        return _say(f"train: {problem}", 1)
    return 0


def _tell(what: str) -> None:
    sys.stdout.write(what + "\n")
    sys.stdout.flush()


def _say(what: str, code: int) -> int:
    sys.stderr.write(what + "\n")
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bot.launch", description=__doc__)
    parser.add_argument(
        "--project", type=Path, default=HERE, help="folder with config.yml, domain.yml, data/ and packs/"
    )
    parser.add_argument("--models", type=Path, help="folder of the models (default: models/ in the project)")
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="serve the current model")
    run.add_argument("--port", type=int, default=5005)
    run.add_argument("--interface", "-i", default=LOOPBACK)
    run.add_argument("--private-network", action="store_true", help="that interface is reached by the gateways alone")
    run.add_argument("--model", type=Path, help="a model archive instead of the current one")
    train = commands.add_parser("train", help="make a model if the training data changed")
    train.add_argument("--force", action="store_true", help="also if they did not")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())

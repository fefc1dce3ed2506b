"""The command `jobseeker estimate`: the pre-check of a case in a file. Working it out is jobseeker/benefits."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer
import yaml

from app.settings import Settings
from content import load_pack
from jobseeker.answers import Answers
from jobseeker.benefits import estimate, telling
from jobseeker.benefits.case_file import read_case
from jobseeker.benefits.plausible import Plausibility
from jobseeker.clock import SystemClock, local_day
from jobseeker.errors import UnclearCase
from jobseeker.messages import VARIETIES
from language.case_reader import SpokenCaseReader
from language.detect import to_simplified


def register(app: typer.Typer, fail: Callable[[str], typer.Exit]) -> None:
    """Add the command."""

    @app.command("estimate")
    def estimate_case(
        file: Annotated[Path, typer.Argument(help="The case as YAML or JSON; its fields: docs/benefits.md.")],
        as_json: Annotated[bool, typer.Option("--json", help="The result as JSON.")] = False,
        on: Annotated[str, typer.Option(help="As if asked on this day, e.g. 2026-03-02.")] = "",
        language: Annotated[str, typer.Option(help="zh-Hant, zh-Hans or en.")] = "zh-Hant",
    ) -> None:
        """Work out which benefits a case would bring. No decision: the employment centre and the Bureau decide."""
        if language not in VARIETIES:
            raise fail(f"--language takes {', '.join(VARIETIES)}, not {language!r}")
        try:
            day = date.fromisoformat(on) if on else local_day(SystemClock().now())
            typer.echo(shown(load_case(file), day, language, as_json=as_json))
        except UnclearCase as problem:
            raise fail(f"{problem.code}: {problem.message(language)}\n{problem.detail}") from problem
        except (OSError, ValueError, yaml.YAMLError) as problem:
            raise fail(f"{file}: {problem}") from problem


def load_case(file: Path) -> dict[str, Any]:
    """The mapping in the file. Raises OSError, yaml.YAMLError, or ValueError where it holds something else."""
    values = yaml.safe_load(file.read_text("utf-8"))  # JSON is YAML
    if not isinstance(values, dict):
        raise ValueError("the file should hold fields and values, like `left_on: 2026-03-02`")
    return values


def shown(values: dict[str, Any], day: date, language: str, *, as_json: bool) -> str:
    """The result as text or JSON. Raises UnclearCase where a value cannot be used as it is."""
    settings = Settings()
    pack = load_pack(settings.content_dir, settings.country)
    read = read_case(values, SpokenCaseReader(), Plausibility(pack.figures, day), day)
    if read.doubts:
        raise UnclearCase("\n".join(f"  {name}: {value!r} ({problem})" for name, problem, value in read.doubts))
    found = estimate(read.case, pack.figures, day)
    if as_json:
        return json.dumps({"case": read.case.to_dict(), **found.to_dict()}, ensure_ascii=False, indent=2)
    answers = Answers(pack, to_simplified)
    replies = [answers.render(say, variety=language, day=day) for say in telling.result(found)]
    return "\n\n".join(reply.text for reply in replies)

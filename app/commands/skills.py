"""`jobseeker skills` and `jobseeker skills-report`: what a text says of skills, and how well that is read."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import orjson
import typer

ROOT = Path(__file__).resolve().parent.parent.parent


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("skills")(skills)
    app.command("skills-report")(skills_report)


def skills() -> None:
    """Find skills, licences and languages in JSON Lines from standard input: {"text": …}; one line out for each, in the same order."""
    from app.skill_lines import SkillLines
    from app.wiring_reading import load_reader
    from jobseeker.errors import ContentError

    try:
        reader, taxonomy = load_reader(ROOT)
    except ContentError as problem:
        typer.echo(str(problem), err=True)
        raise typer.Exit(1) from problem
    lines = SkillLines(reader, taxonomy)
    failed = False
    out = sys.stdout.buffer
    for number, line in enumerate(sys.stdin.buffer, start=1):
        if not line.strip():
            continue
        result = lines.read_line(line, number, orjson.loads)
        failed |= "error" in result
        out.write(orjson.dumps(result, option=orjson.OPT_APPEND_NEWLINE))
        out.flush()
    if failed:
        raise typer.Exit(1)


def skills_report(
    file: Annotated[Path, typer.Argument(help="A file of marked texts (see its first lines).")] = ROOT
    / "tests/data/skills_heldout.yml",
    show: Annotated[
        bool, typer.Option("--show", help="Print each text that was read wrongly (for the development set).")
    ] = False,
) -> None:
    """Measure how well skills and their status are read from marked texts: span F1 and accuracy, by language and status."""
    from app.evaluation.skills import evaluate, read_marked
    from app.skill_lines import SkillLines
    from app.wiring_reading import load_reader
    from jobseeker.errors import ContentError

    try:
        reader, taxonomy = load_reader(ROOT)
        texts = read_marked(file)
    except (ContentError, OSError) as problem:
        typer.echo(str(problem), err=True)
        raise typer.Exit(1) from problem
    typer.echo(evaluate(texts, SkillLines(reader, taxonomy), show))

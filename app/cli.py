"""The command `jobseeker`. Each command reads arguments, calls what does the work and prints; nothing is decided here."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import urllib.request
import uuid
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from app import processes
from app.channel_commands import add_channels
from app.commands import backup as backup_command
from app.commands import estimate as estimate_command
from app.commands import match as match_commands
from app.commands import replay as replay_command
from app.commands import skills as skill_commands
from app.commands.accounts import accounts, keys
from app.commands.audit import audit
from app.commands.courses import courses
from app.commands.privacy import privacy
from app.commands.release import release
from app.commands.switch import switch
from app.commands.taxonomy import taxonomy
from app.commands.vacancies import vacancies
from app.settings import Settings
from jobseeker.errors import ReleaseError

app = typer.Typer(
    no_args_is_help=True, add_completion=False, help="The jobseeker assistant: start, stop, train, try, check."
)
skill_commands.register(app)
knowledge = typer.Typer(
    no_args_is_help=True, help="Topics and questions as a spreadsheet, for people who do not edit YAML."
)
app.add_typer(knowledge, name="knowledge")
app.add_typer(taxonomy, name="taxonomy")
app.add_typer(vacancies, name="vacancies")
match_commands.register(app, vacancies)
app.add_typer(courses, name="courses")
app.add_typer(privacy, name="privacy")
app.add_typer(accounts, name="account")
app.add_typer(keys, name="keys")
app.add_typer(audit, name="audit")
app.add_typer(switch, name="switch")
app.add_typer(release, name="release")
ROOT = Path(__file__).resolve().parent.parent


def layout(settings: Settings) -> processes.Layout:
    """Where this installation lies and listens."""
    return processes.layout_of(ROOT, settings)


def fail(text: str) -> typer.Exit:
    """Say what is wrong on standard error; the caller raises the result."""
    typer.echo(text, err=True)
    return typer.Exit(1)


add_channels(app, fail)
estimate_command.register(app, fail)
replay_command.register(app, fail)
backup_command.register(app, fail)


@app.command()
def up() -> None:
    """Start everything: train if the data changed, migrate, start, wait until healthy, print the addresses."""
    settings = Settings()
    settings.var_dir.mkdir(parents=True, exist_ok=True)
    place = layout(settings)
    run_training(force=False)
    from app.administration import FIRST_LOGIN, prepare

    password = asyncio.run(prepare(settings))
    show_samples(settings)
    environment: Mapping[str, str] = settings.for_children()
    try:
        if "content_dir" not in settings.model_fields_set:  # else somebody else decides what is served
            place, environment = of_release(settings, place, environment)
        seconds = processes.start(place, environment, typer.echo)
    except (processes.StartError, ReleaseError) as problem:
        raise fail(str(problem)) from problem
    typer.echo(f"\nready in {seconds:.1f} s\n  web chat  {place.gateway_url}/\n  console   {place.gateway_url}/console")
    if password:
        typer.echo(f"  first counsellor account (shown once): login {FIRST_LOGIN}, password {password}")
    typer.echo(f"  logs      {place.var / 'log'}\nstop with: make down")


def of_release(
    settings: Settings, place: processes.Layout, environment: Mapping[str, str]
) -> tuple[processes.Layout, Mapping[str, str]]:
    """The layout and the environment with which processes serve the release that is to be served. Raises ReleaseError."""
    from app.releases.operating import Releases

    releases = Releases(settings, place, typer.echo)
    content = releases.ready()
    return replace(place, models=releases.folders.models), {**environment, "JOBSEEKER_CONTENT_DIR": str(content)}


def show_samples(settings: Settings) -> None:
    """Load the sample vacancies where there are no others, and say so."""
    from app.vacancies.samples import load_samples

    loaded = asyncio.run(load_samples(settings))
    if loaded is not None:
        typer.echo(
            f'{loaded.vacancies} sample vacancies and {loaded.courses} sample courses, shown as from "{loaded.source}"; '
            "a first import replaces them, or: jobseeker vacancies remove-samples"
        )


@app.command()
def down() -> None:
    """Stop everything that `up` started."""
    try:
        stopped = processes.stop(layout(Settings()))
    except processes.StartError as problem:
        raise fail(str(problem)) from problem
    typer.echo("stopped" if stopped else "nothing was running")


@app.command()
def status() -> None:
    """Say what is running and whether it answers."""
    place = layout(Settings())
    rows = processes.states(place)
    if not rows:
        typer.echo("nothing is running; start with: make up")
        return
    for name, state, description in rows:
        answers = "answers" if processes.is_healthy(place.health[name]) else "does not answer"
        typer.echo(f"{name:8} {state:9} {answers:16} {description}")


def run_training(force: bool) -> None:
    """Train in the bot's environment; it skips by itself when nothing it learns from has changed."""
    python = ROOT / "bot" / ".venv" / "bin" / "python"
    if not python.exists():
        raise fail("the bot's environment is missing. Run: make setup")
    command = [str(python), "-m", "bot.launch", "train", *(["--force"] if force else [])]
    environment = {**processes.KEPT_MEMORY, **os.environ, "RASA_TELEMETRY_ENABLED": "false"}
    done = subprocess.run(command, cwd=ROOT, env=environment, check=False)
    if done.returncode:
        raise fail("training failed; the lines above say why")


@app.command()
def train(force: Annotated[bool, typer.Option(help="Train even if nothing changed.")] = False) -> None:
    """Train the model if the training data changed."""
    run_training(force)


@app.command()
def validate(pack: Annotated[str, typer.Option(help="Which country's pack.")] = "tw") -> None:
    """Check packs and training data; every error names file and line."""
    from content import find_problems

    problems, files = find_problems(ROOT, pack)
    for problem in problems:
        typer.echo(str(problem))
    typer.echo(f"{files} files read, {len(problems)} problems")
    if problems or not files:
        raise typer.Exit(1)


@app.command()
def evaluate(
    quick: Annotated[
        bool, typer.Option("--quick", help="The trained model on the held-out set only; seconds.")
    ] = False,
    folds: Annotated[int, typer.Option(min=2, help="Of the cross-validation.")] = 4,
    processes: Annotated[int, typer.Option(min=1, help="Trainings side by side.")] = 2,
    labels: Annotated[
        int | None, typer.Option(min=2, help="Look at so many labels only; does not touch the committed report.")
    ] = None,
    json_file: Annotated[Path | None, typer.Option("--json", help="Where to write the numbers as well.")] = None,
    html_file: Annotated[Path | None, typer.Option("--html", help="Where to write the page with the plots.")] = None,
) -> None:
    """Measure how well messages are understood, and write the committed report (docs/reports)."""
    from app.evaluation.command import Wish
    from app.evaluation.command import evaluate as run
    from app.model import ModelMissingError
    from jobseeker.errors import ContentError

    wish = Wish(quick, folds, processes, labels, json_file, html_file)
    try:
        typer.echo(run(ROOT, ROOT / "models", Settings().var_dir, wish, lambda text: typer.echo(text, err=True)))
    except (ContentError, ModelMissingError) as problem:
        raise fail(str(problem)) from problem


@knowledge.command("export")
def knowledge_export(
    file: Annotated[Path, typer.Argument(help="The .xlsx to write.")],
    pack: Annotated[str, typer.Option(help="Which country's pack.")] = "tw",
) -> None:
    """Write all topics and questions into a spreadsheet."""
    from app.knowledge_sheet import export_sheet

    topics, questions = export_sheet(ROOT, file, pack)
    typer.echo(f"{file}: {topics} topics, {questions} questions")


@knowledge.command("import")
def knowledge_import(
    file: Annotated[Path, typer.Argument(help="The edited .xlsx.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would change; write nothing.")] = False,
    pack: Annotated[str, typer.Option(help="Which country's pack.")] = "tw",
) -> None:
    """Write the changed cells of a spreadsheet back into the topic files; nothing is written when anything is wrong."""
    from app.knowledge_sheet import SheetRefused, import_sheet

    try:
        changes = import_sheet(ROOT, file, pack, write=not dry_run)
    except SheetRefused as refused:
        raise fail(str(refused)) from refused
    for change in changes:
        typer.echo(change.diff if dry_run else f"{change.file}: {', '.join(change.fields)}")
    typer.echo(f"{len(changes)} files {'would change' if dry_run else 'changed'}")


@app.command()
def parse(
    models: Annotated[Path | None, typer.Option(help="Folder of trained models (default: models/).")] = None,
) -> None:
    """Classify JSON Lines from standard input: {"text": …} or {"turns": […]}; one line out for each, in the same order."""
    from app.model import ModelMissingError, load_understander
    from app.parsing import Parser
    from content import load_escalation, load_pack

    try:
        understander = load_understander(models or ROOT / "models")
    except ModelMissingError as problem:
        raise fail(str(problem)) from problem
    parser = Parser(understander, load_escalation(ROOT), load_pack(ROOT))
    failed = False
    for number, line in enumerate(sys.stdin, start=1):
        if not line.strip():
            continue
        result = parser.parse_line(line, number)
        failed |= "error" in result
        sys.stdout.write(json.dumps(result, ensure_ascii=False) + "\n")
        sys.stdout.flush()
    if failed:
        raise typer.Exit(1)


@app.command()
def chat(
    url: Annotated[str, typer.Option(help="Where the gateway is.")] = "",
    language: Annotated[str, typer.Option(help="zh-Hant, zh-Hans or en.")] = "zh-Hant",
) -> None:
    """A conversation in the terminal, with the running service. Leave with an empty line or Ctrl-D."""
    base = url or layout(Settings()).gateway_url
    if not processes.is_healthy(base + "/healthz"):
        raise fail(f"nothing answers at {base}. Start it with: make up")
    conversation = call(base + "/api/v1/conversations", {"language": language})
    for reply in conversation["replies"]:
        show(reply)
    while text := read_line():
        address = f"{base}/api/v1/conversations/{conversation['id']}/messages?wait=60"
        answer = call(address, {"text": text, "client_message_id": uuid.uuid4().hex}, conversation["token"])
        for reply in answer.get("replies", ()):
            show(reply)
        if "error" in answer:
            typer.echo(answer["error"]["message"]["en" if language == "en" else "zh"])


def read_line() -> str:
    """One line from the terminal; empty at its end."""
    try:
        return input("> ").strip()
    except (EOFError, KeyboardInterrupt):
        return ""


def show(reply: dict[str, Any]) -> None:
    """Print a reply with its buttons."""
    typer.echo(f"\n[{reply['author']}] {reply['text']}")
    for button in reply["buttons"]:
        typer.echo(f"   ({button['payload']})  {button['title']}")
    typer.echo("")


def call(url: str, body: dict[str, Any], token: str = "") -> dict[str, Any]:
    """POST JSON, read JSON; an error answer is returned like any other."""
    headers = {"Content-Type": "application/json", **({"Authorization": f"Bearer {token}"} if token else {})}
    request = urllib.request.Request(url, json.dumps(body).encode(), headers)
    try:
        with urllib.request.urlopen(request, timeout=90) as answer:
            result: dict[str, Any] = json.load(answer)
    except urllib.error.HTTPError as problem:
        result = json.loads(problem.read())
    return result


def main() -> None:
    """Entry point of the `jobseeker` script."""
    app()


if __name__ == "__main__":
    main()

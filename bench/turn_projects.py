"""The two projects that bench_turns.py compares, with the same training data: ours, and what `rasa init` would make of it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from content import load_examples
from language.nlu import Example

ROOT = Path(__file__).resolve().parent.parent
PLAIN_VENV = ROOT / ".bench-venv"
TOKEN = "bench-token-bench-token"


@dataclass(frozen=True)
class System:
    """One of the two: how to train it, serve it and ask it."""

    name: str
    folder: Path
    train: Sequence[str]
    serve: Sequence[str]  # {port} is filled in
    environment: dict[str, str]
    health: str
    path: str

    def body(self, conversation: str, number: int, text: str) -> dict[str, Any]:
        """The request for one message."""
        if self.name == "plain":
            return {"sender": conversation, "message": text}
        return {
            "inbox_id": number, "conversation_id": conversation, "text": text, "command": "", "variety": "zh-Hant",
            "channel": "web", "trace_id": "", "context": {},
        }  # fmt: skip

    def env(self) -> dict[str, str]:
        """The process environment; no telemetry on either side."""
        inherited = {
            name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"
        }  # it slows every start
        return inherited | {"RASA_TELEMETRY_ENABLED": "false", "TF_CPP_MIN_LOG_LEVEL": "2"} | self.environment


def chosen_examples(topics: int | None, per_label: int | None) -> list[Example]:
    """The training examples of the first `topics` topics and of all acts, at most `per_label` of each (None: all)."""
    examples = load_examples(ROOT)
    names = set(sorted({e.label for e in examples if e.label.startswith("faq/")})[:topics])
    chosen: dict[str, list[Example]] = {}
    for example in examples:
        if example.label in names or not example.label.startswith("faq/"):
            chosen.setdefault(example.label, []).append(example)
    return [example for found in chosen.values() for example in found[:per_label]]


def our_project(folder: Path, examples: Sequence[Example], *, keep_models: bool = False) -> System:
    """Our project with exactly these examples; everything else as it is."""
    _emptied(folder, keep_models)
    for name in ("config.yml", "domain.yml", "endpoints.yml", "credentials.yml"):
        shutil.copy(ROOT / name, folder / name)
    shutil.copytree(ROOT / "data", folder / "data", ignore=shutil.ignore_patterns("nlu"))
    shutil.copytree(ROOT / "packs", folder / "packs", ignore=shutil.ignore_patterns("knowledge"))
    (folder / "data" / "nlu").mkdir()
    (folder / "packs" / "tw" / "knowledge").mkdir()
    labels: dict[str, dict[tuple[str, str], list[str]]] = {}
    for example in examples:
        labels.setdefault(example.label, {}).setdefault((example.language, example.kind), []).append(example.text)
    for label, blocks in labels.items():
        if label.startswith("faq/"):
            _write_topic(folder, label.removeprefix("faq/"), blocks)
        else:
            nlu = [
                {
                    "intent": label,
                    "metadata": {"language": language, "kind": kind},
                    "examples": "".join(f"- {text}\n" for text in texts),
                }
                for (language, kind), texts in blocks.items()
            ]
            write(folder / "data" / "nlu" / f"{label}.yml", {"version": "3.1", "nlu": nlu})
    _keep_known_topics(folder)
    launch = [str(ROOT / "bot/.venv/bin/python"), "-m", "bot.launch", "--project", str(folder)]
    return System(
        "ours", folder, [*launch, "train", "--force"], [*launch, "run", "--port", "{port}"],
        {
            "JOBSEEKER_INTERNAL_TOKEN": TOKEN, "JOBSEEKER_TRACKER_URL": f"sqlite:///{folder / 'tracker.db'}",
            "PYTHONPATH": str(ROOT),
        },
        "/webhooks/jobseeker/health", "/webhooks/jobseeker/turn",
    )  # fmt: skip


def plain_project(folder: Path, examples: Sequence[Example], *, keep_models: bool = False) -> System:
    """What `rasa init` makes: its own config.yml (default pipeline and policies), an intent and a rule for each label."""
    _emptied(folder, keep_models)
    initial = next(PLAIN_VENV.glob("lib/python3*/site-packages/rasa/cli/initial_project/config.yml"))
    shutil.copy(initial, folder / "config.yml")
    by_intent: dict[str, list[str]] = {}
    for example in examples:
        by_intent.setdefault(example.label.replace("/", "_"), []).append(example.text)
    by_intent.pop("restart", None)  # Rasa's own action answers it
    nlu = [
        {"intent": name, "examples": "".join(f"- {text}\n" for text in texts)}
        for name, texts in sorted(by_intent.items())
    ]
    first, second = sorted(by_intent)[:2]
    write(folder / "nlu.yml", {"version": "3.1", "nlu": nlu})
    write(
        folder / "domain.yml",
        {
            "version": "3.1",
            "intents": sorted(by_intent),
            "responses": {f"utter_{name}": [{"text": f"The answer to {name}."}] for name in sorted(by_intent)},
            "session_config": {"session_expiration_time": 60, "carry_over_slots_to_new_session": True},
        },
    )
    rules = [{"rule": name, "steps": [{"intent": name}, {"action": f"utter_{name}"}]} for name in sorted(by_intent)]
    story = [{"intent": first}, {"action": f"utter_{first}"}, {"intent": second}, {"action": f"utter_{second}"}]
    write(
        folder / "rules.yml",
        {"version": "3.1", "rules": rules, "stories": [{"story": "two questions", "steps": story}]},
    )
    write(
        folder / "endpoints.yml",
        {"tracker_store": {"type": "SQL", "dialect": "sqlite", "db": str(folder / "tracker.db")}},
    )
    write(folder / "credentials.yml", {"rest": None})
    rasa = str(PLAIN_VENV / "bin" / "rasa")
    files = ["--domain", str(folder / "domain.yml"), "--config", str(folder / "config.yml")]
    return System(
        "plain", folder,
        [rasa, "train", "--force", *files, "--data", str(folder), "--out", str(folder / "models")],
        [
            rasa, "run", "-i", "127.0.0.1", "-p", "{port}", "-m", str(folder / "models"),
            "--endpoints", str(folder / "endpoints.yml"), "--credentials", str(folder / "credentials.yml"),
        ],
        {}, "/webhooks/rest/", "/webhooks/rest/webhook",
    )  # fmt: skip


def _emptied(folder: Path, keep_models: bool) -> None:
    """Nothing in it but, where wished, the models."""
    folder.mkdir(parents=True, exist_ok=True)
    for item in folder.iterdir():
        if item.name == "models" and keep_models:
            continue
        if item.is_dir():
            shutil.rmtree(item)
        else:
            item.unlink()


def _write_topic(folder: Path, topic: str, blocks: dict[tuple[str, str], list[str]]) -> None:
    """The knowledge file as it is, but for its questions."""
    content = yaml.safe_load((ROOT / "packs/tw/knowledge" / f"{topic}.yml").read_text(encoding="utf-8"))
    questions: dict[str, dict[str, list[str]]] = {"zh": {}, "en": {}}
    for (language, kind), texts in blocks.items():
        questions[language][kind] = texts
    write(folder / "packs/tw/knowledge" / f"{topic}.yml", content | {"questions": questions})


def _keep_known_topics(folder: Path) -> None:
    """Barriers name topics to read on; those that this project leaves out are not named."""
    path = folder / "packs" / "tw" / "barriers.yml"
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    known = {topic.stem for topic in (folder / "packs/tw/knowledge").glob("*.yml")}
    for barrier in content["barriers"].values():
        barrier["topics"] = [topic for topic in barrier.get("topics") or () if topic in known]
    write(path, content)


def write(path: Path, content: Any) -> None:
    """Write YAML that Rasa reads: block style, Chinese as it is."""
    path.write_text(
        yaml.dump(content, allow_unicode=True, sort_keys=False, Dumper=_BlockDumper, width=10_000), encoding="utf-8"
    )


class _BlockDumper(yaml.SafeDumper):
    """Multi-line texts as `|` blocks, which Rasa's training data format asks for."""


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.Node:
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style="|" if "\n" in value else None)


_BlockDumper.add_representer(str, _text)

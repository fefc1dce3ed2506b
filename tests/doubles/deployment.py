"""Reads deploy/ for tests: Kubernetes objects, the compose file, what an image is given. Judging them is the tests'."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from dockerfile_parse import DockerfileParser

ROOT = Path(__file__).resolve().parent.parent.parent
DEPLOY = ROOT / "deploy"
EXAMPLE = "secret.example.yaml"


@cache
def _text(path: Path) -> str:
    return path.read_text("utf-8")


def objects() -> list[dict[str, Any]]:
    """All Kubernetes objects, the example of the secret too; not the kustomization."""
    files = sorted((DEPLOY / "kubernetes").glob("*.yaml"))
    return [
        document
        for file in files
        for document in yaml.safe_load_all(_text(file))
        if document["kind"] != "Kustomization"
    ]


def of_kind(every: list[dict[str, Any]], *kinds: str) -> list[dict[str, Any]]:
    """Those of these kinds."""
    return [each for each in every if each["kind"] in kinds]


def container(workload: Mapping[str, Any]) -> dict[str, Any]:
    """The one container of a Deployment or Job."""
    [only] = workload["spec"]["template"]["spec"]["containers"]
    return dict(only)


def environment(workload: Mapping[str, Any], settings: Mapping[str, str], secret: Mapping[str, str]) -> dict[str, str]:
    """What its process finds in its environment, with this ConfigMap and these secrets."""
    given = container(workload)
    found = dict(settings) if any("configMapRef" in each for each in given.get("envFrom", [])) else {}
    for each in given["env"]:
        found[each["name"]] = each["value"] if "value" in each else secret[each["valueFrom"]["secretKeyRef"]["key"]]
    return found


def compose() -> dict[str, Any]:
    """The compose file."""
    loaded: dict[str, Any] = yaml.safe_load(_text(DEPLOY / "compose.yml"))
    return loaded


@dataclass(frozen=True)
class Stage:
    """One stage of the Dockerfile: its instructions in order, as (name in capitals, value)."""

    name: str
    base: str
    instructions: tuple[tuple[str, str], ...]

    def copies(self) -> Iterator[tuple[list[str], str]]:
        """(sources in the checkout, target) of every COPY that is not from another stage."""
        for instruction, value in self.instructions:
            parts = value.split()
            if instruction == "COPY" and not parts[0].startswith("--from"):
                yield parts[:-1], parts[-1]


def stages(dockerfile: str) -> dict[str, Stage]:
    """The stages of a Dockerfile by name."""
    parser = DockerfileParser(fileobj=io.BytesIO())
    parser.content = dockerfile
    found: dict[str, Stage] = {}
    name, base, instructions = "", "", []
    for each in parser.structure:
        if each["instruction"] == "FROM":
            if name:
                found[name] = Stage(name, base, tuple(instructions))
            base, _, name = each["value"].partition(" AS ")
            instructions = []
        elif each["instruction"] != "COMMENT":
            instructions.append((each["instruction"], each["value"]))
    found[name] = Stage(name, base, tuple(instructions))
    return found

"""Documentation that would lie is a failing test: paths, error codes, make targets, commands - each in both directions where there are two."""

from __future__ import annotations

import re
import subprocess
from collections import Counter
from pathlib import Path

import pytest
from typer.main import get_command

import jobseeker.errors as errors
from app.cli import app
from jobseeker.usecases.carry_out_effects import EFFECTS

PATH = re.compile(r"`([A-Za-z0-9_.\-]+/[A-Za-z0-9_./\-]*|domain\.yml|config\.yml|Makefile)`")


def tracked(root: Path) -> list[Path]:
    """The files that belong to the project: tracked, or new and not ignored."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=root, capture_output=True, text=True, check=False
    ).stdout.split("\n")
    found = [root / name for name in listed if name and (root / name).is_file()]
    return found or [
        path
        for path in root.rglob("*")
        if path.is_file() and ".venv" not in path.parts and "node_modules" not in path.parts
    ]


def named_paths(text: str) -> list[str]:
    """The paths in backticks that a table of where.md names."""
    return PATH.findall(text)


def missing_paths(root: Path, text: str) -> list[str]:
    """Those that do not exist."""
    return [name for name in named_paths(text) if not (root / name).exists() and not name.startswith("tests/e2e/shots")]


def test_every_path_in_where_exists(root: Path) -> None:
    text = (root / "docs" / "where.md").read_text("utf-8")
    assert len(named_paths(text)) > 25
    assert missing_paths(root, text) == []


def test_a_path_that_does_not_exist_is_found(root: Path) -> None:
    assert missing_paths(root, "| x | `store/nowhere.py` | |") == ["store/nowhere.py"]


def asked_twice(text: str) -> list[str]:
    """The wishes of where.md that stand in two rows: with two answers a reader opens the wrong file."""
    wishes = Counter(line.split("|")[1].strip() for line in text.splitlines() if line.startswith("| "))
    assert len(wishes) > 1
    return [wish for wish, times in wishes.items() if times > 1]


def test_where_answers_each_wish_once(root: Path) -> None:
    assert asked_twice((root / "docs" / "where.md").read_text("utf-8")) == []
    assert asked_twice("| a | `x` |\n| b | `y` |\n| a | `z` |") == ["a"]


def test_every_folder_has_a_room(root: Path) -> None:
    text = (root / "docs" / "architecture.md").read_text("utf-8")
    rooms = {path.relative_to(root).parts[0] for path in tracked(root) if len(path.relative_to(root).parts) > 1}
    rooms -= {"docs", "tests", "requirements", ".ci"}
    assert len(rooms) > 10
    assert [room for room in sorted(rooms) if f"`{room}/" not in text] == []


def test_error_codes_are_documented_and_unique(root: Path) -> None:
    text = (root / "docs" / "errors.md").read_text("utf-8")
    classes = [
        value
        for value in vars(errors).values()
        if isinstance(value, type) and issubclass(value, errors.JobseekerError) and "code" in vars(value)
    ]
    codes = {cls.code: cls.__name__ for cls in classes}
    assert len(codes) == len(classes) > 12
    documented = dict(re.findall(r"^\| (JS-[A-Z0-9-]+) \| (\w+) \|", text, re.MULTILINE))
    assert documented == codes
    tree = errors.__doc__ or ""
    assert [name for code, name in codes.items() if code != "JS-000" and (code not in tree or name not in tree)] == []


def test_make_targets_of_the_readme_exist(root: Path) -> None:
    makefile = (root / "Makefile").read_text("utf-8")
    texts = [(root / name).read_text("utf-8") for name in ("README.md", "CONTRIBUTING.md")]
    texts += [path.read_text("utf-8") for path in (root / "docs").rglob("*.md")]
    targets = {target for text in texts for target in re.findall(r"(?:^|`)make ([a-z-]+)", text, re.MULTILINE)}
    assert {"up", "test", "check", "down"} <= targets
    assert [target for target in sorted(targets) if not re.search(rf"^{target}:", makefile, re.MULTILINE)] == []


def test_commands_of_the_readme_exist(root: Path) -> None:
    commands = set(getattr(get_command(app), "commands"))  # noqa: B009 - the group's own attribute, untyped
    named = set(re.findall(r"jobseeker ([a-z]+)", (root / "README.md").read_text("utf-8")))
    assert {"parse", "validate"} <= named
    assert sorted(named - commands) == []


def test_links_between_documents_lead_somewhere(root: Path) -> None:
    checked, broken = 0, []
    for path in [root / "README.md", root / "CONTRIBUTING.md", *(root / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", path.read_text("utf-8")):
            checked += 1
            if not (path.parent / target).exists():
                broken.append(f"{path.name} -> {target}")
    assert checked > 15
    assert broken == []


@pytest.mark.parametrize(
    "folder", ["jobseeker", "language", "content", "store", "connectors", "gateway", "console", "actions", "app", "bot"]
)
def test_each_module_says_what_belongs_there(root: Path, folder: str) -> None:
    modules = [path for path in tracked(root) if path.suffix == ".py" and path.relative_to(root).parts[0] == folder]
    assert modules, f"no module in {folder}/"
    silent = [
        str(path.relative_to(root))
        for path in modules
        if not path.read_text("utf-8").lstrip().startswith(('"""', 'r"""'))
    ]
    assert silent == []


def test_effects_are_documented(root: Path) -> None:
    text = (root / "docs" / "contracts.md").read_text("utf-8").split("**Effects.**")[1].split("**Open questions**")[0]
    documented = {
        name for row in re.findall(r"^\| (`.+?`) \| `\{", text, re.MULTILINE) for name in re.findall(r"`(\w+)`", row)
    }
    assert documented == set(EFFECTS)

"""Rules no linter knows: no registry host anywhere, no prose in domain.yml, no binary, secret or oversized file, Rasa only in bot/."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml

from tests.architecture.imports import imported
from tests.architecture.test_docs import tracked

# written in parts, so that this file does not name what it forbids
REGISTRY = re.compile(
    "|".join(
        [
            "pypi" + r"\.org",
            "pythonhosted" + r"\.org",
            "registry" + r"\.npmjs",
            "npmjs" + r"\.com/-",
            "deb" + r"\.debian",
            r"/opt/" + "pypi",
        ]
    )
)
HAN = re.compile("[㐀-鿿]")
BINARY = {".gz", ".zip", ".db", ".sqlite", ".npz", ".npy", ".pkl", ".whl", ".so", ".pyc"}
MAX_KILOBYTES = 700
IMAGE = {".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp", ".ico", ".tif", ".tiff", ".avif"}
MOST_PICTURES, PICTURE_BYTES, ALL_PICTURES_BYTES = (
    10,
    60_000,
    500_000,
)  # docs/screenshots/*.png, made by make screenshots
PNG = b"\x89PNG\r\n\x1a\n"
IMPORTED_ONLY_IN = {
    "rasa": {"bot", "tests", "bench"},
    "rasa_sdk": {"actions", "tests"},
    "sqlalchemy": {"store", "bot", "tests", "bench"},
}


def registry_lines(text: str) -> list[str]:
    """Lines that name a package registry's host."""
    return [line for line in text.split("\n") if REGISTRY.search(line)]


def prose(value: object) -> list[str]:
    """Texts in a structure that a person could read: Chinese, or several words."""
    if isinstance(value, dict):
        return [text for item in value.values() for text in prose(item)]
    if isinstance(value, list):
        return [text for item in value for text in prose(item)]
    return [value] if isinstance(value, str) and (HAN.search(value) or len(value.split()) > 3) else []


def test_no_registry_host_is_named(root: Path) -> None:
    files = [path for path in tracked(root) if path.suffix not in {".png"}]
    assert len(files) > 150
    hits = [
        f"{path.relative_to(root)}: {line[:80]}"
        for path in files
        for line in registry_lines(path.read_text("utf-8", "replace"))
    ]
    assert hits == []


def test_a_registry_host_would_be_found() -> None:
    assert registry_lines("a\nindex-url = https://pypi" + ".org/simple\n") != []


def test_domain_holds_no_prose(root: Path) -> None:
    domain = yaml.safe_load((root / "domain.yml").read_text("utf-8"))
    assert len(domain["intents"]) > 30
    assert prose(domain) == []
    assert prose({"responses": {"utter_x": [{"text": "我是機器人"}]}}) == ["我是機器人"]


def test_no_binary_or_oversized_file(root: Path) -> None:
    files = tracked(root)
    assert len(files) > 150
    bad = [
        str(path.relative_to(root))
        for path in files
        if path.suffix in BINARY or path.stat().st_size > MAX_KILOBYTES * 1024
    ]
    assert bad == []


def refused_pictures(sizes: Mapping[str, int]) -> list[str]:
    """What is wrong with these image files (path -> bytes). Few small screenshots are the one exception from "no binaries"."""
    wrong = [
        f"{path}: only docs/screenshots/*.png"
        for path in sizes
        if not re.fullmatch(r"docs/screenshots/[a-z0-9-]+\.png", path)
    ]
    wrong += [f"{path}: {size} bytes" for path, size in sizes.items() if size > PICTURE_BYTES]
    if len(sizes) > MOST_PICTURES or sum(sizes.values()) > ALL_PICTURES_BYTES:
        wrong.append(f"{len(sizes)} pictures of {sum(sizes.values())} bytes together")
    return wrong


def test_pictures_are_few_small_and_shown(root: Path) -> None:
    pictures = [path for path in tracked(root) if path.suffix.lower() in IMAGE]
    assert pictures, "there are no screenshots: the guard looks at nothing"
    assert refused_pictures({str(path.relative_to(root)): path.stat().st_size for path in pictures}) == []
    assert all(path.read_bytes().startswith(PNG) for path in pictures)
    runbook = (root / "docs" / "runbooks" / "handoff.md").read_text("utf-8")
    assert sorted(re.findall(r"\.\./screenshots/([a-z0-9-]+\.png)", runbook)) == sorted(path.name for path in pictures)


def test_a_large_or_stray_picture_would_be_found() -> None:
    good = {f"docs/screenshots/a{number}.png": 40_000 for number in range(MOST_PICTURES)}
    assert refused_pictures(good) == []
    assert len(refused_pictures({"web/public/photo.jpg": 10})) == 1
    assert len(refused_pictures({"docs/screenshots/a.png": PICTURE_BYTES + 1})) == 1
    assert len(refused_pictures({**good, "docs/screenshots/b.png": 1})) == 1
    assert len(refused_pictures(dict.fromkeys(good, 55_000))) == 1


@pytest.mark.parametrize("package", sorted(IMPORTED_ONLY_IN))
def test_frameworks_stay_in_their_rooms(root: Path, package: str) -> None:
    modules = [path for path in tracked(root) if path.suffix == ".py"]
    users = {
        path.relative_to(root).parts[0]
        for path in modules
        if package in {name.partition(".")[0] for name in imported(path)}
    }
    assert users, f"nobody imports {package}: the guard looks at nothing"
    assert users <= IMPORTED_ONLY_IN[package]


def test_shared_packages_parse_on_python_310(root: Path) -> None:
    modules = [
        path
        for path in tracked(root)
        if path.suffix == ".py"
        and path.relative_to(root).parts[0] in ("jobseeker", "telemetry", "language", "content", "bot")
    ]
    assert len(modules) > 30
    for path in modules:
        ast.parse(path.read_text("utf-8"), feature_version=(3, 10))


def test_lock_files_hold_hashes_and_no_address(root: Path) -> None:
    locks = sorted((root / "requirements").glob("*.txt"))
    assert len(locks) >= 7
    for lock in locks:
        text = lock.read_text("utf-8")
        pins = re.findall(r"^[A-Za-z0-9_.\-\[\]]+==", text, re.MULTILINE)
        assert pins
        assert text.count("--hash=sha256:") >= len(pins), lock.name
        assert "://" not in text, lock.name

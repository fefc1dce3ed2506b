"""Releases as folders under var/releases: which files belong to one, how it is kept whole, checked and compared. Starts nothing.

`<number>/content` is what JOBSEEKER_CONTENT_DIR names, `<number>/models` what Rasa serves from; `current` is a link to the one in use.
Files are linked hard where the file system allows it, so a release with the same model costs no second copy of it.
"""

from __future__ import annotations

import difflib
import hashlib
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path

from app.model import current_model
from content import load_pack
from jobseeker.errors import ReleaseBroken
from jobseeker.releases import SIGNED_PARTS, Release, part_of

CONTENTS = ("config.yml", "domain.yml", "data", "packs")
CODE = (
    "actions",
    "app",
    "bot",
    "connectors",
    "console",
    "content",
    "gateway",
    "jobseeker",
    "language",
    "store",
    "telemetry",
)
CURRENT, POINTER = "current", "current"  # the link to a release; the file that names a model
MAX_DIFF_LINES = 400
KEPT = 10  # folders of releases that are not served; their rows stay for ever


@dataclass(frozen=True)
class Difference:
    """A file that two releases do not share.

    Attributes:
        how: added, removed or changed.
        lines: of a part that must be signed, a unified diff, at most 400 lines; else empty.
        more: how many lines of the diff are left out.
    """

    part: str
    file: str
    how: str
    lines: tuple[str, ...] = ()
    more: int = 0


def read_release(root: Path, models: Path, country: str, *, by: str, note: str, at: datetime) -> Release:
    """The release that a working tree and the current model would make, with number 0.

    Raises:
        ModelMissingError: there is no trained model.
        ContentError: the pack cannot be read.
    """
    files = {name: _sha(path) for name, path in _sources(root, models).items()}
    return Release(0, files, _code(root), load_pack(root, country).version, at, by, note)


def policy_files(root: Path) -> Mapping[str, str]:
    """Path -> SHA-256 of the policy files of a content folder."""
    return {
        path.relative_to(root).as_posix(): _sha(path)
        for path in sorted(root.glob("packs/*/policy/*"))
        if path.is_file()
    }


class ReleaseFolders:
    """The folders of the releases of one installation."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def current(self) -> Path:
        """The link to what is served; need not exist."""
        return self.folder / CURRENT

    @property
    def content(self) -> Path:
        """What JOBSEEKER_CONTENT_DIR is for processes that serve the current release."""
        return self.current / "content"

    @property
    def models(self) -> Path:
        """Where Rasa finds the model of the current release."""
        return self.current / "models"

    def of(self, number: int) -> Path:
        """Where a release lies."""
        return self.folder / f"{number:04d}"

    def keep(self, release: Release, root: Path, models: Path) -> None:
        """Copy the files of a release to their place; nothing to do where they are there.

        Raises:
            ReleaseBroken: the files changed while they were copied.
        """
        if self.of(release.number).is_dir():
            return
        part = self.folder / f".{release.number:04d}.part"
        shutil.rmtree(part, ignore_errors=True)
        for name, source in _sources(root, models).items():
            target = part / name if name.startswith("models/") else part / "content" / name
            target.parent.mkdir(parents=True, exist_ok=True)
            if name.startswith("models/"):
                _link(source, target)  # a model is never written into once it has its name
                (target.parent / POINTER).write_text(target.name + "\n", "utf-8")
            else:
                shutil.copyfile(source, target)
        if wrong := _wrong(part, release):
            shutil.rmtree(part)
            raise ReleaseBroken(f"{wrong} changed while the release was made; try again")
        part.rename(self.of(release.number))

    def check(self, release: Release) -> None:
        """Whether the files of a release are what was kept. Raises ReleaseBroken: says which file is not."""
        if not self.of(release.number).is_dir():
            raise ReleaseBroken(f"release {release.number}: its files are not on this machine any more")
        if wrong := _wrong(self.of(release.number), release):
            raise ReleaseBroken(f"release {release.number}: {wrong} is not what was kept")

    def use(self, number: int) -> None:
        """Let `current` name a release. Readers see the old one or the new one."""
        part = self.folder / f".{CURRENT}.part"
        part.unlink(missing_ok=True)
        part.symlink_to(self.of(number).name, target_is_directory=True)
        part.replace(self.current)

    def forget_old(self, spare: Sequence[int]) -> list[int]:
        """Delete the folders of all releases but the newest ten and those to spare; which ones."""
        numbers = sorted((int(path.name) for path in self.folder.glob("[0-9]*") if path.is_dir()), reverse=True)
        gone = [number for number in numbers[KEPT:] if number not in spare]
        for number in gone:
            shutil.rmtree(self.of(number))
        return gone

    def differences(self, before: Release | None, after: Release) -> Sequence[Difference]:
        """What changes from one to the other, file by file, sorted by part and name; diffs of the parts that must be signed.

        Raises:
            ReleaseBroken: the files of one of them are gone or are not what was kept: a diff of them would not be one of what is served.
        """
        for release in (before, after):
            if release is not None:
                self.check(release)
        mine, theirs = after.files, before.files if before else {}
        names = [name for name in {*mine, *theirs} if mine.get(name) != theirs.get(name)]
        return [self._difference(name, before, after) for name in sorted(names, key=lambda name: (part_of(name), name))]

    def _difference(self, name: str, before: Release | None, after: Release) -> Difference:
        part = part_of(name)
        how = (
            "added"
            if before is None or name not in before.files
            else "removed"
            if name not in after.files
            else "changed"
        )
        if part not in SIGNED_PARTS:
            return Difference(part, name, how)
        lines = difflib.unified_diff(self._lines(before, name), self._lines(after, name), name, name, lineterm="", n=2)
        shown = tuple(islice(lines, MAX_DIFF_LINES))
        return Difference(part, name, how, shown, sum(1 for _ in lines))

    def _lines(self, release: Release | None, name: str) -> list[str]:
        if release is None or name not in release.files:
            return []
        return (self.of(release.number) / "content" / name).read_text("utf-8").splitlines()


def _sources(root: Path, models: Path) -> Mapping[str, Path]:
    """Name in the release -> file. Raises ModelMissingError."""
    model = current_model(models)
    found = {f"models/{model.name}": model}
    for name in CONTENTS:
        path = root / name
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file() and not file.name.startswith("."):
                found[file.relative_to(root).as_posix()] = file
    return found


def _wrong(folder: Path, release: Release) -> str:
    """The first file that is not what the release says, or one too many; "" where all are right."""
    for name, content in release.files.items():
        path = folder / name if name.startswith("models/") else folder / "content" / name
        if not path.is_file() or _sha(path) != content:
            return name
    there = {path.relative_to(folder / "content").as_posix() for path in _files(folder / "content")}
    return next(iter(sorted(there - release.files.keys())), "")


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file())


def _sha(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _code(root: Path) -> str:
    """SHA-256 over the program's source files."""
    found = hashlib.sha256()
    for name in CODE:
        for path in sorted((root / name).rglob("*.py")):
            if ".venv" not in path.relative_to(root).parts:
                found.update(f"{path.relative_to(root).as_posix()}\0{_sha(path)}\n".encode())
    return found.hexdigest()


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:  # another file system, or one without hard links
        shutil.copyfile(source, target)

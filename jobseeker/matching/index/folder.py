"""The index on disk: a folder for each build, a file that names the one in force, replaced in one step. What is in them is segment.py."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from jobseeker.matching.catalogue import Catalogue
from jobseeker.matching.index.segment import FORMAT, Array, Segment, read_meta, write_meta
from jobseeker.matching.index.snapshot import Part, Snapshot
from jobseeker.matching.policy import Parameters

KEPT = 2  # builds; a process that still reads an older one keeps its files until it lets go


class IndexFolder:
    """`path`: usually var/index. Several processes may read while one writes."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def write(
        self, segment: Segment, rarity: Array, catalogue: Catalogue, parameters: Parameters, revision: int
    ) -> str:
        """Keep a build and make it the one in force; its name. Older builds are removed but for the last."""
        self.path.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix="building-", dir=self.path))
        try:
            segment.save(folder)
            np.save(folder / "rarity.npy", np.asarray(rarity, np.int32), allow_pickle=False)
            write_meta(folder, {**fingerprint(catalogue, parameters), "revision": revision, "rows": len(segment)})
            name = f"{revision:012d}-{segment.digest}"
            folder.chmod(0o755)
            if (self.path / name).exists():  # the same vacancies gave the same build
                shutil.rmtree(folder)
                os.utime(self.path / name)
            else:
                folder.rename(self.path / name)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        pointer = self.path / f".current-{os.getpid()}"
        pointer.write_text(name, "utf-8")
        pointer.replace(self.path / "current")
        self._remove_old(name)
        return name

    def current(self) -> str:
        """Name of the build in force, "" where there is none."""
        pointer = self.path / "current"
        return pointer.read_text("utf-8").strip() if pointer.is_file() else ""

    def load(self, catalogue: Catalogue, parameters: Parameters) -> Snapshot | None:
        """The build in force, mapped into memory. None where there is none, or where it was built from another taxonomy, other
        places, other policy rows or by another version of this code: it must be built anew."""
        name = self.current()
        if not name:
            return None
        folder = self.path / name
        try:
            meta = read_meta(folder)
            if any(meta.get(key) != value for key, value in fingerprint(catalogue, parameters).items()):
                return None
            segment, rarity = Segment.load(folder), np.load(folder / "rarity.npy")
        except FileNotFoundError:
            return None  # removed by a newer build in this very moment
        return Snapshot(catalogue, (Part(segment),), rarity, int(meta["revision"]), name)

    def _remove_old(self, current: str) -> None:
        builds = sorted(
            (path for path in self.path.iterdir() if path.is_dir() and (path / "meta.json").is_file()),
            key=lambda path: path.stat().st_mtime_ns,
        )
        for path in [path for path in builds if path.name != current][: -(KEPT - 1) or None]:
            shutil.rmtree(path, ignore_errors=True)


def fingerprint(catalogue: Catalogue, parameters: Parameters) -> dict[str, Any]:
    """What a build depends on beside the vacancies, in JSON form."""
    encoding = [[name, list(value) if isinstance(value, tuple) else value] for name, value in parameters.encoding]
    return {"format": FORMAT, "catalogue": catalogue.version, "encoding": encoding}

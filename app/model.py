"""Finds the trained model and takes the classifier out of it, so that the command line reads exactly what Rasa serves."""

from __future__ import annotations

import io
import tarfile
import zipfile
from pathlib import Path

from language.nlu.understander import FILE_NAME, Understander


class ModelMissingError(Exception):
    """There is no trained model; the text says how to make one."""


def newest_model(models: Path) -> Path:
    """The model that the bot serves: the newest archive in `models`. Raises ModelMissingError."""
    found = sorted(models.glob("*.tar.gz"), key=lambda path: (path.stat().st_mtime_ns, path.name))
    if not found:
        raise ModelMissingError(f"there is no trained model in {models}. Run: make train")
    return found[-1]


def load_understander(models: Path) -> Understander:
    """The classifier inside the newest model. Raises ModelMissingError."""
    path = newest_model(models)
    with tarfile.open(path) as archive:
        members = [member for member in archive if member.name.endswith(FILE_NAME)]
        if not members:
            raise ModelMissingError(f"{path.name} holds no classifier of ours. Run: make train")
        data = archive.extractfile(members[0])
        assert data is not None, "a regular file in the archive"
        return Understander.read(zipfile.ZipFile(io.BytesIO(data.read())))

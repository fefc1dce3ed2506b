"""Finds the trained model and takes the classifier out of it, so that the command line reads exactly what Rasa serves."""

from __future__ import annotations

import io
import tarfile
import zipfile
from pathlib import Path

from language.nlu.understander import FILE_NAME, Understander


class ModelMissingError(Exception):
    """There is no trained model; the text says how to make one."""


def current_model(models: Path) -> Path:
    """The model that the bot serves, named by the file `current` (bot/project.py). Raises ModelMissingError."""
    pointer = models / "current"
    path = models / pointer.read_text("utf-8").strip() if pointer.is_file() else models / "none"
    if not path.is_file():
        raise ModelMissingError(f"there is no trained model in {models}. Run: make train")
    return path


def load_understander(models: Path) -> Understander:
    """The classifier inside the model in use. Raises ModelMissingError."""
    path = current_model(models)
    with tarfile.open(path) as archive:
        members = [member for member in archive if member.name.endswith(FILE_NAME)]
        if not members:
            raise ModelMissingError(f"{path.name} holds no classifier of ours. Run: make train")
        data = archive.extractfile(members[0])
        assert data is not None, "a regular file in the archive"
        return Understander.read(zipfile.ZipFile(io.BytesIO(data.read())))

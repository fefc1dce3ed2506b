"""`bot.launch train`: makes a model where the training data has changed. What is learned is in language/ and data/."""

from __future__ import annotations

import contextlib
import io
import logging
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

from bot.project import Project


class TrainingFailed(RuntimeError):
    """Rasa did not make a model; its own messages say why."""


def train(project: Project, code_root: Path, tell: Callable[[str], None], force: bool = False) -> Path:
    """Train unless the model of this very training data is there already. `tell` hears what is being done.

    Returns:
        The model's file, named after what it was made from and set as the current one.

    Raises:
        ContentError: a knowledge file is wrong; it names file and line.
        TrainingFailed: Rasa refused the training data.
    """
    wanted = project.model_path(project.fingerprint(code_root))
    if wanted.is_file() and not force:
        project.use_model(wanted)
        tell(f"train: nothing to do, {wanted.name} was made from these training data")
        return wanted
    tell(f"train: the training data changed, making {wanted.name}")
    began = time.monotonic()
    project.models.mkdir(parents=True, exist_ok=True)
    workshop = project.models / f".training-{os.getpid()}"
    try:
        made = _train_with_rasa(project, workshop)
        made.replace(wanted)  # only a whole model gets the name
    finally:
        shutil.rmtree(workshop, ignore_errors=True)
    project.use_model(wanted)
    project.forget_old_models()
    tell(f"train: {wanted.name} is ready after {time.monotonic() - began:.0f} s")
    return wanted


def _train_with_rasa(project: Project, workshop: Path) -> Path:
    # The model's name tells what it was made from; Rasa's cache does not know the code of language/.
    os.environ["RASA_MAX_CACHE_SIZE"] = "0"
    os.environ["LOG_LEVEL"] = "WARNING"  # no bars: they fill a log file with thousands of lines
    import rasa.model_training
    from rasa.shared.exceptions import RasaException

    logging.getLogger("rasa.engine.training.hooks").setLevel(logging.INFO)  # the progress
    printed = io.StringIO()  # "saved at …" would name a folder that is about to go
    try:
        with contextlib.redirect_stdout(printed):
            result = rasa.model_training.train(
                domain=str(project.root / "domain.yml"),
                config=str(project.root / "config.yml"),
                training_files=project.training_files,
                output=str(workshop),
                fixed_model_name="model",
                force_training=True,
            )
    except (RasaException, SystemExit) as problem:
        raise TrainingFailed(f"{printed.getvalue()}{problem}") from problem
    if result.code or not result.model:
        raise TrainingFailed(f"{printed.getvalue()}Rasa ended with code {result.code}")
    return Path(result.model)

"""The stand-ins are inert, leave a real TensorFlow alone, and fit the Rasa that is pinned."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

from bot import launch, standin
from bot.project import RASA_VERSION

ROOT = Path(__file__).resolve().parents[2]


def python(code: str, *path: Path) -> str:
    program = f"import sys; sys.path[:0] = {[str(p) for p in (*path, ROOT)]!r}\n{code}"
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_rasa_is_the_version_whose_inside_the_code_relies_on() -> None:
    assert importlib.metadata.version("rasa") == RASA_VERSION == "3.6.21"
    with pytest.raises(importlib.metadata.PackageNotFoundError):
        importlib.metadata.version("tensorflow")


def test_whatever_would_compute_says_what_is_missing() -> None:
    import tensorflow as tf  # the stand-in: conftest.py prepared the process as the launcher does
    from rasa.utils.tensorflow.models import RasaModel

    for call in (lambda: tf.constant(1), lambda: tf.keras.layers.Dense(3), RasaModel):
        with pytest.raises(standin.Absent, match="TensorFlow is not installed"):
            call()


def test_a_stand_in_may_be_caught_and_subclassed() -> None:
    printed = python("""
from bot import standin
standin.install(serving=True)
from botocore.exceptions import BotoCoreError
import boto3
try:
    raise ValueError("x")
except BotoCoreError:
    print("wrong")
except ValueError:
    print("passed by")
class Sub(boto3.session.Session): pass
try:
    Sub()
except standin.Absent as problem:
    print(problem)
""")
    assert printed.startswith("passed by\nboto3.session.Session was used, but `bot.launch run` does not load boto3")


def test_a_tensorflow_that_is_there_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "tensorflow.py").write_text("real = True\n")
    printed = python(
        "from bot import standin; print(standin.install()); import tensorflow; print(tensorflow.real)", tmp_path
    )
    assert printed.split() == ["False", "True"]


def test_serving_loads_none_of_what_it_does_not_use() -> None:
    printed = python("""
from bot.launch import prepare
prepare(serving=True)
import bot.serving, os, sys
print(os.environ["RASA_TELEMETRY_ENABLED"])
import bot.standin
names = [n for n in bot.standin.UNUSED_WHEN_SERVING if n in sys.modules]
print(len(names), [n for n in names if getattr(sys.modules[n], "__file__", None)])
""")
    assert printed.split("\n")[0] == "false"
    count, real = printed.split("\n")[1].split(" ", 1)
    assert int(count) >= 12, "Rasa no longer imports them: shorten the list"
    assert real == "[]"


def test_the_launcher_refuses_another_interface_and_another_rasa(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    assert launch.main(["run", "--interface", "0.0.0.0"]) == launch.WRONG_CALL
    assert "127.0.0.1 only" in capsys.readouterr().err
    monkeypatch.setattr(launch, "RASA_VERSION", "3.6.99")
    assert launch.main(["run"]) == launch.WRONG_CALL


def test_no_model_and_no_token_are_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    assert launch.main(["--models", str(tmp_path), "run"]) == launch.NOT_READY
    assert "make train" in capsys.readouterr().err
    from bot.channel import TOKEN_VARIABLE, TurnInput

    monkeypatch.delenv(TOKEN_VARIABLE, raising=False)
    with pytest.raises(ValueError, match=TOKEN_VARIABLE):
        TurnInput.from_credentials(None)

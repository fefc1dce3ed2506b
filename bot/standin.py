"""Inert modules in place of libraries that Rasa imports and this assistant never uses, TensorFlow first (docs/adr/0005).

Rasa imports TensorFlow for the components it ships, whether a model uses them or not. Ours uses none of them, so the
lock file leaves TensorFlow out (607 MB instead of 2.7 GB) and an inert stand-in answers those imports. The server also
does without the libraries of channels, brokers and stores that it has not configured: half the start-up time and half
the memory. Whatever would really use one of them raises `Absent`.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import importlib.util
import sys
import types
from collections.abc import Sequence
from typing import Any

TENSORFLOW = ("tensorflow", "tensorflow_addons", "tensorflow_hub", "tensorflow_text", "keras")
UNUSED_WHEN_SERVING = (
    # channels of Rasa's that are not ours
    "aiogram", "fbmessenger", "prompt_toolkit", "questionary", "slack_sdk", "socketio", "twilio", "webexteamssdk",
    # locks, stores and reminders that endpoints.yml does not name
    "apscheduler", "boto3", "botocore", "pymongo", "redis",
    # training and reporting
    "matplotlib", "sklearn",
)  # fmt: skip


class Absent(RuntimeError):
    """Something asked a stand-in to do something."""

    def __init__(self, name: str) -> None:
        top = name.partition(".")[0]
        why = (
            "TensorFlow is not installed in this environment. Use components that do without it, or install "
            "requirements/rasa-full.txt instead of requirements/bot.txt"
            if top in TENSORFLOW
            else f"`bot.launch run` does not load {top}. Take it out of UNUSED_WHEN_SERVING"
        )
        super().__init__(f"{name} was used, but {why} (bot/standin.py).")


class _InertType(type):
    """A class whose attributes are inert classes as well. It may be a base class or an annotation, never be called."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _inert(f"{cls.__qualname__}.{name}")

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        raise Absent(
            next(base.__qualname__ for base in cls.__mro__ if base.__module__ == __name__)
        )  # not a subclass's name


def _inert(name: str) -> Any:
    if name == "tensorflow.function":  # a decorator of methods: it is evaluated when the class is defined
        return _function
    last = name.rpartition(".")[2]
    if last.endswith(("Error", "Exception", "Failure")):  # stands in `except` clauses, where only exceptions may
        return type(last, (Exception,), {"__qualname__": name, "__module__": __name__})
    return _InertType(last, (), {"__qualname__": name, "__module__": __name__})


def _function(func: Any = None, **_options: Any) -> Any:
    return func if func is not None else _function


class _InertModule(types.ModuleType):
    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        value = _inert(f"{self.__name__}.{name}")
        setattr(self, name, value)
        return value


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def __init__(self) -> None:
        self.names: set[str] = set()

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname.partition(".")[0] not in self.names:
            return None
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        return _InertModule(spec.name)

    def exec_module(self, module: types.ModuleType) -> None:
        """Nothing to execute."""


_finder = _Finder()


def install(serving: bool = False) -> bool:
    """Put the stand-ins in place. Call it before anything imports rasa.

    Args:
        serving: also for what a server does without (UNUSED_WHEN_SERVING).

    Returns:
        Whether TensorFlow is stood in for. Where the real one is installed it is left alone.
    """
    if _finder not in sys.meta_path:
        if importlib.util.find_spec("tensorflow") is None:
            _finder.names.update(TENSORFLOW)
        sys.meta_path.insert(0, _finder)
    if serving:
        _finder.names.update(name for name in UNUSED_WHEN_SERVING if name not in sys.modules)
    return TENSORFLOW[0] in _finder.names

"""Finds the channels: every module of this folder that has a `CONNECTOR`. Nothing else knows them by name."""

from __future__ import annotations

import importlib
import logging
import pkgutil
from collections.abc import Mapping

import connectors
from connectors.base import Connector, Registration

log = logging.getLogger(__name__)


class HalfConfiguredError(ValueError):
    """Some but not all of what a channel needs is set; the text names the variables."""


def discover() -> Mapping[str, Registration]:
    """The channels by name, sorted. Raises ValueError when two modules want the same name or webhook."""
    found: dict[str, Registration] = {}
    for module in sorted(pkgutil.iter_modules(connectors.__path__), key=lambda each: each.name):
        made = getattr(importlib.import_module(f"connectors.{module.name}"), "CONNECTOR", None)
        if not isinstance(made, Registration):
            continue
        paths = [other.path for other in found.values() if other.path]
        if made.channel in found or made.path in paths:
            raise ValueError(f"connectors/{module.name}.py: the channel {made.channel!r} or its webhook is taken")
        found[made.channel] = made
    return found


def self_reading() -> list[str]:
    """The channels whose clients fetch their replies themselves."""
    return [channel for channel, made in discover().items() if made.capabilities.reads_itself]


def build_configured() -> Mapping[str, Connector]:
    """The connectors of the channels that the environment configures; says in the log which are on and which are off.

    Raises:
        HalfConfiguredError: a channel has some of its settings.
        pydantic.ValidationError: a setting is wrong.
    """
    built: dict[str, Connector] = {}
    for channel, made in discover().items():
        if made.settings is None or made.build is None:
            continue
        settings = made.settings()
        missing = settings.missing()
        if len(missing) == len(made.settings.required):
            log.info("channel is off", extra={"channel": channel, "set_to_enable": ", ".join(missing)})
            continue
        if missing:
            raise HalfConfiguredError(
                f"the channel {channel} also needs {', '.join(missing)} (docs/connectors/{channel}.md)"
            )
        built[channel] = made.build(settings)
        log.info("channel is on", extra={"channel": channel, "webhook": made.path})
    return built

"""Reads which action follows from which act, out of data/rules. What Rasa makes of the rules is bot/'s."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from content.yaml_file import LineList, YamlFile


def actions_of_acts(root: Path) -> Mapping[str, str]:
    """Act -> action of every rule of one step. Raises ContentError where two rules answer the same act."""
    found: dict[str, str] = {}
    for path in sorted((root / "data" / "rules").glob("*.yml")):
        file = YamlFile(path, path.relative_to(root).as_posix())
        for rule in file.get(file.root, "rules", LineList):
            steps = file.get(rule, "steps", LineList)
            if len(steps) != 2:
                continue
            act = file.get(steps[0], "intent", str)
            if act in found:
                raise file.error(steps[0].line, f"another rule answers `{act}` already")
            found[act] = file.get(steps[1], "action", str)
    return found

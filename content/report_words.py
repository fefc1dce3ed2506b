"""Reads the words of reports (data/reports/*.yml). Which report needs which is app/'s."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from content.yaml_file import LineDict, YamlFile


def load_words(root: Path, name: str, language: str) -> Mapping[str, str]:
    """key -> text in one language ("zh" or "en") of data/reports/<name>.yml. Raises ContentError."""
    path = root / "data" / "reports" / f"{name}.yml"
    file = YamlFile(path, path.relative_to(root).as_posix())
    words = file.get(file.root, "words", LineDict)
    return {key: file.bilingual(words, key)[language] for key in words}

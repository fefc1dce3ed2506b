"""Where the project's files are and what a model is made from. Standard library only: it decides before Rasa is imported."""

from __future__ import annotations

import hashlib
import importlib.metadata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

CURRENT = "current"  # models/current holds the file name of the model in use
RASA_VERSION = "3.6.21"
CODE = ("bot/components", "bot/importer.py", "language/nlu")
LIBRARIES = ("numpy", "scipy", "scikit-learn", "opencc", "pypinyin", "rasa")


@dataclass(frozen=True)
class Project:
    """A folder with config.yml, domain.yml, data/ and packs/; models go to `models`."""

    root: Path
    models: Path

    @property
    def training_files(self) -> list[str]:
        """What Rasa reads as training data. data/responses is not: its wording is put in when a reply is sent."""
        return [
            str(self.root / "data" / name)
            for name in ("nlu", "rules", "stories")
            if (self.root / "data" / name).is_dir()
        ]

    def fingerprint(self, code_root: Path) -> str:
        """A hash of everything a model depends on: the same files give the same hash on every machine.

        Answers, figures, offices and responses are not part of it, so changing them asks for no training.

        Args:
            code_root: where bot/ and language/ are (the same as `root` but in tests).

        Raises:
            ContentError: a knowledge file is wrong.
        """
        digest = hashlib.sha256()
        for name, content in self._parts(code_root):
            digest.update(f"{name}\0{len(content)}\0".encode())
            digest.update(content)
        return digest.hexdigest()

    def _parts(self, code_root: Path) -> Iterator[tuple[str, bytes]]:
        for name in ("config.yml", "domain.yml"):
            yield name, (self.root / name).read_bytes()
        for folder in self.training_files:
            for path in sorted(Path(folder).rglob("*.yml")):
                yield path.relative_to(self.root).as_posix(), path.read_bytes()
        yield "questions", "\n".join(self._questions()).encode()
        for lexicon in sorted(self.root.glob("packs/*/lexicon.yml")):
            yield lexicon.relative_to(self.root).as_posix(), lexicon.read_bytes()
        for name in CODE:
            path = code_root / name
            for source in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
                yield source.relative_to(code_root).as_posix(), source.read_bytes()
        for library in LIBRARIES:
            yield library, importlib.metadata.version(library).encode()

    def _questions(self) -> Iterator[str]:
        from content import load_examples, load_pack

        for country in sorted(path.name for path in (self.root / "packs").iterdir() if path.is_dir()):
            for example in load_examples(self.root, country):
                if example.label.startswith("faq/"):
                    yield repr((country, example.label, example.language, example.kind, example.text))
            for _, topic in sorted(load_pack(self.root, country).topics.items()):
                yield repr((country, topic.id, sorted(topic.title.items())))  # follow-ups are read behind the title

    def model_path(self, fingerprint: str) -> Path:
        """Where the model of a fingerprint lies."""
        return self.models / f"jobseeker-{fingerprint[:16]}.tar.gz"

    def current_model(self) -> Path | None:
        """The model in use, or None where none was trained."""
        try:
            name = (self.models / CURRENT).read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            return None
        path = self.models / Path(name).name
        return path if path.is_file() else None

    def forget_old_models(self, keep: int = 3) -> None:
        """Delete all models but the newest few and the one in use; going back by one or two needs no training."""
        newest = sorted(self.models.glob("jobseeker-*.tar.gz"), key=lambda path: path.stat().st_mtime, reverse=True)
        for path in newest[keep:]:
            if path != self.current_model():
                path.unlink()

    def use_model(self, path: Path) -> None:
        """Make a model the one in use. Readers see the old name or the new one, never half of it."""
        part = self.models / f".{CURRENT}.part"
        part.write_text(path.name + "\n", encoding="utf-8")
        part.replace(self.models / CURRENT)

"""Noise put on training examples, so that data files hold only what people would write on purpose. Deterministic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from language.nlu.features import is_han, normalise
from language.nlu.tables import Tables


class Noise:
    """Homophones drawn from the characters of the corpus, dropped and swapped characters, lost question marks."""

    def __init__(self, texts: Sequence[str], tables: Tables) -> None:
        self.tables = tables
        counts: dict[str, int] = {}
        for text in texts:
            for character in normalise(text, tables):
                if is_han(character):
                    counts[character] = counts.get(character, 0) + 1
        by_sound: dict[str, list[str]] = {}
        for character in sorted(counts):
            by_sound.setdefault(tables.sound.get(character, character), []).append(character)
        self.homophones: Mapping[str, list[str]] = {
            character: [other for other in group if other != character] for group in by_sound.values() if len(group) > 1 for character in group
        }

    def __call__(self, text: str, random: np.random.Generator) -> str:
        """A noisy copy: on average one change in ten characters, at least one."""
        characters = list(normalise(text, self.tables))
        changes = max(1, round(len(characters) / 12))
        for _ in range(changes):
            if len(characters) < 3:
                break
            place = int(random.integers(len(characters)))
            character = characters[place]
            draw = float(random.random())
            if character in self.homophones and draw < 0.7:
                group = self.homophones[character]
                characters[place] = group[int(random.integers(len(group)))]
            elif character.isascii() and character.isalpha() and draw < 0.4 and place + 1 < len(characters) and characters[place + 1].isalpha():
                characters[place], characters[place + 1] = characters[place + 1], character
            elif character.isalpha() and draw > 0.45:
                del characters[place]
        return "".join(characters)

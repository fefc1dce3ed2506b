"""From a text to a bag of weighted features: Han 1-2-grams, sounds, Latin words and their pieces, concepts.

No word segmentation: character n-grams beat jieba on short Chinese questions (docs/adr/0005). Sounds make homophone
typos (姿遣費 for 資遣費) meet the right spelling. Concepts are the lay words of packs/*/lexicon.yml.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from language.nlu.tables import Tables

_TOKEN = re.compile(r"[㐀-鿿ㄅ-ㄩ]+|[a-z]+(?:'[a-z]+)?|\d+(?:[.,]\d+)*|[^\W\d_]+|\S")
_REPEATED = re.compile(r"(.)\1{2,}")
_EMOJI = re.compile("[\U0001f000-\U0001faff☀-➿⬀-⯿️]+")


def normalise(text: str, tables: Tables) -> str:
    """Width, case and script folded; runs of one character cut to two; emoji made one mark."""
    text = unicodedata.normalize("NFKC", text).lower().translate(tables.fold)
    text = text.replace("’", "'").replace("‘", "'")
    return _REPEATED.sub(r"\1\1", _EMOJI.sub(" ☺ ", text))


def is_han(character: str) -> bool:
    """Whether a character is Han or Zhuyin."""
    return "㐀" <= character <= "鿿" or "ㄅ" <= character <= "ㄩ"


class Extractor:
    """Turns a text into feature names. Stateless but for the tables and the concepts it is given."""

    def __init__(self, tables: Tables, concepts: Mapping[str, Sequence[str]] | None = None) -> None:
        self.tables = tables
        self.concepts = {
            name: sorted({normalise(w, tables) for w in words}) for name, words in (concepts or {}).items()
        }
        self._han_words: dict[str, list[str]] = {}
        self._latin_words: dict[str, list[str]] = {}
        for name, words in sorted(self.concepts.items()):
            for word in words:
                table = self._han_words if any(is_han(c) for c in word) else self._latin_words
                table.setdefault(word, []).append(name)
        self._han_lengths = sorted({len(word) for word in self._han_words})

    def extract(self, text: str) -> list[str]:
        """The names of the features that are present in `text`, each once, in a fixed order."""
        text = normalise(text, self.tables)
        found: dict[str, None] = {}
        words: list[str] = []
        for match in _TOKEN.finditer(text):
            token = match.group()
            if is_han(token[0]):
                self._han(token, found)
                words.append("汉")
            elif token[0].isdigit():
                found["#"] = None
                found["#" + str(len(token))] = None
                found["w:" + token] = None
                words.append("#")
            elif token[0].isalpha():
                self._latin(token, found)
                words.append(token)
            else:
                found["m:" + token] = None
        for first, second in zip(["^", *words], [*words, "$"], strict=True):
            if not (first == "汉" and second == "汉"):
                found[f"b:{first} {second}"] = None
        for first, second, third in zip(words, words[1:], words[2:], strict=False):
            if "汉" not in (first, second, third):
                found[f"t:{first} {second} {third}"] = None
        self._find_concepts(text, words, found)
        found[f"len:{min(len(words) + len(text) // 8, 12)}"] = None
        return list(found)

    def _han(self, run: str, found: dict[str, None]) -> None:
        sounds = [self.tables.sound.get(character, character) for character in run]
        for size in (1, 2):  # three characters were measured to add weights and no accuracy
            for start in range(len(run) - size + 1):
                found["h:" + run[start : start + size]] = None
        for size in (2, 3):
            for start in range(len(run) - size + 1):
                found["s:" + "-".join(sounds[start : start + size])] = None

    @staticmethod
    def _latin(word: str, found: dict[str, None]) -> None:
        found["w:" + word] = None
        if len(word) > 2:
            padded = f"<{word}>"
            for size in (3, 4, 5):
                for start in range(len(padded) - size + 1):
                    found["c:" + padded[start : start + size]] = None
            found["k:" + word[0] + re.sub("[aeiou]", "", word[1:])] = None  # survives dropped and swapped vowels

    def _find_concepts(self, text: str, words: Sequence[str], found: dict[str, None]) -> None:
        squeezed = "".join(character for character in text if is_han(character) or character.isalnum())
        for length in self._han_lengths:
            for start in range(len(squeezed) - length + 1):
                for name in self._han_words.get(squeezed[start : start + length], ()):
                    found["x:" + name] = None
        spaced = [word for word in words if word != "汉"]
        for size in (1, 2, 3, 4):
            for start in range(len(spaced) - size + 1):
                for name in self._latin_words.get(" ".join(spaced[start : start + size]), ()):
                    found["x:" + name] = None


class Vocabulary:
    """Feature name -> column, with its weight (inverse document frequency, damped for pieces of words)."""

    KIND_WEIGHT: Mapping[str, float] = {"c": 0.45, "k": 0.6, "s": 0.7, "b": 0.8, "t": 0.6, "m": 0.5, "l": 0.3, "x": 1.2}

    def __init__(self, names: Sequence[str], weights: NDArray[np.float32]) -> None:
        self.names = list(names)
        self.weights = weights
        self.column = {name: index for index, name in enumerate(self.names)}

    @classmethod
    def fit(cls, documents: Iterable[Sequence[str]], minimum: int = 2) -> Vocabulary:
        """Columns for every feature that stands in at least `minimum` documents, sorted by name."""
        counts: dict[str, int] = {}
        total = 0
        for names in documents:
            total += 1
            for name in names:
                counts[name] = counts.get(name, 0) + 1
        kept = sorted(name for name, count in counts.items() if count >= minimum)
        weights = [(1.0 + np.log((1 + total) / (1 + counts[n]))) * cls.KIND_WEIGHT.get(n[0], 1.0) for n in kept]
        return cls(kept, np.asarray(weights, dtype=np.float32))

    def vector(self, names: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Columns (ascending) and values (length 1 in the Euclidean norm) of the known features among `names`."""
        columns = np.asarray(sorted(self.column[n] for n in names if n in self.column), dtype=np.int64)
        values = self.weights[columns]
        norm = float(np.sqrt(np.dot(values, values)))
        return columns, (values / norm).astype(np.float32) if norm else values

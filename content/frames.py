"""Frames of sentences with words to put in: `data/frames/*.yml` -> training examples. Made when a model is trained, never written to a file.

A frame is what a dialogue act is recognised by ("is there a course in {skill}"), the word in it is what it must not be recognised by.
Which words a frame gets follows from a hash of the frame: the same on every machine, and stable when other frames are added.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence

from content.yaml_file import LineDict, LineList, YamlFile
from language.nlu import Example

KIND = "frame"  # of the examples: always learnt from, never a row to be tested on
FILLED = 3  # sentences made of a frame with words to put in
_SLOT = re.compile(r"\{(\w+)\}")


def read_frames(file: YamlFile) -> list[Example]:
    """The sentences of a file: `words: {language: {slot: [word, …]}}` and `frames: [{intent, language, texts: | …}]`. Raises ContentError."""
    words = file.get(file.root, "words", LineDict)
    found: dict[tuple[str, str], Example] = {}
    for block in (entry for entry in file.get(file.root, "frames", LineList) if isinstance(entry, LineDict)):
        intent, language = file.get(block, "intent", str), file.get(block, "language", str)
        if language not in ("zh", "en"):
            raise file.error(block.line, f"the frames of `{intent}` need `language: zh` or `language: en`")
        known = file.get(words, language, LineDict)
        for offset, row in enumerate(file.get(block, "texts", str).splitlines(), start=1):
            if not row.strip():
                continue
            line = block.lines["texts"] + offset
            missing = [slot for slot in _SLOT.findall(row) if slot not in known]
            if missing:
                raise file.error(line, f"there are no words for {{{missing[0]}}} in `words`, `{language}`")
            for text in filled(row.strip(), known):
                found.setdefault((intent, text), Example(text, intent, language, KIND))
    return list(found.values())


def filled(frame: str, words: Mapping[str, Sequence[str]]) -> list[str]:
    """The frame with words put in, `FILLED` times; once where it has no slot."""
    slots = _SLOT.findall(frame)
    sentences = []
    for number in range(FILLED if slots else 1):
        taken: dict[str, int] = {}

        def word(match: re.Match[str], number: int = number, taken: dict[str, int] = taken) -> str:
            choice = words[match[1]]
            taken[match[1]] = taken.get(match[1], -1) + 1  # the same slot twice in a frame gets two words
            first = int.from_bytes(hashlib.sha256(f"{match[1]} {frame}".encode()).digest()[:4], "big")
            step = max(1, len(choice) // FILLED)
            return str(choice[(first + number * step + taken[match[1]]) % len(choice)])

        sentences.append(_SLOT.sub(word, frame))
    return list(dict.fromkeys(sentences))

"""`jobseeker parse`: one JSON line in, one out. The same classifier, thresholds and safety check as the running assistant."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from jobseeker.escalation import EscalationPolicy
from jobseeker.knowledge import Pack
from jobseeker.messages import MAX_TEXT_CHARACTERS, Context, Escalation, Understanding, parse_command
from jobseeker.turns import Judgement, judge
from language.detect import detect_variety, is_chinese, script_of
from language.nlu import Understander

SPEAKERS_HEARD = ("user", "jobseeker", "human", "person", "customer", "")


class Parser:
    """Reads lines. Holds the model and the rules; no conversation outlives its line."""

    def __init__(self, understander: Understander, policy: EscalationPolicy, pack: Pack) -> None:
        self.understander, self.policy, self.pack = understander, policy, pack

    def parse_line(self, line: str, number: int) -> dict[str, Any]:
        """The result for one line, or `{"error": …, "line": number}` that says what is wrong with it."""
        try:
            turns = turns_of(json.loads(line))
        except json.JSONDecodeError as problem:
            return {"error": f"this is not JSON: {problem.msg} at column {problem.colno}", "line": number}
        except ValueError as problem:
            return {"error": str(problem), "line": number}
        return self.parse(turns)

    def parse(self, turns: Sequence[str]) -> dict[str, Any]:
        """Judge the last of a person's turns in the light of the earlier ones."""
        context, variety, script = Context(), "zh-Hant", "Hant"
        judgement = Judgement(Understanding("out_of_scope", 0.0, (), "unsure"), Escalation(), context)
        for text in turns:
            variety = detect_variety(text, variety, False)
            script = self.script(text, script)
            command = parse_command(text)
            understanding = self.understander.understand(text, context, command)
            judgement = judge(text, understanding, context, self.policy, self.pack.topics, command)
            context = judgement.context
        understood = judgement.understanding
        return {
            "label": understood.label,
            "confidence": round(understood.confidence, 4),
            "alternatives": [
                {"label": label, "confidence": round(value, 4)} for label, value in understood.alternatives
            ],
            "language": "en" if variety == "en" else "zh",
            "script": script,
            "escalation": judgement.escalation.to_dict(),
            "outcome": understood.outcome,
            "topics": list(understood.topics),
        }

    @staticmethod
    def script(text: str, current: str) -> str:
        """ "Hant", "Hans" or "Latn"; what both Chinese scripts share, or what tells nothing, keeps the one so far."""
        chinese = is_chinese(text)
        if chinese is None:
            return current
        if not chinese:
            return "Latn"
        found = script_of(text)
        return found if found in ("Hant", "Hans") else ("Hans" if current == "Hans" else "Hant")


def turns_of(value: Any) -> list[str]:
    """The person's own turns, oldest first, out of `{"text": …}` or `{"turns": […]}`.

    A turn is a text or `{"text": …}` with an optional speaker (`author`, `role` or `speaker`); what the assistant or a
    counsellor said is passed over. Raises ValueError with what is wrong.
    """
    if not isinstance(value, Mapping):
        raise ValueError('a line should be an object: {"text": …} or {"turns": […]}')
    if "turns" in value:
        turns = value["turns"]
        if not isinstance(turns, list):
            raise ValueError('"turns" should be a list')
        texts = [text for turn in turns for text in _text_of(turn)]
    else:
        texts = _text_of(value)
    if not texts:
        raise ValueError('there is nothing a person said: give "text" or at least one turn of theirs')
    return texts


def _text_of(turn: Any) -> list[str]:
    if isinstance(turn, str):
        return [turn[:MAX_TEXT_CHARACTERS]]
    if isinstance(turn, Mapping) and isinstance(turn.get("text", turn.get("content")), str):
        speaker = str(turn.get("author", turn.get("role", turn.get("speaker", "")))).lower()
        return [turn.get("text", turn.get("content"))[:MAX_TEXT_CHARACTERS]] if speaker in SPEAKERS_HEARD else []
    raise ValueError('a turn should be a text or {"text": …}')

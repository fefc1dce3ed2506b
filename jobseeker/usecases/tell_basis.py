"""Why the last answer was as it was: the topic, the rows and the versions it was made from, as the record of the conversation has them."""

from __future__ import annotations

from typing import Any

from jobseeker.knowledge import Pack
from jobseeker.messages import Say
from jobseeker.records import Conversation, TranscriptLine
from jobseeker.storage import Store
from jobseeker.turns import FAILED_ACTS

LOOKED_AT = 60  # lines before the newest
FIGURES_SHOWN = 12
NO_ANSWERS = frozenset({"greet", "basis", *FAILED_ACTS})  # what was not understood rests on nothing


class TellBasis:
    """Reads the record; decides nothing."""

    def __init__(self, store: Store, pack: Pack) -> None:
        self.store, self.pack = store, pack

    async def __call__(self, conversation: Conversation) -> Say:
        """What to say."""
        async with self.store.read() as work:
            lines = await work.transcripts.lines(conversation.id, after=max(0, conversation.next_seq - LOOKED_AT))
        answers = [line for line in lines if line.author == "bot" and line.act not in NO_ANSWERS]
        if not answers:
            return Say("utterance", "basis_none")
        return Say("cards", "basis", {"items": [], "lines": self._lines(answers[-1]), **_buttons()})

    def _lines(self, line: TranscriptLine) -> list[dict[str, Any]]:
        topic = self.pack.topics.get(line.topic)
        found: list[dict[str, Any]] = []
        if topic is not None:
            found.append({"key": "basis_topic", "params": {"topic": dict(topic.title)}})
        else:
            found.append({"key": "basis_act", "params": {"act": line.act or line.topic}})
        used = line.versions.get("figures") or {}
        for name, since in list(used.items())[:FIGURES_SHOWN]:
            if name in self.pack.figures:
                params = {"label": dict(self.pack.figures[name].label), "since": {"date": since}}
                found.append({"key": "basis_figure", "params": params})
        found.append({"key": "basis_knowledge", "params": {"version": str(line.versions.get("knowledge", ""))}})
        if model := str(line.versions.get("model") or ""):
            found.append({"key": "basis_model", "params": {"model": model}})
        return [*found, {"key": "basis_wrong"}]


def _buttons() -> dict[str, Any]:
    return {"buttons": [{"title": {"key": "button_person"}, "payload": "/human"}]}

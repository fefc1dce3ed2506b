"""FAQ answers that may help a counsellor with what the person wrote last. Found by likeness of words; nothing is sent and nothing is written here."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from functools import cached_property
from typing import Any

from jobseeker.clock import Clock
from jobseeker.errors import CaseNotFound, NotOwner
from jobseeker.messages import Say
from jobseeker.outgoing import Composer
from jobseeker.records import Account, TranscriptLine
from jobseeker.storage import Store

LINES_READ = 60
TEXTS_COMPARED = 3
MOST = 4
LEAST_LIKENESS = 0.3  # share of bigrams in common (Dice); below it questions have little more than endings in common
RECENT_TOPIC_BONUS = 0.35  # a topic that the conversation has been about


class SuggestAnswers:
    """Answers of the knowledge base, best first, for the counsellor who has the case."""

    def __init__(self, store: Store, clock: Clock, composer: Composer) -> None:
        self.store, self.clock, self.composer = store, clock, composer

    async def __call__(self, account: Account, case_id: int) -> Sequence[dict[str, Any]]:
        """[{"topic", "title", "text"}] in the person's language, at most MOST. Raises CaseNotFound, NotOwner."""
        async with self.store.read() as work:
            case = await work.cases.get(case_id)
            conversation = None if case is None else await work.conversations.get(case.conversation_id)
            if case is None or conversation is None:
                raise CaseNotFound
            if case.claimed_by != account.id:
                raise NotOwner
            begin = max(0, conversation.next_seq - 1 - LINES_READ)
            lines = await work.transcripts.lines(conversation.id, begin, LINES_READ)
        now, language = self.clock.now(), case.language
        found = []
        for topic in self.ranked(lines)[:MOST]:
            reply = self.composer.render(
                Say("faq", topic), variety=conversation.variety, now=now, author="counsellor", owner="human"
            )
            title = self.composer.answers.pack.topics[topic].title[language]
            found.append({"topic": topic, "title": title, "text": reply.text})
        return found

    def ranked(self, lines: Sequence[TranscriptLine]) -> list[str]:
        """Topics that fit the last words of the person, best first."""
        texts = [line.text for line in lines if line.author == "jobseeker"][-TEXTS_COMPARED:]
        return self._ranked(texts, {line.topic for line in lines[-LINES_READ // 3 :] if line.topic})

    def for_text(self, text: str) -> list[str]:
        """Topics that fit a text, best first."""
        return self._ranked([text], set())

    def _ranked(self, texts: Sequence[str], recent: Collection[str]) -> list[str]:
        scores = {}
        for topic, questions in self._questions.items():
            likeness = max((_dice(bigrams(text), asked) for text in texts for asked in questions), default=0.0)
            score = likeness + (RECENT_TOPIC_BONUS if topic in recent else 0.0)
            if score >= LEAST_LIKENESS:
                scores[topic] = score
        return sorted(scores, key=lambda topic: (-scores[topic], topic))

    @cached_property
    def _questions(self) -> dict[str, list[frozenset[str]]]:
        topics = self.composer.answers.pack.topics
        return {
            name: [bigrams(text) for text in (*topic.title.values(), *(asked.text for asked in topic.questions))]
            for name, topic in topics.items()
        }


def bigrams(text: str) -> frozenset[str]:
    """Pairs of neighbouring characters, without spaces and marks; the text itself where it has only one."""
    plain = "".join(each for each in text.lower() if each.isalnum())
    return frozenset(_pairs(plain)) or frozenset({plain} if plain else ())


def _pairs(text: str) -> Iterable[str]:
    return (text[place : place + 2] for place in range(len(text) - 1))


def _dice(one: frozenset[str], other: frozenset[str]) -> float:
    return 2 * len(one & other) / (len(one) + len(other)) if one and other else 0.0

"""From what is to be said to what a person reads: wording, figures of the day, sources, buttons. No channel, no store.

An FAQ answer is the short form, then who decides, where to ask, and the source; the long form stands in a "details" card
and behind `/more`. An answer to something adverse always carries the offer of a counsellor (packs/*/knowledge: risk).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from jobseeker.figures import FigureBook
from jobseeker.knowledge import Pack, Response, Topic
from jobseeker.messages import Author, Button, Escalation, Reply, Say, Source, Variety
from jobseeker.rendering import RENDERERS, Words
from jobseeker.rendering.phrases import spoken
from jobseeker.rendering.phrases import text as phrase

BUTTON_CHARACTERS = 20
CONTACTS_SHOWN = 2  # the first ones; a longer list is not read on a phone
OFFER_RISKS = ("adverse", "crisis")
PARTS_OF_CARDS = frozenset({"items", "lines", "buttons", "sources"})  # params of a `cards` say that fill no placeholder
PLACEHOLDER = re.compile(r"\{(\w+)\}")
NOT_WORDS = frozenset(
    {"type", "id", "payload", "url"}
)  # parts of a card that are not converted to Simplified characters


class Answers:
    """Renders replies from one pack. Pure: the same say, variety and day give the same reply."""

    def __init__(self, pack: Pack, to_simplified: Callable[[str], str]) -> None:
        self.pack = pack
        self.book = FigureBook(pack.figures, pack.offices)
        self.to_simplified = to_simplified

    def render(
        self,
        say: Say,
        *,
        variety: Variety,
        day: date,
        author: Author = "bot",
        act: str = "",
        topic: str = "",
        escalation: Escalation = Escalation(),
        offer: bool | None = None,
        closed: Mapping[str, Any] | None = None,
    ) -> Reply:
        """Render one reply.

        Args:
            say: what to say. Raises LookupError when it names a topic or response that does not exist.
            variety: "zh-Hant", "zh-Hans" or "en".
            day: figures in force on this day.
            author: who speaks.
            act, topic: for the record; the topic of an FAQ say wins.
            escalation: shown with the reply; a level other than "none" adds the offer of a counsellor.
            offer: force (True) or suppress (False) the offer; None decides by risk and escalation.
            closed: no counsellor is there: values for the line that says so and when they are, with whatever offers one.
        """
        used: dict[str, str] = {}
        language = "en" if variety == "en" else "zh"
        build = {
            "faq": self._faq,
            "utterance": self._utterance,
            "clarify": self._clarify,
            "text": self._text,
            "cards": self._cards,
        }[say.kind]
        text, buttons, cards, sources = build(say, language, day, used)
        if say.kind == "faq":
            topic = say.key
        risky = say.kind == "faq" and self.pack.topics[say.key].risk in OFFER_RISKS
        if offer is None:
            offer = author == "bot" and (risky or escalation.level != "none")
        if offer and not _offers_a_person(buttons):
            text += "\n\n" + self._response("offer_counsellor").text[language]
            buttons = [*buttons, *self._choices(self._response("offer_counsellor"), language)]
        if closed is not None and (offer or escalation.level != "none") and _offers_a_person(buttons):
            words = _Words(self, language, day, used)
            text += "\n" + words.line("offer_closed", **{name: spoken(value, words) for name, value in closed.items()})
        reply = Reply(
            author=author,
            language=variety,
            text=text.strip(),
            buttons=tuple(_dedupe(buttons)),
            cards=tuple(cards),
            sources=tuple(sources),
            act=act,
            topic=topic,
            escalation=escalation,
            versions={"knowledge": self.pack.version, "figures": used},
        )
        return self._simplified(reply) if variety == "zh-Hans" and say.kind != "text" else reply

    def words(self, key: str, variety: Variety, day: date, **params: str) -> str:
        """The text of a response alone: a name, a label. Raises LookupError."""
        text = self._line(key, "en" if variety == "en" else "zh", day, {}, **params)
        return self.to_simplified(text) if variety == "zh-Hans" else text

    def choices(self, key: str, variety: Variety) -> tuple[Button, ...]:
        """The buttons of a response alone: a menu. Raises LookupError."""
        buttons = self._choices(self._response(key), "en" if variety == "en" else "zh")
        convert = self.to_simplified if variety == "zh-Hans" else str
        return tuple(Button(convert(button.title), button.payload) for button in buttons)

    def in_language(self, language: str, day: date) -> Words:
        """The texts in one language ("zh" or "en") with the figures of `day`, for what is made outside a reply."""
        return _Words(self, language, day, {})

    # -- the five kinds ----------------------------------------------------------------------------------------------

    def _faq(self, say: Say, language: str, day: date, used: dict[str, str]) -> _Parts:
        topic = self._topic(say.key)

        def fill(text: str) -> str:
            return self.book.fill(text, language, day, used).replace("**", "").strip()

        full = say.params.get("form") == "full"
        details = [fill(topic.answer[language])]
        if topic.pending:
            details.append(fill(topic.pending[language]))
        if topic.confidence != "high":
            details.append(
                self._line(
                    "faq_confirm",
                    language,
                    day,
                    used,
                    offices=self._offices(topic.confirm or (topic.decides,), language),
                )
            )
        closing = [
            self._line(
                "faq_closing",
                language,
                day,
                used,
                office=self.pack.offices[topic.decides].name[language],
                contact=self._offices(topic.contact[:CONTACTS_SHOWN], language),
                sources=_listed([cited.title[language] for cited in topic.sources], language),
                as_of=str(topic.as_of),
                reviewed_on=topic.reviewed_on.isoformat(),
            )
        ]
        head = [topic.title[language], *details] if full else [fill(topic.short[language])]
        basis = Button(self._response("button_basis").text[language], "/basis")
        buttons = (
            [basis] if full else [Button(self._response("button_more").text[language], f"/more {topic.id}"), basis]
        )
        card = {"type": "details", "title": self._response("button_more").text[language], "text": "\n\n".join(details)}
        sources = [Source(cited.title[language], cited.url) for cited in topic.sources]
        return "\n\n".join([*head, *closing]), buttons, [] if full else [card], sources

    def _utterance(self, say: Say, language: str, day: date, used: dict[str, str]) -> _Parts:
        response = self._response(say.key)
        words = _Words(self, language, day, used)
        params = {name: str(v) if isinstance(v, (int, float)) else spoken(v, words) for name, v in say.params.items()}
        text = self._line(say.key, language, day, used, **params)
        return text, self._choices(response, language), [], []

    def _clarify(self, say: Say, language: str, day: date, used: dict[str, str]) -> _Parts:
        labels: Sequence[str] = say.params.get("topics", ())
        buttons = [button for label in labels[:3] if (button := self._label_button(label, language))]
        if not buttons:  # what was thought of has no name to offer: that is no choice
            return self._utterance(Say("utterance", "unsure"), language, day, used)
        key = "clarify" if len(buttons) > 1 else "clarify_one"
        return self._line(key, language, day, used), [*buttons, *self._choices(self._response(key), language)], [], []

    def _cards(self, say: Say, language: str, day: date, used: dict[str, str]) -> _Parts:
        words = _Words(self, language, day, used)
        cards = []
        for item in say.params.get("items", ()):
            if item.get("type") not in RENDERERS:
                raise LookupError(f"no card is called {item.get('type')!r}; see jobseeker.rendering.RENDERERS")
            cards.append(RENDERERS[item["type"]](item, words))
        placeholders = {name: spoken(value, words) for name, value in say.params.items() if name not in PARTS_OF_CARDS}
        lines = say.params.get("lines", ())
        text = "\n".join([words.line(say.key, **placeholders), *(phrase(line, words) for line in lines)])
        asked = [*(button for line in lines for button in line.get("buttons", ())), *say.params.get("buttons", ())]
        buttons = [*(_made_button(one, words) for one in asked), *words.buttons(say.key)]
        sources = [Source(spoken(one["title"], words), one.get("url", "")) for one in say.params.get("sources", ())]
        return text, buttons, cards, sources

    @staticmethod
    def _text(say: Say, language: str, day: date, used: dict[str, str]) -> _Parts:
        return str(say.params.get("text", "")), [], [], []

    # -- parts ---------------------------------------------------------------------------------------------------------

    def _topic(self, key: str) -> Topic:
        if key not in self.pack.topics:
            raise LookupError(f"no topic is called {key!r}")
        return self.pack.topics[key]

    def _response(self, key: str) -> Response:
        if key not in self.pack.responses:
            raise LookupError(f"no response is called {key!r}; add it under data/responses")
        return self.pack.responses[key]

    def _line(self, key: str, language: str, day: date, used: dict[str, str], /, **params: str) -> str:
        text = self.book.fill(self._response(key).text[language], language, day, used).strip("\n")
        return PLACEHOLDER.sub(
            lambda found: params.get(found[1], found[0]), text
        )  # what a person wrote is filled in last

    def _offices(self, keys: Sequence[str], language: str) -> str:
        pattern = self._response("office").text[language]
        unverified = self._response("office_unverified").text[language]
        parts = []
        for key in keys:
            office = self.pack.offices[key]
            phone = (
                "" if office.phone in office.name[language] else office.phone
            )  # "1955 labour advice line" already says it
            part = (
                pattern.replace("{name}", office.name[language])
                .replace("{phone}", phone)
                .replace("{hours}", office.hours[language])
            )
            part = part.replace(",  (", " (").replace(" （", "（")
            parts.append(part if office.verified else part + unverified)
        return _listed(parts, language)

    def _choices(self, response: Response, language: str) -> list[Button]:
        return [Button(choice.title[language][:BUTTON_CHARACTERS], choice.payload) for choice in response.choices]

    def _label_button(self, label: str, language: str) -> Button | None:
        kind, _, topic = label.partition("/")
        if kind == "faq" and topic in self.pack.topics:
            return Button(shortened(self.pack.topics[topic].title[language], BUTTON_CHARACTERS), f"/topic {topic}")
        response = self.pack.responses.get("button_" + label)
        return self._choices(response, language)[0] if response and response.choices else None

    def _simplified(self, reply: Reply) -> Reply:
        convert = self.to_simplified
        return Reply(
            author=reply.author,
            language=reply.language,
            text=convert(reply.text),
            buttons=tuple(Button(convert(button.title), button.payload) for button in reply.buttons),
            cards=tuple(_converted(card, convert) for card in reply.cards),
            sources=tuple(Source(convert(source.title), source.url) for source in reply.sources),
            act=reply.act,
            topic=reply.topic,
            escalation=reply.escalation,
            versions=reply.versions,
        )


class _Words:
    """jobseeker.rendering.Words for one reply."""

    def __init__(self, answers: Answers, language: str, day: date, used: dict[str, str]) -> None:
        self._answers, self.language, self._day, self._used = answers, language, day, used

    def line(self, key: str, /, **params: str) -> str:
        return self._answers._line(key, self.language, self._day, self._used, **params)

    def buttons(self, key: str) -> list[Button]:
        return self._answers._choices(self._answers._response(key), self.language)

    def title(self, text: str) -> str:
        return shortened(text, BUTTON_CHARACTERS)

    def offices(self, keys: Sequence[str]) -> str:
        return self._answers._offices(keys, self.language)

    def topic(self, topic_id: str) -> str:
        return self._answers._topic(topic_id).title[self.language]


def _made_button(asked: Mapping[str, Any], words: _Words) -> Button:
    """{"title": a value of rendering.phrases, "payload"}, or {"topic", "payload"}: the title is the topic's."""
    title = words.topic(asked["topic"]) if "topic" in asked else spoken(asked["title"], words)
    return Button(words.title(title), asked["payload"])


def _converted(value: Any, convert: Callable[[str], str]) -> Any:
    """A card with all its words converted, however deep they lie."""
    if isinstance(value, str):
        return convert(value)
    if isinstance(value, Mapping):
        return {key: item if key in NOT_WORDS else _converted(item, convert) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_converted(item, convert) for item in value]
    return value


_Parts = tuple[str, list[Button], list[Mapping[str, Any]], list[Source]]


def _offers_a_person(buttons: Sequence[Button]) -> bool:
    return any(button.payload == "/human" for button in buttons)


def shortened(title: str, limit: int) -> str:
    """A title that fits a button: cut at a word where there are words."""
    if len(title) <= limit:
        return title
    cut = title[: limit - 1]
    return (cut.rsplit(" ", 1)[0] if " " in cut else cut) + "…"


def _listed(parts: Sequence[str], language: str) -> str:
    return ("; " if language == "en" else "；").join(parts)


def _dedupe(buttons: Sequence[Button]) -> list[Button]:
    seen: dict[str, Button] = {}
    for button in buttons:
        seen.setdefault(button.payload, button)
    return list(seen.values())

"""barrier_support: what keeps somebody from working is dealt with before vacancies: who helps near them, and the rules that matter."""

from __future__ import annotations

from jobseeker.barriers import Barrier
from jobseeker.journeys.facts import Fact
from jobseeker.journeys.listing import person
from jobseeker.journeys.toolbox import Asked, Step, Toolbox, button, line, spoken

SEVERAL = 2
TOPICS_SHOWN = 3


async def barrier_support(tools: Toolbox, asked: Asked) -> Step:
    """By button or words. Several at once, or one with no answer here: a counsellor is offered."""
    found = named(tools, asked)
    if not found:
        every = [{"title": one.title, "payload": f"/barrier {one.id}"} for one in tools.barriers.values()]
        return Step((spoken("barrier_which", buttons=[*every, person()]),), asked.memory)
    lines: list[Fact] = []
    for one in found:
        lines.append(
            line(
                "barrier_answer",
                title=one.title,
                short=one.short,
                offices={"offices": list(one.offices)},
                on=one.reviewed_on.isoformat(),
            )
        )
    topics = dict.fromkeys(topic for one in found for topic in one.topics)
    buttons: list[Fact] = [{"topic": topic, "payload": f"/topic {topic}"} for topic in list(topics)[:TOPICS_SHOWN]]
    buttons += [button("button_jobs", "/jobs"), person()]
    key = "barrier_several" if len(found) >= SEVERAL else "barrier_lead"
    sources = [{"title": cited.title, "url": cited.url} for one in found for cited in one.sources]
    return Step((spoken(key, lines=lines, buttons=buttons, sources=sources),), asked.memory)


def named(tools: Toolbox, asked: Asked) -> list[Barrier]:
    """The barriers that a button or the words name, in the order of the file."""
    if asked.command is not None:
        return [tools.barriers[asked.argument]] if asked.argument in tools.barriers else []
    return [one for one in tools.barriers.values() if any(asked.says(words) for words in one.words.values())]

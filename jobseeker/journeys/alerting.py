"""job_alert_on and job_alert_off: asking for consent in plain words, switching on, switching off. Sending is usecases/send_alerts.py."""

from __future__ import annotations

from dataclasses import replace

from jobseeker.journeys.facts import Fact
from jobseeker.journeys.find import or_saved
from jobseeker.journeys.listing import person, used_lines
from jobseeker.journeys.search import searched
from jobseeker.journeys.toolbox import Asked, Effects, Step, Toolbox, button, spoken
from jobseeker.journeys.wording import said_in

ASK_CONSENT = "consent"
NOTICE = "alerts-2026-11-28"  # the wording of alert_ask in data/responses/jobs.yml; a new wording gets a new name


async def job_alert_on(tools: Toolbox, asked: Asked) -> Step:
    """What will be looked for, how often, how it ends; then yes or no. `/alert yes` is the yes."""
    search = await or_saved(tools, asked)
    if asked.command is None:
        said = said_in(tools, asked)
        search = search if said.adds_nothing else searched(await tools.library.profile(asked.person), said, search)
    alert = await tools.library.alert(asked.person)
    same = alert is not None and alert.active and dict(alert.query) == search.to_dict()
    if same and not asked.pressed("alert"):
        return Step((spoken("alert_is_on", buttons=[_off()]),), asked.memory)
    if search.is_empty:
        return Step((spoken("alert_of_what", buttons=[button("button_fill", "/fill"), person()]),), asked.memory)
    if asked.argument == "yes":
        return _on(tools, asked)
    buttons = [button("button_alert_yes", "/alert yes"), button("button_alert_no", "/alert no")]
    memory = replace(asked.memory, search=search.to_dict()).asking(ASK_CONSENT)
    return Step((spoken("alert_ask", lines=used_lines(tools, search), buttons=buttons),), memory)


async def consent(tools: Toolbox, asked: Asked) -> Step:
    """The answer to that question, by button or word. What is neither yes nor no is no consent."""
    if asked.argument == "yes" or (asked.command is None and asked.act in ("affirm", "job_alert_on")):
        return _on(tools, asked)
    return Step((spoken("alert_not_on", buttons=[button("button_jobs", "/jobs")]),), asked.memory.answered())


def _on(tools: Toolbox, asked: Asked) -> Step:
    effects: Effects = (
        ("give_consent", {"purpose": "alerts", "notice_version": NOTICE}),
        ("set_alert", {"active": True, "query": asked.memory.search, "seen_revision": tools.ranker.revision}),
    )
    if asked.memory.search is None:
        return Step(
            (spoken("alert_of_what", buttons=[button("button_fill", "/fill"), person()]),), asked.memory.answered()
        )
    return Step((spoken("alert_on", buttons=[_off()]),), asked.memory.answered(), effects)


async def job_alert_off(tools: Toolbox, asked: Asked) -> Step:
    """At once, without a question back."""
    alert = await tools.library.alert(asked.person)
    effects: Effects = (("set_alert", {"active": False}),)
    if alert is None or not alert.active:
        return Step((spoken("alert_was_off"),), asked.memory.answered(), effects)
    effects = (*effects, ("withdraw_consent", {"purpose": "alerts", "notice_version": NOTICE}))
    return Step((spoken("alert_off", buttons=[button("button_alert", "/alert on")]),), asked.memory.answered(), effects)


def _off() -> Fact:
    return button("button_alert_off", "/alert off")

"""Which step answers which act, button or open question. No decisions."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from jobseeker.journeys import (
    alerting,
    contest,
    explain,
    find,
    following,
    gaps,
    likes,
    marks,
    occupations,
    support,
    training,
)
from jobseeker.journeys.listing import AFTER_LIST
from jobseeker.journeys.toolbox import Asked, Step, Toolbox
from jobseeker.journeys.wording import said_in
from jobseeker.messages import Outcome

Journey = Callable[[Toolbox, Asked], Awaitable[Step]]

BY_BUTTON: Mapping[str, Journey] = {
    "jobs": find.find_jobs,
    "next": find.show_more,
    "nearby": find.come_nearer,
    "weigh": find.weigh,
    "lift": find.lift,
    "not": marks.not_for_me,
    "because": marks.because,
    "save": marks.save,
    "saved": marks.saved_list,
    "compare": marks.compare,
    "why": explain.explain_match,
    "like": likes.more_like_this,
    "gap": gaps.skill_gap,
    "with": gaps.what_if,
    "courses": training.find_training,
    "course": training.show_course,
    "explore": occupations.explore_occupations,
    "contest": contest.contest_decision,
    "barrier": support.barrier_support,
    "alert on": alerting.job_alert_on,
    "alert yes": alerting.consent,
    "alert no": alerting.consent,
    "alert off": alerting.job_alert_off,
}
BY_ACT: Mapping[str, Journey] = {
    "find_jobs": following.find_or_follow,
    "more_like_this": likes.more_like_this,
    "explain_match": explain.explain_match,
    "explore_occupations": occupations.explore_occupations,
    "skill_gap": gaps.skill_gap,
    "find_training": training.find_training,
    "contest_decision": contest.contest_decision,
    "job_alert_on": alerting.job_alert_on,
    "job_alert_off": alerting.job_alert_off,
    "barrier_support": support.barrier_support,
}
BY_QUESTION: Mapping[str, Journey] = {
    AFTER_LIST: following.find_or_follow,
    find.ASK_WISH: find.find_jobs,
    marks.ASK_REASON: marks.because,
    alerting.ASK_CONSENT: alerting.consent,
    occupations.ASK_SKILLS: occupations.explore_occupations,
    training.ASK_SKILL: training.find_training,
}
ACT_OF_QUESTION: Mapping[str, str] = {
    AFTER_LIST: "find_jobs",
    find.ASK_WISH: "find_jobs",
    marks.ASK_REASON: "find_jobs",
    alerting.ASK_CONSENT: "job_alert_on",
    occupations.ASK_SKILLS: "explore_occupations",
    training.ASK_SKILL: "find_training",
}  # what an answer counts as in the record of the conversation
FALLBACK: Mapping[Outcome, str] = {
    "answer": "find_jobs",
    "clarify": "clarify",
    "unsure": "nlu_fallback",
}  # intents of the engine
ELSEWHERE = frozenset({"build_profile", "show_profile", "make_resume", "benefit_precheck", "benefit_deadlines"})


def journey_of(asked: Asked, *, answers: bool) -> Journey:
    """The step for a message: the button's own, else the open question's, else the act's.

    An answer that is clearly one of the other acts here ("I would like to learn welding") goes to that one's step.
    Raises LookupError for an act that is none of these.
    """
    if asked.command is not None:
        payload = asked.command.to_payload()[1:]
        found = BY_BUTTON.get(payload) or BY_BUTTON.get(asked.command.name)
        if found is not None:
            return found
    if not answers:
        return BY_ACT[asked.act]
    question = asked.memory.ask
    if asked.act in BY_ACT and asked.act not in (ACT_OF_QUESTION.get(question), "find_jobs"):
        return BY_ACT[asked.act]
    return BY_QUESTION.get(question, find.find_jobs)


def hands_on(tools: Toolbox, asked: Asked, outcome: Outcome) -> str:
    """The act whose action should answer a message that does not answer the open question; "" where it is ours.

    asked.act: what the classifier made of it, "" where it was not sure; outcome: how sure it was.
    """
    if asked.memory.ask != AFTER_LIST:
        return asked.act if asked.act in ELSEWHERE and said_in(tools, asked).adds_nothing else ""
    if (asked.act in BY_ACT and asked.act != "find_jobs") or following.follows(tools, asked, outcome):
        return ""
    return asked.act or FALLBACK[outcome]

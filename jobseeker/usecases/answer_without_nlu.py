"""What is answered while the understanding is switched off: topics by button, and by likeness of words; the rest goes to a person. Commands need no understanding."""

from __future__ import annotations

from jobseeker.answering import Plan, Planner
from jobseeker.messages import Command, Context, Say
from jobseeker.outgoing import Composer
from jobseeker.records import Conversation
from jobseeker.usecases.suggest_answers import SuggestAnswers

TOPICS_OFFERED = 3


class AnswerWithoutNlu:
    """Makes the plan."""

    def __init__(self, composer: Composer, planner: Planner, suggest: SuggestAnswers) -> None:
        self.composer, self.planner, self.suggest = composer, planner, suggest

    def __call__(self, conversation: Conversation, text: str, command: Command | None) -> Plan | None:
        """The plan; None for a command that the dialogue engine carries out without understanding anything."""
        topics = self.composer.answers.pack.topics
        if command is not None and command.name == "topic" and command.argument in topics:
            plan = self.planner.says(conversation, Say("faq", command.argument), act="faq")
            return Plan(plan.says, plan.variety, plan.chosen, Context(command.argument, "faq", 0), act="faq")
        if command is not None:
            return None
        variety = self.planner.detect_variety(text, conversation.variety, conversation.variety_chosen)
        buttons = [
            {"title": dict(topics[topic].title), "payload": f"/topic {topic}"}
            for topic in self.suggest.for_text(text)[:TOPICS_OFFERED]
        ]
        person = {"title": {"key": "button_person"}, "payload": "/human"}
        key = "switched_off_nlu_topics" if buttons else "switched_off_nlu"
        say = Say("cards", key, {"items": [], "buttons": [*buttons, person]})
        return Plan(
            (say,), variety, conversation.variety_chosen, conversation.context,
            self.planner.policy.assess(text, command=None), act="switched_off",
        )  # fmt: skip

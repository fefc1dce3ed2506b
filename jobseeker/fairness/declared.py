"""What a person may declare of themselves for the audit of fairness, and nothing else: age band and sex. Keeping it is store/fairness.py."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

PURPOSE = "fairness"  # of the consent; off until somebody says yes
COMMAND = "fairness"  # the button command; an answer is taken out of it before anything is stored (usecases/receive_message.py)
NOTICE_VERSION = "2026-11-28"  # of the text fairness_ask in data/responses/fairness.yml

AGE_BANDS = ("15_24", "25_34", "35_44", "45_54", "55_64", "65_up")
SEXES = ("female", "male", "another")
QUESTIONS: Mapping[str, tuple[str, ...]] = {"age": AGE_BANDS, "sex": SEXES}  # in the order they are asked
SKIP = "skip"


@dataclass(frozen=True)
class Answer:
    """One answer: `value` of QUESTIONS[question]; None: the person would rather not say."""

    question: Literal["age", "sex"]
    value: str | None


def read_answer(argument: str) -> Answer | None:
    """The answer a button's argument stands for ("age-45_54", "sex-skip"), or None where it is none."""
    question, _, value = argument.partition("-")
    if question not in QUESTIONS or value not in (*QUESTIONS[question], SKIP):
        return None
    return Answer("age" if question == "age" else "sex", None if value == SKIP else value)

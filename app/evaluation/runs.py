"""Trains and reads: the held-out set, folds of rows, one way of saying things left out. Numbers are made in measures.py."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context

import numpy as np

from app.evaluation.cases import Case, EscalationCase, case_of
from app.evaluation.measures import Result
from jobseeker.escalation import EscalationPolicy
from jobseeker.knowledge import Pack, Topic
from jobseeker.messages import Context, Escalation, Understanding
from jobseeker.turns import judge
from language.nlu import Example, Understander
from language.nlu.network import Settings
from language.nlu.understander import OUT_OF_SCOPE, lead_of

SEED = 20261121
LEAST_SHARE_OF_LABELS = 0.5  # a kind that fewer labels have ("gibberish") is not a way of saying all things
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Material:
    """What a model is made from. `settings` None: as served."""

    examples: tuple[Example, ...]
    concepts: Mapping[str, tuple[str, ...]]
    titles: Mapping[str, str]
    settings: Settings | None = None

    @classmethod
    def of(cls, examples: Sequence[Example], pack: Pack, settings: Settings | None = None) -> Material:
        """The same that bot/importer.py gives to Rasa's training."""
        titles = {topic.id: " ".join(topic.title.values()) for topic in pack.topics.values()}
        return cls(tuple(examples), dict(pack.concepts), titles, settings)

    def train(self, examples: Sequence[Example] | None = None) -> Understander:
        """A model of all examples, or of some."""
        return Understander.train(
            self.examples if examples is None else examples, self.concepts, self.titles, self.settings
        )

    def sample(self, labels: int) -> Material:
        """The same with about so many labels, spread evenly over the alphabet; out of scope is always among them."""
        names = sorted({example.label for example in self.examples} - {OUT_OF_SCOPE})
        step = max(1, len(names) // max(1, labels - 1))
        kept = {OUT_OF_SCOPE, *names[::step][: max(1, labels - 1)]}
        return Material(tuple(e for e in self.examples if e.label in kept), self.concepts, self.titles, self.settings)


@dataclass(frozen=True)
class Job:
    """One training: rows that are held back, by their number in the material."""

    name: str
    held: tuple[int, ...]


def read_case(
    understander: Understander, case: Case, topics: Mapping[str, Topic], policy: EscalationPolicy
) -> tuple[Result, Escalation]:
    """Judge the last turn of a case as the running assistant would."""
    context = Context()
    for text in case.turns:
        judgement = judge(text, understander.understand(text, context), context, policy, topics)
        context = judgement.context
    lead = _lead(understander, case.text) if len(case.turns) == 1 else None
    return _result(case, judgement.understanding, lead), judgement.escalation


def read_all(
    understander: Understander, cases: Sequence[Case], topics: Mapping[str, Topic], policy: EscalationPolicy
) -> list[tuple[Result, Escalation]]:
    """`read_case` for each, in order."""
    return [read_case(understander, case, topics, policy) for case in cases]


def _lead(understander: Understander, text: str) -> float | None:
    if OUT_OF_SCOPE not in understander.labels:
        return None
    scores, _ = understander.models.read(understander.extractor.extract(text))
    return lead_of(scores, understander.labels.index(OUT_OF_SCOPE))


def _result(case: Case, understanding: Understanding, lead: float | None) -> Result:
    ranking = (understanding.label, *(label for label, _ in understanding.alternatives))
    return Result(case, ranking, understanding.confidence, understanding.outcome, lead)


def fold_jobs(examples: Sequence[Example], folds: int) -> list[Job]:
    """Every row held back once; each fold has its share of every label, language and kind."""
    groups: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    for number, example in enumerate(examples):
        groups[example.label, example.language, example.kind].append(number)
    random = np.random.default_rng(SEED)
    held: list[list[int]] = [[] for _ in range(folds)]
    for group in sorted(groups):
        first = int(random.integers(folds))  # else every small group would begin in fold 0
        for place, number in enumerate(random.permutation(groups[group])):
            held[(first + place) % folds].append(int(number))
    return [Job(f"fold {number + 1} of {folds}", tuple(sorted(rows))) for number, rows in enumerate(held)]


def kind_jobs(examples: Sequence[Example]) -> list[Job]:
    """One job per way of saying things that at least half of the labels have: all of its rows held back."""
    labels: dict[str, set[str]] = defaultdict(set)
    rows: dict[str, list[int]] = defaultdict(list)
    for number, example in enumerate(examples):
        labels[example.kind].add(example.label)
        rows[example.kind].append(number)
    everything = {example.label for example in examples}
    wanted = [kind for kind in sorted(rows) if kind and len(labels[kind]) >= LEAST_SHARE_OF_LABELS * len(everything)]
    return [Job(kind, tuple(rows[kind])) for kind in wanted]


def run_job(material: Material, job: Job) -> list[Result]:
    """Train without the rows held back, read them. Rows of a label that the rest does not have are left out."""
    held = set(job.held)
    rest = [example for number, example in enumerate(material.examples) if number not in held]
    known = {example.label for example in rest}
    understander = material.train(rest)
    cases = [case_of(material.examples[number]) for number in job.held if material.examples[number].label in known]
    return [_result(case, understander.understand(case.text), _lead(understander, case.text)) for case in cases]


def run_jobs(material: Material, jobs: Sequence[Job], processes: int, tell: Tell) -> dict[str, list[Result]]:
    """All jobs, side by side in `processes` processes; the result does not depend on how many."""
    if processes <= 1:
        found = {}
        for job in jobs:
            tell(f"training without {job.name} ({len(job.held)} rows)")
            found[job.name] = run_job(material, job)
        return found
    with _one_thread_each(), ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        futures = {job.name: pool.submit(run_job, material, job) for job in jobs}
        found = {}
        for name, future in futures.items():
            found[name] = future.result()
            tell(f"read {name} ({len(found[name])} rows)")
    return found


@contextmanager
def _one_thread_each() -> Iterator[None]:
    """Processes that each start as many threads as there are cores are slower than one alone."""
    before = {name: os.environ.get(name) for name in THREADS}
    os.environ.update(dict.fromkeys(THREADS, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def read_escalation(
    understander: Understander, cases: Sequence[EscalationCase], topics: Mapping[str, Topic], policy: EscalationPolicy
) -> list[tuple[EscalationCase, Escalation, Escalation]]:
    """For each case the level by its text alone, and as served, where label, topic and rules count."""
    found = []
    for case in cases:
        served = judge(case.text, understander.understand(case.text), Context(), policy, topics).escalation
        found.append((case, policy.assess(case.text), served))
    return found

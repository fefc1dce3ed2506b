"""What the generated pages say of the service, read from where it is in force: the code's own lists, the packs, the committed reports. No prose."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from content import load_pack, load_ranking
from content.report_words import load_words
from content.yaml_file import LineDict, YamlFile
from jobseeker.errors import ContentError
from jobseeker.figures import figure_text
from jobseeker.knowledge import Pack
from jobseeker.matching.policy import FEATURES, RankingPolicy
from jobseeker.privacy import CHANGEABLE, GROUPS
from jobseeker.privacy.identifiers import KINDS
from jobseeker.releases import PARTS, SIGNED_PARTS
from jobseeker.switches import CAPABILITIES

NLU, FAIRNESS = "docs/reports/nlu.json", "docs/reports/fairness.json"
RETENTION = {"fairness": "retention.fairness", "results": "retention.results", "files": "files.link_days"}
OPERATOR = ("organisation", "team", "responsible_owner", "contact", "website", "phase")
JOINED = {"zh": "、", "en": ", "}
LISTED = {"zh": "；", "en": "; "}  # of items that have commas themselves


@dataclass(frozen=True)
class Sources:
    """Everything the facts are read from, as of a day."""

    pack: Pack
    policy: RankingPolicy
    nlu: Mapping[str, Any]
    fairness: Mapping[str, Any]
    operator: Mapping[str, Mapping[str, str]]
    day: date


def read_sources(root: Path, country: str, day: date) -> Sources:
    """Read them. Raises ContentError where one is missing or not of its form."""
    return Sources(
        load_pack(root, country),
        load_ranking(root, country),
        _json(root, NLU),
        _json(root, FAIRNESS),
        _operator(root, country),
        day,
    )


def facts(root: Path, sources: Sources, language: str) -> Mapping[str, str]:
    """Mark -> text in one language ("zh" or "en"). Raises ContentError for a name that data/reports has no words for."""
    words = {**load_words(root, "fairness", language), **load_words(root, "disclosure", language)}
    said = _Facts(sources, language, words)
    try:
        return said.all()
    except KeyError as problem:
        raise ContentError(
            "data/reports/disclosure.yml", 1, f"there are no words for {problem}: add a line"
        ) from problem


@dataclass(frozen=True)
class _Facts:
    sources: Sources
    language: str
    words: Mapping[str, str]

    def all(self) -> dict[str, str]:
        pack = self.sources.pack
        rows = [figure.on(self.sources.day) for figure in pack.figures.values() if self._begun(figure)]
        checked = [topic.reviewed_on for topic in pack.topics.values()]
        nlu = self.sources.nlu
        found = {
            "as_of": self.sources.day.isoformat(),
            "topics": str(len(pack.topics)),
            "capabilities": "\n".join(f"- {self.words[f'capability_{name}']}" for name in CAPABILITIES),
            "switches": self._listed(self.words[f"capability_{name}"] for name in CAPABILITIES),
            "factors": self._factors(),
            "factor_names": self._joined(self._label(name) for name in FEATURES),
            "never": self._joined(
                self.words[f"attribute_{name}"] for name in self.sources.fairness["tried"] if name != "together"
            ),
            "purposes": self._listed(self._response(f"consent_purpose_{name}") for name in CHANGEABLE),
            "identifiers": self._joined(self._response(f"identifier_{name}") for name in KINDS),
            "data": self._data(),
            "data_names": self._listed(self.words[f"data_{name}"] for name in GROUPS),
            "goals": self._goals(),
            "heldout_rows": f"{nlu['heldout']['all']['rows']:,}",
            "training_rows": f"{nlu['model']['rows']:,}",
            "labels": str(nlu["model"]["labels"]),
            "calibration": _percent(nlu["heldout"]["reliability"]["expected_calibration_error"]),
            "by_language": self._by_language(),
            "swaps": self.words["swaps_row"].format(**self._swaps()),
            "fairness_rules": self._fairness_rules(),
            "gated": self._joined(f"`{pattern}`" for pattern, part in PARTS if part in SIGNED_PARTS),
            "review_days": self._figure("review.match_business_days"),
            "receipt": self._figure("retention.receipt"),
            "phone": pack.offices["employment_centre"].phone,
            "figures": str(len(rows)),
            "checked_on": max(checked).isoformat(),
        }
        for name in OPERATOR:
            found[f"operator.{name}"] = self.sources.operator[name][self.language] or self.words["not_named"]
        return found

    def _begun(self, figure: Any) -> bool:
        return any(row.valid_from <= self.sources.day for row in figure.rows)

    def _joined(self, items: Iterable[str]) -> str:
        return JOINED[self.language].join(items)

    def _listed(self, items: Iterable[str]) -> str:
        return LISTED[self.language].join(items)

    def _response(self, key: str) -> str:
        return self.sources.pack.responses[key].text[self.language]

    def _label(self, feature: str) -> str:
        return self.sources.policy.labels[f"weight.{feature}"][self.language]

    def _figure(self, name: str) -> str:
        figure = self.sources.pack.figures[name]
        return figure_text(figure.unit, figure.on(self.sources.day).value, self.language)

    def _table(self, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
        head = " | ".join(self.words[f"column_{name}"] for name in columns)
        lines = [f"| {head} |", "| " + " | ".join("---" for _ in columns) + " |"]
        return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)])

    def _factors(self) -> str:
        parameters = self.sources.policy.on(self.sources.day)
        rows = [
            (
                self._label(name),
                f"{parameters.number(f'weight.{name}'):,}",
                str(parameters.valid_from[f"weight.{name}"]),
            )
            for name in FEATURES
        ]
        return self._table(("factor", "weight", "since"), rows)

    def _data(self) -> str:
        idle = self.sources.pack.figures["retention.idle"].on(self.sources.day).value
        alike: dict[str, list[str]] = {}
        for name in GROUPS:
            times = [self.words["kept_idle"].format(days=idle)]
            if name in RETENTION:
                own = self.sources.pack.figures[RETENTION[name]].on(self.sources.day).value
                times.insert(0, self.words["kept_days"].format(days=own))
            alike.setdefault(self._listed(times), []).append(self.words[f"data_{name}"])
        rows = [(self._listed(names), times) for times, names in alike.items()]
        return self._table(("data", "kept"), rows)

    def _goals(self) -> str:
        rows = [
            (
                self.words[f"goal {goal['name']}"],
                _percent(goal["value"]),
                f"{'≥' if goal['at_least'] else '≤'} {_percent(goal['goal'])}",
                self.words["met" if goal["met"] else "missed"],
            )
            for goal in self.sources.nlu["goals"]
        ]
        return self._table(("goal", "value", "wanted", "met"), rows)

    def _by_language(self) -> str:
        measured = self.sources.nlu["heldout"]["language"]
        return self._joined(
            self.words["by_language_row"].format(
                language=self.words[f"language_{name}"], top1=_percent(value["top1"]), rows=f"{value['rows']:,}"
            )
            for name, value in sorted(measured.items())
        )

    def _swaps(self) -> Mapping[str, Any]:
        fairness = self.sources.fairness
        return {
            "people": fairness["people"],
            "swaps": sum(fairness["tried"].values()),
            "changed": sum(fairness["changed"].values()),
            "vacancies": fairness["vacancies"],
            "day": fairness["made_on"],
        }

    def _fairness_rules(self) -> str:
        names = [name for name in self.sources.pack.figures if name.startswith("fairness.")]
        label = {name: self.sources.pack.figures[name].label[self.language] for name in names}
        return self._listed(f"{label[name]}: {self._figure(name)}" for name in sorted(names))


def _percent(share: float) -> str:
    return f"{share * 100:.1f} %"


def _json(root: Path, name: str) -> Mapping[str, Any]:
    try:
        found: Mapping[str, Any] = json.loads((root / name).read_text("utf-8"))
    except (OSError, ValueError) as problem:
        raise ContentError(name, 1, f"cannot be read: {problem}") from problem
    return found


def _operator(root: Path, country: str) -> Mapping[str, Mapping[str, str]]:
    """An empty text: not named yet."""
    path = root / "packs" / country / "operator.yml"
    file = YamlFile(path, path.relative_to(root).as_posix())
    section = file.get(file.root, "operator", LineDict)
    found = {}
    for name in OPERATOR:
        entry = file.get(section, name, LineDict)
        found[name] = {language: file.get(entry, language, str) for language in ("zh", "en")}
    return found

"""One reader per kind of content file (docs/content.md): shape and types. What sentences may say is checked in lint.py."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import date

from content.yaml_file import LineDict, LineList, YamlFile
from jobseeker.escalation import EscalationPolicy, Folding, LabelRule, ScoredRule, SignalRule
from jobseeker.escalation.folding import misspellings
from jobseeker.figures import UNITS
from jobseeker.knowledge import Choice, Cited, Figure, FigureRow, Office, Question, Response, Topic
from jobseeker.messages import parse_command
from language.detect import fold_script
from language.nlu.understander import Example

GROUPS = ("benefit", "training", "rights", "services", "support", "privacy")
RISKS = ("none", "complex", "adverse", "crisis")
CONFIDENCES = ("high", "medium", "low")
TOPIC_KEYS = {
    "topic", "group", "title", "risk", "decides", "contact", "confidence", "confirm", "as_of", "reviewed_on", "pending", "short",
    "answer", "sources", "questions",
}  # fmt: skip


def _one_of(file: YamlFile, where: LineDict, key: str, allowed: tuple[str, ...]) -> str:
    value: str = file.get(where, key, str)
    if value not in allowed:
        raise file.error(where.lines[key], f"`{key}:` should be one of {', '.join(allowed)}, not {value!r}")
    return value


def _cited(file: YamlFile, where: LineDict) -> Cited:
    return Cited({"zh": file.get(where, "zh", str), "en": file.get(where, "en", str)}, file.get(where, "url", str, ""))


def read_topic(file: YamlFile) -> Topic:
    """A knowledge file. Raises ContentError."""
    root = file.root
    name = file.get(root, "topic", str)
    if name != file.path.stem:
        raise file.error(root.lines["topic"], f"`topic: {name}` should be the file's name, {file.path.stem}")
    unknown = sorted(set(root) - TOPIC_KEYS)
    if unknown:
        raise file.error(
            root.lines[unknown[0]],
            f"`{unknown[0]}:` is not known; did you mean one of {', '.join(sorted(TOPIC_KEYS))}?",
        )
    sources = file.get(root, "sources", LineList)
    if not sources:
        raise file.error(root.lines["sources"], "`sources:` needs at least one law or programme")
    return Topic(
        id=name,
        group=_one_of(file, root, "group", GROUPS),
        title=file.bilingual(root, "title"),
        risk=_one_of(file, root, "risk", RISKS),  # type: ignore[arg-type]
        decides=file.get(root, "decides", str),
        contact=file.texts(root, "contact"),
        confidence=_one_of(file, root, "confidence", CONFIDENCES),
        confirm=file.texts(root, "confirm", LineList()),
        as_of=file.get(root, "as_of", int),
        reviewed_on=file.day(root, "reviewed_on"),
        short=file.bilingual(root, "short"),
        answer=file.bilingual(root, "answer"),
        sources=tuple(_cited(file, item) for item in _dicts(file, sources)),
        pending=file.bilingual(root, "pending") if root.get("pending") else {},
        questions=tuple(_questions(file, file.get(root, "questions", LineDict))),
    )


def _dicts(file: YamlFile, items: LineList) -> list[LineDict]:
    for line, item in zip(items.lines, items, strict=True):
        if not isinstance(item, LineDict):
            raise file.error(line, "this should be a `key: value` block")
    return list(items)


def _questions(file: YamlFile, where: LineDict) -> list[Question]:
    questions = []
    for language in ("zh", "en"):
        kinds = file.get(where, language, LineDict)
        for kind in kinds:
            texts = file.get(kinds, kind, LineList)
            file.texts(kinds, kind)
            questions += [Question(text, language, kind, line) for line, text in zip(texts.lines, texts, strict=True)]
    return questions


def read_figures(file: YamlFile) -> dict[str, Figure]:
    """A policy file's figures. Other sections of the file are read by whoever owns them."""
    figures = file.get(file.root, "figures", LineDict, LineDict())
    result = {}
    for name in figures:
        entry = file.get(figures, name, LineDict)
        unit = _one_of(file, entry, "unit", tuple(sorted(UNITS)))
        rows = [_figure_row(file, row, unit) for row in _dicts(file, file.get(entry, "rows", LineList))]
        if not rows:
            raise file.error(entry.lines["rows"], f"the figure `{name}` has no rows")
        starts = [row.valid_from for row in rows]
        if starts != sorted(set(starts)):
            raise file.error(entry.lines["rows"], f"the rows of `{name}` should start on different days, oldest first")
        result[name] = Figure(name, unit, file.bilingual(entry, "label"), file.get(entry, "owner", str), tuple(rows))
    return result


def _figure_row(file: YamlFile, row: LineDict, unit: str) -> FigureRow:
    value = file.get(row, "value", (int, float, str, date))
    if unit == "date":
        value = str(value)
        try:
            date.fromisoformat(value)
        except ValueError as problem:
            raise file.error(
                row.lines["value"], f"a date figure needs a value like 2026-07-31, not {value!r}"
            ) from problem
    elif isinstance(value, (str, date, bool)):
        raise file.error(row.lines["value"], f"a figure in {unit} needs a number, not {value!r}")
    return FigureRow(
        value,
        file.day(row, "valid_from"),
        _cited(file, file.get(row, "source", LineDict)),
        _one_of(file, row, "confidence", CONFIDENCES),
    )


def read_offices(file: YamlFile) -> dict[str, Office]:
    """The directory of offices and hotlines."""
    entries = file.get(file.root, "entries", LineDict)
    return {
        key: Office(
            key,
            file.bilingual(entry, "name"),
            file.get(entry, "phone", str),
            file.bilingual(entry, "hours"),
            file.get(entry, "url", str, ""),
            file.get(entry, "verified", bool),
        )
        for key in entries
        for entry in [file.get(entries, key, LineDict)]
    }


def read_responses(file: YamlFile) -> dict[str, Response]:
    """What the assistant says: `responses: {key: {zh, en, buttons?}}`."""
    responses = file.get(file.root, "responses", LineDict)
    result = {}
    for key in responses:
        entry = file.get(responses, key, LineDict)
        choices = []
        for item in _dicts(file, file.get(entry, "buttons", LineList, LineList())):
            payload = file.get(item, "payload", str)
            if parse_command(payload) is None:
                raise file.error(
                    item.lines["payload"], f"{payload!r} is not a command; see COMMANDS in jobseeker/messages.py"
                )
            choices.append(Choice(file.bilingual(item, "title"), payload))
        extra = sorted(set(entry) - {"zh", "en", "buttons"})
        if extra:  # "{en: All right, we go on}" is read as two keys
            raise file.error(
                entry.lines[extra[0]],
                f"`{key}:` has an unknown key {extra[0]!r}; a text with a comma needs quotation marks",
            )
        text = {"zh": file.get(entry, "zh", str), "en": file.get(entry, "en", str)}
        result[key] = Response(key, text, tuple(choices))
    return result


def read_concepts(file: YamlFile) -> dict[str, tuple[str, ...]]:
    """The lexicon: `concepts: {name: [words]}`."""
    concepts = file.get(file.root, "concepts", LineDict)
    return {name: file.texts(concepts, name) for name in concepts}


def read_examples(file: YamlFile) -> list[tuple[Example, int]]:
    """Rasa's NLU format: blocks with `intent`, `metadata` and `examples: |`. Gives each example with its line."""
    result = []
    for block in _dicts(file, file.get(file.root, "nlu", LineList)):
        intent = file.get(block, "intent", str)
        metadata = file.get(block, "metadata", LineDict, LineDict())
        language = metadata.get("language", "")
        if language not in ("zh", "en"):
            raise file.error(block.line, f"the block of `{intent}` needs `metadata: {{language: zh|en, kind: …}}`")
        line = block.lines["examples"] if "examples" in block else block.line
        for offset, row in enumerate(str(file.get(block, "examples", str)).splitlines(), start=1):
            if not row.strip():
                continue
            if not row.startswith("- ") or not row[2:].strip():
                raise file.error(line + offset, f"an example should look like `- text`, not {row[:40]!r}")
            result.append((Example(row[2:].strip(), intent, language, str(metadata.get("kind", ""))), line + offset))
    return result


def read_escalation(file: YamlFile) -> EscalationPolicy:
    """The escalation policy: patterns folded to the form texts are read in, the limit as of its newest row."""
    section = file.get(file.root, "escalation", LineDict)
    folding = _folding(file, section)
    signals = [_signal(file, rule, folding) for rule in _dicts(file, file.get(section, "signals", LineList))]
    scored = [
        _scored(file, rule, folding, signals)
        for rule in _dicts(file, file.get(section, "scored", LineList, LineList()))
    ]
    labels = file.get(section, "labels", LineDict, LineDict())
    limit = file.get(section, "failed_turns_limit", LineDict)
    return EscalationPolicy(
        (
            *signals,
            *scored,
        ),
        {label: _label_rule(file, file.get(labels, label, LineDict), scored) for label in labels},
        failed_turns_limit=file.get(file.get(limit, "rows", LineList)[-1], "value", int),
        folding=folding,
    )


def _script_table() -> dict[int, str]:
    """Traditional -> Simplified for every Han character of the basic block and extension A."""
    every = [chr(code) for code in range(0x3400, 0xA000)]
    return {
        ord(old): new for old, new in zip(every, fold_script("\n".join(every)).split("\n"), strict=True) if new != old
    }


def _folding(file: YamlFile, section: LineDict) -> Folding:
    """Script folded for every Han character, one by one: the same table for texts and patterns."""
    where = file.get(section, "folding", LineDict, LineDict())
    variants = file.get(where, "variants", LineDict, LineDict())
    spellings = file.get(where, "spellings", LineDict, LineDict())
    characters = _script_table()
    characters = characters | {
        ord(form): fold_script(standard) for standard in variants for form in file.get(variants, standard, str)
    }
    plain = Folding({code: to for code, to in characters.items() if chr(code) != to})
    table = misspellings(file.texts(where, "misspelt", LineList()))
    for word in spellings:
        table |= {plain.pattern(form): plain.pattern(word) for form in file.texts(spellings, word)}
    return Folding(plain.characters, {form: word for form, word in table.items() if form != word})


def _signal(file: YamlFile, rule: LineDict, folding: Folding) -> SignalRule:
    cues = file.get(rule, "cues", LineDict, LineDict())
    return SignalRule(
        file.get(rule, "reason", str),
        _one_of(file, rule, "level", ("offer", "immediate")),  # type: ignore[arg-type]
        _patterns(file, rule, "patterns", folding),
        _patterns(file, rule, "masks", folding),
        {group: _patterns(file, cues, group, folding) for group in cues},
        cues_needed=file.get(rule, "cues_needed", int, 2),
        tight=_patterns(file, rule, "tight", folding),
        name=file.get(rule, "name", str, ""),
    )


def _label_rule(file: YamlFile, entry: LineDict, scored: Sequence[ScoredRule]) -> LabelRule:
    """What an act raises by itself, and from where on with a scored rule beside it."""
    seconded = file.get(entry, "seconded_by", LineDict, LineDict())
    name = file.get(seconded, "rule", str) if seconded else ""
    if seconded and name not in {rule.name for rule in scored}:
        raise file.error(seconded.line, f"`rule:` there is no scored rule `{name}`")
    return LabelRule(
        file.get(entry, "reason", str),
        _one_of(file, entry, "level", ("offer", "immediate")),  # type: ignore[arg-type]
        float(file.get(entry, "from_confidence", (int, float), 1.0)),
        name,
        float(file.get(seconded, "from_confidence", (int, float))) if seconded else 1.0,
        float(file.get(seconded, "from_score", (int, float))) if seconded else 0.0,
    )


def _scored(file: YamlFile, rule: LineDict, folding: Folding, signals: Sequence[SignalRule]) -> ScoredRule:
    """A scored rule. It shares the masks of the pattern rules with its reason."""
    concepts = file.get(rule, "concepts", LineDict, LineDict())
    path = file.path.with_name(file.get(rule, "weights", str))
    try:
        weights = json.loads(path.read_text("utf-8"))
        return ScoredRule(
            file.get(rule, "reason", str),
            _one_of(file, rule, "level", ("offer", "immediate")),  # type: ignore[arg-type]
            file.get(rule, "name", str),
            float(
                file.get(file.get(file.get(rule, "threshold", LineDict), "rows", LineList)[-1], "value", (int, float))
            ),
            int(weights["bias"]),
            {str(term): int(weight) for term, weight in weights["weights"].items()},
            {
                name: re.compile(
                    "|".join(pattern.pattern for pattern in _patterns(file, concepts, name, folding)), re.ASCII
                )
                for name in concepts
            },
            tuple(mask for signal in signals if signal.reason == rule["reason"] for mask in signal.masks),
            frozenset(f"#{name}" for name in file.texts(rule, "needs", LineList())),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as problem:
        raise file.error(
            rule.lines["weights"], f"`{path.name}` cannot be read ({problem}); make it with tools/fit_escalation.py"
        ) from problem


def _patterns(file: YamlFile, rule: LineDict, key: str, folding: Folding) -> tuple[re.Pattern[str], ...]:
    patterns = []
    where = file.get(rule, key, LineList, LineList())
    for line, text in zip(where.lines, file.texts(rule, key, LineList()), strict=True):
        try:
            patterns.append(re.compile(folding.pattern(text), re.ASCII))
        except re.error as problem:
            raise file.error(line, f"this is not a valid regular expression: {problem}") from problem
    return tuple(patterns)

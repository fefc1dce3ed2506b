"""`jobseeker taxonomy import-esco`: the official CSV files into one SQLite file, and the list of our skills found among its concepts."""

from __future__ import annotations

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from content.aliases import alias_problem
from content.csv_file import write_rows
from content.esco import database
from content.esco.database import ALTERNATIVE, HIDDEN, PREFERRED, Concept
from content.esco.source import EscoFolder, Progress, concept_id, labels
from jobseeker.errors import ContentError
from jobseeker.taxonomy import Taxonomy, alias_key

SKILLS, OCCUPATIONS = "skills_en.csv", "occupations_en.csv"
OCCUPATION_SKILLS, OCCUPATION_BROADER = "occupationSkillRelations.csv", "broaderRelationsOccPillar.csv"
SKILL_BROADER, SKILL_SKILLS = "broaderRelationsSkillPillar.csv", "skillSkillRelations.csv"
COLLECTIONS = {
    "language": "languageSkillsCollection_en.csv",
    "digital": "digitalSkillsCollection_en.csv",
    "soft": "transversalSkillsCollection_en.csv",
}
REQUIRED = (SKILLS, OCCUPATIONS, OCCUPATION_SKILLS)
WITHOUT = {
    OCCUPATION_BROADER: "occupations are not linked to broader ones",
    SKILL_BROADER: "broader skills are known only as far as the collections of language, digital and transversal skills name them",
    SKILL_SKILLS: "skills are not linked to the knowledge they need",
    COLLECTIONS["language"]: "language skills are imported as hard or soft ones",
    COLLECTIONS["digital"]: "digital skills are imported as hard ones",
    COLLECTIONS["soft"]: "soft skills are recognised by their reuse level alone",
}
DATABASE, MAPPING = "esco.sqlite", "mapping.csv"
MAPPING_COLUMNS = ("skill", "esco_id", "esco_label", "matched_text", "our_label", "esco_label_type")


@dataclass
class ImportReport:
    """What an import found. `relations`: kind -> number of rows read; `dangling`: relations naming a concept no file has."""

    skills: Counter[str] = field(default_factory=Counter)
    occupations: int = 0
    labels: int = 0
    relations: Counter[str] = field(default_factory=Counter)
    dangling: Counter[str] = field(default_factory=Counter)
    missing: dict[str, str] = field(default_factory=dict)
    mapped: Counter[str] = field(default_factory=Counter)


def import_esco(folder: Path, target: Path, ours: Taxonomy, progress: Progress) -> ImportReport:
    """Import the files in `folder` into `target`/esco.sqlite and `target`/mapping.csv.

    Raises ContentError at the first file or row that is wrong; what was imported before stays untouched then.
    """
    source = EscoFolder(folder, progress)
    source.require(REQUIRED)
    report = ImportReport(missing={name: lost for name, lost in WITHOUT.items() if not source.find(name)})
    with database.writing(target / DATABASE) as connection:
        importer = _Importer(source, connection, report)
        importer.run()
        mapping = map_skills(ours, importer.concepts, importer.keys, report)
        database.add_meta(connection, {"version": source.digest.hexdigest()[:16]})
    (target / MAPPING).write_text(write_rows(MAPPING_COLUMNS, mapping), "utf-8", newline="\n")
    return report


class _Importer:
    """One run over all files."""

    def __init__(self, source: EscoFolder, connection: sqlite3.Connection, report: ImportReport) -> None:
        self.source, self.connection, self.report = source, connection, report
        self.numbers: dict[str, int] = {}
        self.concepts: list[Concept] = []
        self.keys: dict[str, list[tuple[int, int, str]]] = defaultdict(list)  # key -> (rank, concept, text)
        self._groups: dict[int, set[str]] = defaultdict(set)
        self._collected: list[tuple[str, str]] = []  # address of a skill, addresses of what is broader

    def run(self) -> None:
        """Concepts first, then what links them; the ISCO groups of skills come from the occupations that need them."""
        self._read_skills(self._read_collections())
        self._read_occupations()
        links = [
            *self._links("broader", SKILL_BROADER, "conceptUri", "broaderUri"),
            *(self._collection_links() if SKILL_BROADER in self.report.missing else []),
            *self._links("occupation_broader", OCCUPATION_BROADER, "conceptUri", "broaderUri"),
            *self._kind_links("skill_", SKILL_SKILLS, "originalSkillUri", "relatedSkillUri"),
        ]
        needed = self._kind_links("", OCCUPATION_SKILLS, "occupationUri", "skillUri")
        for _, occupation, skill in needed:
            self._groups[skill].add(self.concepts[occupation].isco[:2])
        for skill, groups in self._groups.items():
            self.concepts[skill] = replace(self.concepts[skill], isco=" ".join(sorted(groups)))
        database.add_concepts(self.connection, self.concepts)
        database.add_labels(
            self.connection,
            (
                (number, rank, text, key, alias_problem(text, "en") is None)
                for key, found in self.keys.items()
                for rank, number, text in found
            ),
        )
        database.add_relations(self.connection, dict.fromkeys([*links, *needed]))

    def _read_collections(self) -> dict[str, str]:
        kinds: dict[str, str] = {}
        for kind, name in COLLECTIONS.items():
            for _, (uri, broader) in self.source.rows(name, ("conceptUri", "broaderConceptUri")):
                kinds.setdefault(uri.strip(), kind)
                self._collected.append((uri, broader))
        return kinds

    def _read_skills(self, kinds: Mapping[str, str]) -> None:
        columns = ("conceptUri", "skillType", "reuseLevel", "preferredLabel", "altLabels", "hiddenLabels")
        for line, (uri, _, reuse, label, *others) in self.source.rows(SKILLS, columns):
            kind = kinds.get(uri.strip(), "soft" if reuse == "transversal" else "hard")
            self.report.skills[kind] += 1
            self._add(SKILLS, line, uri, ("skill", kind, ""), [label, *others])

    def _read_occupations(self) -> None:
        columns = ("conceptUri", "iscoGroup", "preferredLabel", "altLabels", "hiddenLabels")
        for line, (uri, isco, *texts) in self.source.rows(OCCUPATIONS, columns):
            if not (len(isco) == 4 and isco.isdigit()):
                raise ContentError(OCCUPATIONS, line, f"`iscoGroup` should be four digits, not “{isco}”")
            self.report.occupations += 1
            self._add(OCCUPATIONS, line, uri, ("occupation", "", isco), texts)

    def _add(self, file: str, line: int, uri: str, what: tuple[str, str, str], texts: list[str]) -> None:
        key = concept_id(uri)
        preferred = texts[0].strip()
        if key is None:
            raise ContentError(file, line, f"`conceptUri` “{uri}” is not the address of a skill or an occupation")
        if key in self.numbers:
            raise ContentError(
                file, line, f"the concept {uri} stands here twice; is the file complete and from one download?"
            )
        if not preferred:
            raise ContentError(file, line, f"`preferredLabel` of {uri} is empty")
        number = self.numbers[key] = len(self.concepts)
        type_, kind, isco = what
        self.concepts.append(Concept(number, key, type_, kind, preferred, isco))
        seen: set[str] = set()
        for rank, cell in zip((PREFERRED, ALTERNATIVE, HIDDEN), (preferred, *texts[1:]), strict=True):
            for text in [cell] if rank == PREFERRED else labels(cell):
                folded = alias_key(text)
                if folded not in seen:
                    seen.add(folded)
                    self.keys[folded].append((rank, number, text))
                    self.report.labels += 1

    def _links(self, kind: str, file: str, source: str, target: str) -> list[tuple[str, int, int]]:
        """Relations of one kind between concepts; groups of concepts are not imported."""
        found = []
        for _, (one, other) in self.source.rows(file, (source, target)):
            if concept_id(one) and concept_id(other):
                found += self._link(kind, one, other)
        return found

    def _kind_links(self, prefix: str, file: str, source: str, target: str) -> list[tuple[str, int, int]]:
        """Relations whose kind (essential, optional) stands in the row."""
        found = []
        for line, (one, kind, other) in self.source.rows(file, (source, "relationType", target)):
            if kind not in ("essential", "optional"):
                raise ContentError(file, line, f"`relationType` should be essential or optional, not “{kind}”")
            found += self._link(prefix + kind, one, other)
        return found

    def _collection_links(self) -> list[tuple[str, int, int]]:
        return [
            link
            for uri, broader in self._collected
            for wider in broader.split("|")
            if concept_id(wider) in self.numbers
            for link in self._link("broader", uri, wider)
        ]

    def _link(self, kind: str, one: str, other: str) -> list[tuple[str, int, int]]:
        self.report.relations[kind] += 1
        source, target = self.numbers.get(concept_id(one) or ""), self.numbers.get(concept_id(other) or "")
        if source is None or target is None:
            self.report.dangling[kind] += 1
            return []
        return [(kind, source, target)]


def map_skills(
    ours: Taxonomy, concepts: list[Concept], keys: Mapping[str, list[tuple[int, int, str]]], report: ImportReport
) -> list[list[str]]:
    """Each of our skills beside every ESCO skill one of whose labels equals its English name or an English alias.

    `our_label` is name or alias, `esco_label_type` preferred or alternative: only equality with a preferred label makes
    both the same skill (merging.py); the others are for people who look for a connection.
    """
    rows, names = [], ("preferred", "alternative", "alternative")
    for skill in ours.skills.values():
        found: dict[int, list[str]] = {}
        for number, text in enumerate((skill.name["en"], *skill.aliases.get("en", ()))):
            for rank, concept, _ in sorted(keys.get(alias_key(text), ())):
                better = concept not in found or (rank == PREFERRED and found[concept][-1] != "preferred")
                if concepts[concept].type == "skill" and better:
                    found[concept] = [text, "alias" if number else "name", names[rank]]
        for concept, match in sorted(found.items(), key=lambda item: concepts[item[0]].id):
            rows.append([skill.id, concepts[concept].id, concepts[concept].label, *match])
            report.mapped[f"{match[1]} = {match[2]} label"] += 1
        report.mapped["skills with a match"] += bool(found)
    return rows

"""What must hold between the rows of the taxonomy: one meaning for an alias, whole relations, sorted files. Reading them is content/taxonomy.py."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from content.aliases import alias_problem
from content.csv_file import BYTE_ORDER_MARK, CsvFile
from content.taxonomy import FOLDER, SYMMETRIC, TABLES, TaxonomyRows, read_rows, sorted_table
from jobseeker.errors import ContentError
from jobseeker.taxonomy import Occupation, Skill, Taxonomy, alias_key

MIN_ESSENTIAL, MIN_OPTIONAL, MIN_RELATED = 4, 4, 2


def find_taxonomy_problems(root: Path) -> tuple[list[ContentError], int]:
    """Everything wrong in data/taxonomy, and how many files were looked at."""
    rows = read_rows(root)
    problems = [*rows.problems, *_form_problems(root)]
    for name, table, lines in (
        ("skills", rows.skills, rows.skill_lines),
        ("occupations", rows.occupations, rows.occupation_lines),
    ):
        problems += _alias_problems(f"{FOLDER}/{name}.csv", table, lines)
    problems += _relation_problems(rows)
    if not rows.problems:  # a row that could not be read would be reported again by everything that names it
        taxonomy = Taxonomy(rows.skills, rows.occupations, rows.relations, rows.version, rows.isco)
        problems += _skill_problems(rows, taxonomy)
        problems += _occupation_problems(rows, taxonomy)
    return sorted(problems, key=lambda problem: (problem.file, problem.line)), len(TABLES)


def _form_problems(root: Path) -> Iterator[ContentError]:
    """Files that are not as `jobseeker taxonomy sort` leaves them."""
    advice = "run `jobseeker taxonomy sort`"
    for name, columns in TABLES.items():
        try:
            file = CsvFile(root / FOLDER / f"{name}.csv", f"{FOLDER}/{name}.csv", columns)
            rows = list(file.rows())
        except ContentError:
            continue  # reported by read_rows
        if file.text.startswith(BYTE_ORDER_MARK):
            yield file.error(1, f"the file begins with a byte order mark; {advice}")
        if "\r" in file.text:
            yield file.error(1, f"lines should end in LF, not CR LF; {advice}")
        wanted = sorted_table(name, [cells for _, cells in rows])
        for (line, cells), expected in zip(rows, wanted, strict=False):
            if cells != expected:
                yield file.error(line, f"the rows are not sorted (here should be {','.join(expected[:3])}); {advice}")
                break
        else:
            if len(rows) != len(wanted):
                yield file.error(rows[len(wanted)][0], f"the last rows stand here twice; {advice}")


def _alias_problems(
    file: str, table: Mapping[str, Skill] | Mapping[str, Occupation], lines: Mapping[str, int]
) -> Iterator[ContentError]:
    """An alias of two entries, of one entry twice, or one that ordinary text is full of."""
    for language in ("zh", "en"):
        owner: dict[str, str] = {}
        for entry in table.values():
            for number, alias in enumerate((entry.name[language], *entry.aliases.get(language, ()))):
                key, line = alias_key(alias), lines[entry.id]
                if not key:
                    yield ContentError(file, line, f"{entry.id} has an empty alias in `aliases_{language}`")
                elif key in owner:
                    whose = "itself" if owner[key] == entry.id else owner[key]
                    yield ContentError(
                        file, line, f"the {language} alias “{alias}” of {entry.id} already belongs to {whose}; keep one"
                    )
                else:
                    owner[key] = entry.id
                    problem = alias_problem(alias, language) if number else None
                    if problem:
                        yield ContentError(file, line, f"the {language} alias “{alias}” of {entry.id} {problem}")


def _relation_problems(rows: TaxonomyRows) -> Iterator[ContentError]:
    file = f"{FOLDER}/relations.csv"
    seen: dict[tuple[str, str, str], int] = {}
    levels: dict[tuple[str, str], str] = {}
    for relation, line in zip(rows.relations, rows.relation_lines, strict=True):
        ends = (relation.source, relation.target)
        if relation.source == relation.target:
            yield ContentError(file, line, f"{relation.source} cannot be {relation.kind} to itself")
        turned = relation.kind in SYMMETRIC and relation.source > relation.target
        first = seen.setdefault((relation.kind, *(ends[::-1] if turned else ends)), line)
        if first != line:
            yield ContentError(file, line, f"{relation.kind} {' '.join(ends)} stands in line {first} too; keep one")
        if relation.kind in ("essential", "optional") and levels.setdefault(ends, relation.kind) != relation.kind:
            yield ContentError(file, line, f"{relation.target} is both essential and optional for {relation.source}")
    cycle = find_cycle(_edges(rows, "broader"))
    if cycle:
        line = next(
            line
            for r, line in zip(rows.relations, rows.relation_lines, strict=True)
            if (r.kind, r.source, r.target) == ("broader", cycle[0], cycle[1])
        )
        yield ContentError(file, line, f"broader goes in a circle: {' > '.join(cycle)}")


def _edges(rows: TaxonomyRows, kind: str) -> dict[str, list[str]]:
    edges: dict[str, list[str]] = {}
    for relation in rows.relations:
        if relation.kind == kind:
            edges.setdefault(relation.source, []).append(relation.target)
    return edges


def find_cycle(edges: Mapping[str, Iterable[str]]) -> list[str]:
    """A path that comes back to its first node, or []. Depth first, without recursion."""
    done: set[str] = set()
    for start in edges:
        path, pending = [start], [iter(edges.get(start, ()))]
        while path and start not in done:
            node = next(pending[-1], None)
            if node is None:
                done.add(path.pop())
                pending.pop()
            elif node in path:
                return [*path[path.index(node) :], node]
            elif node not in done:
                path.append(node)
                pending.append(iter(edges.get(node, ())))
    return []


def _skill_problems(rows: TaxonomyRows, taxonomy: Taxonomy) -> Iterator[ContentError]:
    used = {end for relation in rows.relations for end in (relation.source, relation.target)}
    for key, skill in rows.skills.items():
        file, line = f"{FOLDER}/skills.csv", rows.skill_lines[key]
        if key not in used:
            yield ContentError(file, line, f"no relation uses {key}; connect it to an occupation or another skill")
        of_language = any(rows.skills[wider].kind == "language" for wider in taxonomy.broader(key))
        if not skill.isco and skill.kind not in ("soft", "language") and not of_language:
            yield ContentError(
                file, line, f"`isco` of {key} is empty; only soft skills, languages and their tests go without a group"
            )


def _occupation_problems(rows: TaxonomyRows, taxonomy: Taxonomy) -> Iterator[ContentError]:
    for key, line in rows.occupation_lines.items():
        counts = {
            "essential": (len(taxonomy.essential(key)), MIN_ESSENTIAL),
            "optional": (len(taxonomy.optional(key)), MIN_OPTIONAL),
            "related": (len(taxonomy.related(key)), MIN_RELATED),
        }
        for kind, (count, minimum) in counts.items():
            if count < minimum:
                yield ContentError(
                    f"{FOLDER}/occupations.csv",
                    line,
                    f"{key} has {count} {kind} relations; at least {minimum} are needed",
                )


def counts_by_group(taxonomy: Taxonomy) -> dict[str, tuple[int, int]]:
    """ISCO-08 major group (one digit; "" for general skills) -> numbers of skills and of occupations.

    A skill counts in every major group one of its codes lies in.
    """
    skills = Counter(major for s in taxonomy.skills.values() for major in ({c[0] for c in s.isco} or {""}))
    occupations = Counter(occupation.isco[0] for occupation in taxonomy.occupations.values())
    return {major: (skills[major], occupations[major]) for major in sorted({*skills, *occupations})}

"""`jobseeker taxonomy …`: check, sort, show, import-esco. What must hold and what an import does is decided in content/."""

from __future__ import annotations

import difflib
import sys
import time
from pathlib import Path
from typing import Annotated

import typer

from app.settings import ROOT, Settings
from jobseeker.errors import ContentError
from jobseeker.taxonomy import Occupation, Skill, Taxonomy, alias_key

taxonomy = typer.Typer(no_args_is_help=True, help="Skills and occupations: check, sort, show, add ESCO.")
LISTED = 12


def esco_file() -> Path:
    """Where `import-esco` puts what it imports."""
    from content.esco.importing import DATABASE

    return Settings().var_dir / "esco" / DATABASE


def loaded(esco: bool) -> Taxonomy:
    """The taxonomy, or exit with what is wrong."""
    from content import load_taxonomy

    try:
        return load_taxonomy(ROOT, esco_file() if esco else None)
    except ContentError as problem:
        raise stop(str(problem)) from problem


def stop(text: str) -> typer.Exit:
    """Say what is wrong on standard error; the caller raises the result."""
    typer.echo(text, err=True)
    return typer.Exit(1)


@taxonomy.command()
def check() -> None:
    """Check data/taxonomy; every problem names file and line. Prints the counts by kind and by ISCO-08 major group."""
    from content.taxonomy_lint import counts_by_group, find_taxonomy_problems

    problems, files = find_taxonomy_problems(ROOT)
    for problem in problems:
        typer.echo(str(problem))
    if problems or not files:
        raise stop(f"{files} files read, {len(problems)} problems")
    began = time.process_time()
    found = loaded(esco=False)
    milliseconds = (time.process_time() - began) * 1000
    kinds = [skill.kind for skill in found.skills.values()]
    typer.echo("skills        " + ", ".join(f"{kinds.count(kind)} {kind}" for kind in sorted(set(kinds))))
    relations = [relation.kind for relation in found.relations]
    typer.echo("relations     " + ", ".join(f"{relations.count(kind)} {kind}" for kind in sorted(set(relations))))
    for major, (skills, occupations) in counts_by_group(found).items():
        name = found.isco[major].name["en"] if major else "no group (soft skills, languages)"
        typer.echo(f"ISCO-08 {major or '-'}     {skills:5} skills {occupations:5} occupations  {name}")
    typer.echo(
        f"{files} files read, {len(kinds)} skills, {len(found.occupations)} occupations, 0 problems; "
        f"loading takes {milliseconds:.0f} ms of processor time"
    )


@taxonomy.command()
def sort() -> None:
    """Bring the tables into their form: sorted, trimmed, UTF-8 without byte order mark, LF."""
    from content.taxonomy import sort_files

    try:
        changed = sort_files(ROOT, write=True)
    except ContentError as problem:
        raise stop(str(problem)) from problem
    typer.echo("\n".join(f"sorted {file}" for file in changed) or "nothing to do")


@taxonomy.command()
def show(
    name: Annotated[str, typer.Argument(metavar="ID", help="An id, a name or an alias in either language.")],
    esco: Annotated[bool, typer.Option("--esco", help="Look in the imported ESCO, too.")] = False,
) -> None:
    """Show a skill or an occupation with everything it hangs together with."""
    found = loaded(esco)
    entries = matching(found, name)
    if not entries:
        close = difflib.get_close_matches(name, [*found.skills, *found.occupations], 5)
        raise stop(f"nothing is called “{name}”" + (f"; did you mean {', '.join(close)}?" if close else ""))
    for entry in entries:
        typer.echo("\n".join(described(found, entry)))


def matching(found: Taxonomy, name: str) -> list[Skill | Occupation]:
    """The entry with this id, or else all that carry it as a name or an alias."""
    by_id: list[Skill | Occupation] = [table[name] for table in (found.skills, found.occupations) if name in table]
    key = alias_key(name)
    return by_id or [
        entry
        for table in (found.skills, found.occupations)
        for entry in table.values()
        if any(
            key == alias_key(text)
            for language in ("zh", "en")
            for text in (entry.name[language], *entry.aliases.get(language, ()))
        )
    ]


def described(found: Taxonomy, entry: Skill | Occupation) -> list[str]:
    """Lines for the terminal."""
    lines = [f"{entry.id}  {entry.name['zh']} | {entry.name['en']}"]
    if isinstance(entry, Skill):
        codes, what = entry.isco, f"skill, {entry.kind}"
        links = {
            "broader": found.broader(entry.id),
            "transferable": found.transferable(entry.id),
            "essential for": found.needed_by(entry.id, "essential"),
            "optional for": found.needed_by(entry.id, "optional"),
        }
    else:
        codes, what = (entry.isco,), "occupation"
        links = {
            "essential": found.essential(entry.id),
            "optional": found.optional(entry.id),
            "related": found.related(entry.id),
        }
    groups = [f"{code} {found.isco[code[:2]].name['en']}" for code in codes if code[:2] in found.isco]
    lines.append(f"  {what}; ISCO-08: {'; '.join(groups) or 'none'}")
    lines += [f"  aliases {language}: {' | '.join(texts)}" for language, texts in entry.aliases.items() if texts]
    for title, ids in links.items():
        if ids:
            more = f" … and {len(ids) - LISTED} more" if len(ids) > LISTED else ""
            lines.append(f"  {title}: {', '.join(ids[:LISTED])}{more}")
    return lines


@taxonomy.command("import-esco")
def import_esco_command(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The unpacked English CSV files of ESCO 1.1.1.")],
) -> None:
    """Import the official ESCO files beside our own taxonomy, into var/esco; nothing of ours changes."""
    from content.esco import import_esco

    target = esco_file().parent
    try:
        report = import_esco(folder, target, loaded(esco=False), show_progress)
    except ContentError as problem:
        typer.echo("", err=True)
        raise stop(f"{problem}\nnothing was imported; what was imported before is as it was") from problem
    for file, lost in report.missing.items():
        typer.echo(f"{file} is not there: {lost}")
    kinds = ", ".join(f"{count:,} {kind}" for kind, count in sorted(report.skills.items()))
    typer.echo(
        f"{report.skills.total():,} skills ({kinds}), {report.occupations:,} occupations, {report.labels:,} labels"
    )
    for kind, count in sorted(report.relations.items()):
        lost = f", {report.dangling[kind]:,} of them name a concept no file has" if report.dangling[kind] else ""
        typer.echo(f"{count:,} relations {kind}{lost}")
    for match, count in sorted(report.mapped.items()):
        typer.echo(f"{count:,} {match}")
    typer.echo(f"written to {target}")


def show_progress(file: str, rows: int, done: bool) -> None:
    """One line a file on standard error, rewritten in place on a terminal."""
    if sys.stderr.isatty():
        typer.echo(f"\r{file}: {rows:,} rows", err=True, nl=done)
    elif done:
        typer.echo(f"{file}: {rows:,} rows", err=True)

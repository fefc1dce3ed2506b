"""Collects what is wrong with a spreadsheet and says it in Chinese and English. Finds nothing itself."""

from __future__ import annotations

from dataclasses import dataclass, field

from app.knowledge_sheet.layout import Words


@dataclass(frozen=True)
class Problem:
    """One thing to correct: where it is, and what it is in both languages."""

    sheet: str
    cell: str
    topic: str
    key: str
    zh: str
    en: str

    def __str__(self) -> str:
        return f"{self.zh}\n{self.en}"


class SheetRefused(Exception):
    """The spreadsheet was not imported; `problems` holds everything to correct."""

    def __init__(self, problems: list[Problem], words: Words) -> None:
        self.problems = problems
        head = words.content["refused"]
        super().__init__(
            "\n".join(
                [
                    head["zh"].format(count=len(problems)),
                    head["en"].format(count=len(problems)),
                    "",
                    *map(str, problems),
                ]
            )
        )


@dataclass
class Problems:
    """All that was found so far."""

    words: Words
    titles: dict[str, str] = field(default_factory=dict)
    found: list[Problem] = field(default_factory=list)

    def add(self, key: str, sheet: str, cell: str = "", topic: str = "", **values: object) -> None:
        """Note a problem. `key` names its words in data/editing."""
        shown = f" {cell}" if cell else ""
        title = self.titles.get(topic, "")
        about = {
            "zh": f"（{topic} {title}）" if title else (f"（{topic}）" if topic else ""),
            "en": f" ({topic})" if topic else "",
        }
        said = {}
        for language in ("zh", "en"):
            text = self.words.problem(
                key, language, **{name: self._word(value, language) for name, value in values.items()}
            )
            where = self.words.content["sheet"][language].format(sheet=sheet) if sheet else ""
            said[language] = self.words.content["line"][language].format(
                sheet=where, cell=shown, topic=about[language], text=text
            )
        self.found.append(Problem(sheet, cell, topic, key, said["zh"], said["en"]))

    def _word(self, value: object, language: str) -> object:
        names = self.words.content["languages"]
        return names[value][language] if value in ("zh", "en") else value

    def raise_if_any(self) -> None:
        """Raise SheetRefused where anything was noted."""
        if self.found:
            raise SheetRefused(self.found, self.words)

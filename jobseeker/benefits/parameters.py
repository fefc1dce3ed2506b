"""The law's figures as of one day, and which rows were read. No rule and no value stands here."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from jobseeker.benefits.records import Used
from jobseeker.knowledge import Figure


class NoFigureError(LookupError):
    """No row of the figure is in force on that day: the rule is older than what is known here."""


class Parameters:
    """Figures as of `day`."""

    def __init__(self, figures: Mapping[str, Figure], day: date) -> None:
        self.figures, self.day = figures, day

    def number(self, name: str) -> Decimal:
        """The value. Raises NoFigureError."""
        return Decimal(str(self.row(name).value))

    def whole(self, name: str) -> int:
        """The value of a figure that is counted. Raises NoFigureError."""
        return int(self.number(name))

    def share(self, name: str) -> Decimal:
        """A percentage as a share of one. Raises NoFigureError."""
        return self.number(name) / 100

    def since(self, name: str) -> date:
        """The value of a figure of unit "date"; of its newest row, since it tells of a day itself."""
        return date.fromisoformat(str(self.figures[name].rows[-1].value))

    def row(self, name: str) -> Used:
        """The row in force. Raises NoFigureError."""
        try:
            row = self.figures[name].on(self.day)
        except LookupError as problem:
            raise NoFigureError(str(problem)) from problem
        return Used(name, row.value, row.valid_from, row.source.title, row.source.url, row.confidence)

    def rows(self, *names: str) -> tuple[Used, ...]:
        """Several rows. Raises NoFigureError."""
        return tuple(self.row(name) for name in names)

"""What a module imports. Read once for all tests: parsing every file of the project takes seconds."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path


def imported_by(text: str) -> frozenset[str]:
    """Everything that may be a module in the import statements of a source text: `from a.b import c` gives a.b and a.b.c."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return frozenset(found)


@cache
def imported(path: Path) -> frozenset[str]:
    """The same of a file."""
    return imported_by(path.read_text("utf-8"))

"""Whether groups of people are treated alike: what people declare of themselves for this alone, and the arithmetic on it.

Nothing that answers, matches, escalates or shows cases imports this package (tests/architecture/test_fairness_apart.py).
"""

from __future__ import annotations

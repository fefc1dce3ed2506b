"""The audit of fairness as a command runs it: what is read, the report, its page. Arithmetic is jobseeker/fairness/."""

from __future__ import annotations

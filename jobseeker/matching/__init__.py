"""Which vacancies suit a profile, and why: exact, explainable, reproducible. No protected attribute, no score of a person."""

from jobseeker.matching.records import Change, Match, Missing, Ranking, Reason

__all__ = ["Change", "Match", "Missing", "Ranking", "Reason"]

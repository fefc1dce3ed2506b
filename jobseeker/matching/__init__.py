"""Which vacancies suit a profile, and why: exact, explainable, reproducible. No protected attribute, no score of a person."""

from jobseeker.matching.alike import Comparison
from jobseeker.matching.catalogue import Catalogue
from jobseeker.matching.facts import Facts, facts_of
from jobseeker.matching.matcher import Matcher
from jobseeker.matching.policy import FEATURES, Parameters, RankingPolicy
from jobseeker.matching.records import Change, Match, Missing, Ranking, Reason
from jobseeker.matching.replay import log_of, plain, rerun, rescore

__all__ = [
    "FEATURES",
    "Catalogue",
    "Change",
    "Comparison",
    "Facts",
    "Match",
    "Matcher",
    "Missing",
    "Parameters",
    "Ranking",
    "RankingPolicy",
    "Reason",
    "facts_of",
    "log_of",
    "plain",
    "rerun",
    "rescore",
]

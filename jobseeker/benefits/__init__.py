"""What the law would give a person, worked out from what they say of themselves: pre-check and dates. Figures are in packs/, wording in data/responses."""

from jobseeker.benefits.estimating import estimate
from jobseeker.benefits.records import Circumstances, Estimate, Line, Unclear

__all__ = ["Circumstances", "Estimate", "Line", "Unclear", "estimate"]

"""When a person must take over: rules on the raw text of every message, in every state. Standard library only, no I/O."""

from jobseeker.escalation.evidence import Evidence
from jobseeker.escalation.folding import Folding
from jobseeker.escalation.policy import EscalationPolicy, LabelRule, SignalRule
from jobseeker.escalation.terms import ScoredRule

__all__ = ["EscalationPolicy", "Evidence", "Folding", "LabelRule", "ScoredRule", "SignalRule"]

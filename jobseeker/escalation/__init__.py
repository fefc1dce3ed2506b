"""When a person must take over: rules on the raw text of every message, in every state. No learned part, no I/O."""

from jobseeker.escalation.policy import EscalationPolicy, LabelRule, SignalRule

__all__ = ["EscalationPolicy", "LabelRule", "SignalRule"]

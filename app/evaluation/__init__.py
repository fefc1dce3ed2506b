"""How well the assistant understands: `jobseeker evaluate` and the committed report. Measures only; nothing is tuned here."""

from app.evaluation.cases import Case, load_cases, load_escalation_cases
from app.evaluation.fingerprint import StaleReportError, check_report, fingerprint

__all__ = ["Case", "StaleReportError", "check_report", "fingerprint", "load_cases", "load_escalation_cases"]

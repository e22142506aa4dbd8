"""About what a run costs before it is started: for a model asked one pair at a time, and for one asked several at once; and about
what answers cost that it writes (`written`)."""

from app.induction.estimate.expected import Estimate, estimate
from app.induction.estimate.written import AnswersEstimate, estimate_answers

__all__ = ["AnswersEstimate", "Estimate", "estimate", "estimate_answers"]

"""About what a run costs before it is started: for a model asked one pair at a time, and for one asked several at once."""

from app.induction.estimate.expected import Estimate, estimate

__all__ = ["Estimate", "estimate"]

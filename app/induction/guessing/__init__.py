"""One guess out of several: what the judges, counting and the rule of length say, weighed together. No model calls."""

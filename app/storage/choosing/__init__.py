"""What is chosen between, and what was chosen: imports, contexts, answers, comparisons, verdicts."""

"""Comparisons, verdicts, decisions; which answers are shown and in which order; which choices taught a persona."""

"""Choosing between two answers: ready-made pairs, answers asked for and written, verdicts."""

"""Judgements: which answer would the person choose, asked in several forms."""

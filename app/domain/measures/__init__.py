"""What can be counted in answers without a model: twenty measures, and how two answers to one request differ by them."""

from app.domain.measures.differences import (
    CLEAR,
    Row,
    counted_in,
    language_of_pair,
    languages_of,
    request_of,
    row_of,
    rows_of,
    sides,
)
from app.domain.measures.measures import BY_NAME, LENGTH, MEASURES, NAMES, WITH_LENGTH, Measure
from app.domain.measures.telling import telling_passages

__all__ = [
    "BY_NAME",
    "CLEAR",
    "LENGTH",
    "MEASURES",
    "NAMES",
    "WITH_LENGTH",
    "Measure",
    "Row",
    "counted_in",
    "language_of_pair",
    "languages_of",
    "request_of",
    "row_of",
    "rows_of",
    "sides",
    "telling_passages",
]

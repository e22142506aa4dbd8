"""Under which licence the texts of a row stand, and from which collection a ready-made pair was taken."""

from __future__ import annotations

from typing import NamedTuple

HUMAN_TEXT = "CC-BY-4.0"
MODEL_TEXT = "subject to the terms of the model's provider"
UNKNOWN = "unknown: brought in by the participant"
LICENCES = (
    ("What people wrote and decided", HUMAN_TEXT),
    ("What models wrote", MODEL_TEXT),
    ("What was imported", UNKNOWN),
    (
        "Ready-made pairs",
        "as licence_human_text says, from the collection in source_name; their answers also as what models wrote",
    ),
)


class Origin(NamedTuple):
    """The collection of a ready-made pair and the licence it was published under."""

    name: str
    licence: str


_TULU = Origin("Human evaluation of open-instruct (Wang et al. 2023)", "Apache-2.0")
_MT_BENCH = Origin("MT-bench human judgments (Zheng et al. 2023)", "CC-BY-4.0")
_OURS = Origin("Synthesize Me, ready-made pairs", "MIT")
_EARLIER = {
    "c68fc1f349d4ca8fa1187fbb66c3109a1920571f5cf1124c942cac5fe2a1437b": _TULU,
    "aeff9ee857ce880af820766df46393703453cb04610c264c7d5ffccb180f921a": _TULU,
    "92415402864e45750b45d9c4e1b5d9a0c8046794a97573633277d39472ca66ad": _TULU,
    "a4f254e7564bb27a28ba6692bd538b39651cc44770c4241aa6ca86ba36dfd547": _TULU,
    "19315b3f40577cb52506cb752469a97e9b378337288268c9f8615f79d7730d6d": _MT_BENCH,
    "61523e0407a7e9035c1e3c5f020c247cf0b2b1d0ea3c243af02bef89ec1af01c": _TULU,
    "15b0d3463bb083a3fddad68671364eda0b6adc86fab1d70a3321490e2d7fbb7d": _MT_BENCH,
}
"""By `pair_digest`: the pairs that were offered before those written for this program. Accounts still hold them."""


def origin_of(pair_sha256: str) -> Origin:
    """Where a ready-made pair was taken from."""
    return _EARLIER.get(pair_sha256, _OURS)

"""Learning a prior of counting from preference files, whosever they are: read, counted, learnt, written whole."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.adapters.parquet_rows import parquet_rows
from app.domain.errors import BadInput
from app.domain.flaws import that_teach
from app.domain.measures import rows_of
from app.domain.transcripts.preference_files import everyone_from_jsonl
from app.induction.counting.learn_prior import Source, learn_prior
from app.induction.counting.prior import CountedPrior
from app.services.whole_files import STANDARD_INPUT, read_whole, shown_name, write_whole


@dataclass(frozen=True, slots=True)
class LearntPrior:
    """What was written, and from how many people and choices of each file."""

    prior: CountedPrior
    sources: Sequence[Source]
    out: Path

    def as_json(self) -> dict[str, Any]:
        return {
            "file": str(self.out),
            "people": self.prior.people,
            "choices": self.prior.choices,
            "sources": [
                {"name": source.name, "people": len(source.people), "choices": source.choices}
                for source in self.sources
            ],
            "attribution": self.prior.attribution,
        }


def learn_prior_from(files: Sequence[Path], out: Path, attribution: str = "") -> LearntPrior:
    """Writes the prior of everybody in the files to `out`, with the words by which they ask to be named. No model call.

    Raises BadInput for a file that cannot be read or is given twice, for too few people or choices, and where `out` cannot
    be written; then nothing is written.
    """
    if len({file.resolve() for file in files}) < len(files):
        raise BadInput("A file was given twice. Nobody's choices are to count twice: give each once.")
    if not out.parent.is_dir() or out.is_dir():
        raise BadInput(f"{out} cannot be written: name a file in a folder that is there.")
    sources = [_source(file) for file in files]
    names = ", ".join(source.name for source in sources)
    prior = learn_prior(sources, " ".join(attribution.split()) or f"Learnt from the choices of people in {names}.")
    write_whole(out, json.dumps(prior.as_json(), ensure_ascii=False, indent=1) + "\n")
    return LearntPrior(prior, sources, out)


def _source(file: Path) -> Source:
    name = shown_name(file)
    people = everyone_from_jsonl(read_whole(file), name, parquet=parquet_rows)
    taken = {found.user or name: rows_of(that_teach(found.every)) for found in people}
    return Source("standard input" if file == STANDARD_INPUT else name, taken)

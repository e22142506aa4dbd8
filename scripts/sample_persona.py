"""Writes app/samples/persona.json from a persona document and the file of choices it was learned from.

`python -m scripts.sample_persona out/persona.json app/samples/tulu-evaluator.jsonl`
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from app.domain.texts.conversation import question_of
from app.services.whole_files import read_pairs

TARGET = Path(__file__).resolve().parents[1] / "app" / "samples" / "persona.json"
LONGEST_TEXT = 3_000
"""Longer than any answer of the sample histories: how many words one has is shown, and must be true."""


def shortened(text: str) -> str:
    """The text, or its beginning where it is long."""
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1].rstrip() + "…"


def main(persona: str, choices: str) -> None:
    """Keeps the document with the texts of every choice that its traits cite."""
    document = json.loads(Path(persona).read_text(encoding="utf-8"))
    pairs = {pair.pair_id: pair for pair in read_pairs(choices, None).pairs}
    numbers = {pair_id: number for number, pair_id in enumerate(pairs, 1)}
    cited = dict.fromkeys(
        pair_id for trait in document["traits"] for pair_id in (*trait["supporting"], *trait["opposing"])
    )
    evidence = {
        pair_id: {
            "seq": numbers[pair_id],
            "question": question_of(pairs[pair_id].context),
            "chosen": shortened(pairs[pair_id].chosen.text),
            "rejected": shortened(pairs[pair_id].rejected.text),
        }
        for pair_id in cited
    }
    kept = json.dumps({"persona": document, "evidence": evidence}, ensure_ascii=False, indent=1)
    TARGET.write_text(kept + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])

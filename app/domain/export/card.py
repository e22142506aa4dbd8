"""The card beside an exported file: a dataset card in Markdown with every column, the licences and the consent texts."""

from __future__ import annotations

from collections.abc import Mapping

from app.domain.export import licences
from app.domain.export.columns import COMMON, FORMATS, SCHEMA, Column

_HEAD = """---
license: cc-by-4.0
pretty_name: Consented preferences of Synthesize Me
tags: [preference, dpo, pairwise]
---

# Consented preferences

Which of two answers people preferred, from people who agreed to both texts below at the moment of this export. Names of people,
conversations and pairs are made for one file and thrown away with it: do not try to find out who anybody is, and do not join two
files by person. Texts are handed over as they are. A person may withdraw; copies already made cannot be called back.
"""
_LIMITS = """
## What a file gives away

Nothing in it but the texts is a stable name. How many rows a person gives can be: who has two files can match the person with the
most rows, and who sorts a long row of verdicts has something like a fingerprint. Times are coarse for that reason.
"""


def data_card(consent_texts: Mapping[str, str], version: str) -> str:
    """The whole card."""
    parts = [
        _HEAD,
        f"## Columns (`{SCHEMA}`)\n",
        "In every row of every format (in `annotated` under `metadata`), never null:\n",
        _table(COMMON),
    ]
    for known in FORMATS:
        parts += [f"### `{known.name}`: {known.file_name}\n", f"{known.title}\n"]
        if known.own:
            parts.append(_table(known.own))
    parts.append("## Licences\n")
    parts += [f"- {of_what}: {licence}." for of_what, licence in licences.LICENCES]
    parts.append("")
    parts.append(f"## What people agreed to (version {version})\n")
    parts += [f"- **{scope}**: {text}" for scope, text in consent_texts.items()]
    return "\n".join(parts) + "\n" + _LIMITS


def _table(columns: tuple[Column, ...]) -> str:
    lines = [f"| `{column.name}` | {column.written_type} | {column.meaning} |" for column in columns]
    return "\n".join(["| column | type | means |", "|---|---|---|", *lines, ""])

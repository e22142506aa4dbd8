"""Every column of every format, once: its name, its type in all rows, and what it means.

The rows (`rows.py`), the page, the card and the Parquet file follow this list; tests hold them equal. A number is a whole
number below 2^53, or a time as a number of seconds. Nothing is ever null or left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

FileFormat = Literal["trl", "lmsys", "skips", "annotated"]
Kind = Literal["text", "number", "seconds", "yes or no", "turns", "versions", "answer", "annotations", "columns"]
TYPES: Mapping[Kind, str] = {
    "text": "string",
    "number": "int64",
    "seconds": "float64",
    "yes or no": "bool",
    "turns": "list of {role: string, content: string}",
    "versions": "{choices: string, texts: string}",
    "answer": "{text: string, model: string}",
    "annotations": "{annotator: {pref: string}}",
    "columns": "object",
}
"""How each kind is written in a description."""

SCHEMA = "synthesize-me/preferences/2"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: `kind` is its type in every row."""

    name: str
    kind: Kind
    meaning: str

    @property
    def written_type(self) -> str:
        """The type as it is described to a reader."""
        return TYPES[self.kind]


@dataclass(frozen=True, slots=True)
class Format:
    """A format that can be asked for; `file_name` is what the file is called, `own` the columns beside the common ones, which in
    `annotated` stand inside `metadata`."""

    name: FileFormat
    title: str
    file_name: str
    own: tuple[Column, ...] = ()

    @property
    def columns(self) -> tuple[Column, ...]:
        """All columns, in the order of the rows."""
        return self.own + COMMON


_TRL = (
    Column("prompt", "turns", "The conversation up to the request, oldest turn first; each turn has role and content."),
    Column("chosen", "turns", "The preferred answer; turns that led to it stand before it."),
    Column("rejected", "turns", "The other answer, in the same form."),
    Column("chosen_side", "text", "Where the preferred answer stood: first or second."),
)
_BATTLE = (
    Column("question_id", "text", "Made-up name of the conversation."),
    Column(
        "model_a",
        "text",
        "Who wrote the first answer, with its style where one model wrote both: name (style). unknown where a file did not say.",
    ),
    Column("model_b", "text", "Who wrote the second answer."),
    Column("winner", "text", "model_a, model_b, tie or tie (bothbad)."),
    Column("judge", "text", "The same as participant."),
    Column("conversation_a", "turns", "The whole conversation with the first answer."),
    Column("conversation_b", "turns", "The whole conversation with the second answer."),
    Column("turn", "number", "How many requests the shared conversation has."),
    Column("anony", "yes or no", "Always true: the models were hidden until the verdict."),
    Column("tstamp", "seconds", "The beginning of `day`, UTC, in seconds since 1970."),
)
_PAIR = (
    Column("id", "text", "The same as pair_id."),
    Column("prompt", "text", "The conversation up to the request; of several turns each has its speaker before it."),
    Column("response_a", "answer", "The answer that stood first and who wrote it, named as in model_a of lmsys."),
    Column("response_b", "answer", "The other answer, in the same form."),
    Column(
        "annotations",
        "annotations",
        "Which the person preferred: pref is a or b. The annotator stands at the head of the document under the same key.",
    ),
    Column("metadata", "columns", "The columns that every format has; consent_versions is one text here."),
)
COMMON = (
    Column("schema", "text", f"The form of these rows: {SCHEMA}."),
    Column("pair_id", "text", "Made-up name of the comparison."),
    Column("participant", "text", "Made-up name of the person, for this file only."),
    Column("conversation", "text", "Made-up name of the conversation; rows that share it belong together."),
    Column(
        "seq",
        "number",
        "Order of the person's verdicts in time. It counts on by one from a number drawn for this file: subtract the person's smallest. A gap is a verdict that has no row in this format.",
    ),
    Column("verdict", "text", "What the person decided: first, second, same, both_bad or skip."),
    Column(
        "verdict_changed_after_reveal",
        "yes or no",
        "Whether the verdict was changed after the models' names were shown; it is then not blind.",
    ),
    Column("quick", "yes or no", "Whether it was given in under 1.5 seconds."),
    Column(
        "early",
        "yes or no",
        "Whether the answers were stopped while they were being written; they end where the person saw them end, both at the same length.",
    ),
    Column(
        "strength", "text", "What the person said of how much better the chosen answer is: slight, clear or nothing."
    ),
    Column(
        "reasons",
        "text",
        "What the person said that the chosen answer does better, joined by commas, or nothing: right, asked, length, order, tone, plain, detail, open.",
    ),
    Column(
        "names_model",
        "yes or no",
        "Whether an answer says of itself which model it is or who made it; the verdict may then not be blind.",
    ),
    Column(
        "equal_answers",
        "yes or no",
        "Whether the two answers differ in white space at most, so that the verdict says nothing of them.",
    ),
    Column(
        "left_out",
        "text",
        "Why a choice teaches nothing of manner, or nothing: the answer not chosen, and not the chosen one, is broken, empty, looping, in another language than asked, or off the request. The choice stands all the same.",
    ),
    Column(
        "cut_answers",
        "text",
        "Which answers plainly stop before their end: first, second, both or nothing.",
    ),
    Column(
        "milliseconds",
        "number",
        "Time to the verdict, as the nearest of 1,000, 3,000, 10,000, 30,000 and 100,000; -1 where it is not known, as for imported verdicts, and where fewer than five people of the file (or not all, if fewer) share it.",
    ),
    Column("first_model", "text", "The model of the answer that stood first; unknown where a file did not say."),
    Column("second_model", "text", "The model of the other answer."),
    Column("first_style", "text", "The style that the first answer was asked for in, or empty."),
    Column("second_style", "text", "The style of the other answer, or empty."),
    Column(
        "language",
        "text",
        "Language of the last request as a BCP 47 code, by its letters and small words; und where it does not tell.",
    ),
    Column("day", "text", "Day of the verdict (UTC) as YYYY-MM-DD, as exact as `day_told_to` says."),
    Column(
        "day_told_to",
        "text",
        "day, month or year, whichever at least five people of the file (or all, if fewer) share; `day` is the first of it. Else nothing, and `day` is 1970-01-01.",
    ),
    Column(
        "source",
        "text",
        "Where the pair comes from: typed, alternative (a second answer to a brought conversation), imported or ready_made.",
    ),
    Column("source_name", "text", "For ready-made pairs the collection they were taken from; else empty."),
    Column("imported_verdict", "yes or no", "Whether the verdict came with a file, not from the page."),
    Column(
        "consent_versions",
        "versions",
        "The versions of the two consent texts that the person agreed to: choices and texts.",
    ),
    Column("licence_human_text", "text", "Licence of what people wrote: the requests and the verdict."),
    Column("licence_model_text", "text", "Licence of what models wrote."),
)

FORMATS: tuple[Format, ...] = (
    Format("trl", "Preference rows for training with TRL. Choices only.", "preferences-trl.jsonl", _TRL),
    Format(
        "lmsys",
        "Battle rows as LMSYS published them: choices, ties and both bad, the four known winners.",
        "preferences-lmsys.jsonl",
        _BATTLE,
    ),
    Format(
        "skips",
        "Skipped comparisons: battle rows without a winner.",
        "preferences-skips.jsonl",
        tuple(column for column in _BATTLE if column.name != "winner"),
    ),
    Format(
        "annotated",
        "Annotated pairs 2.0 for Feedback Forensics and ICAI: one JSON document. Choices only; our columns are the metadata of each pair.",
        "preferences-annotated.json",
        _PAIR,
    ),
)


def format_named(name: str) -> Format | None:
    """The format of that name, or None."""
    return next((known for known in FORMATS if known.name == name), None)

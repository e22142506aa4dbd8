"""How a model takes requests: frozen data, learned by a few calls before the model is used (docs/decisions/0013).

What a habit means for a run, the form of judging, how much is packed into a call and how long answers may be, is in
`profile_of`; how it is learned is in adapters/learning.py; where it is kept is in services/calling/knowing.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal

Schema = Literal["json_schema", "json_object", "words"]


@dataclass(frozen=True, slots=True)
class Habits:
    """What one model at one address does and takes. The defaults are those of a plain model that takes everything.

    thought_tokens   tokens of thoughts to leave room for before an answer; 0: it does not think
    top_logprobs     how many of the likeliest tokens it tells the log-probabilities of; 0: none
    schema           how JSON is asked for: by schema, as "a JSON object", or in words alone
    seed             whether it takes a seed
    temperature      whether it takes a temperature other than its own
    system_role      whether it takes a message of the role system; else its text leads in the person's first
    least_tokens     the least it lets an answer be limited to
    context_tokens   prompt, thoughts and answer together; 0: not known
    """

    thought_tokens: int = 0
    top_logprobs: int = 20
    schema: Schema = "json_schema"
    seed: bool = True
    temperature: bool = True
    system_role: bool = True
    least_tokens: int = 1
    context_tokens: int = 0

    @property
    def thinks(self) -> bool:
        return self.thought_tokens > 0

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def habits_from_json(stored: Mapping[str, Any]) -> Habits:
    """The habits in a stored object; what it does not name has its default, what is not known is left out."""
    known = {each.name for each in fields(Habits)}
    return Habits(**{name: value for name, value in stored.items() if name in known})

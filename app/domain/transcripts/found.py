"""What a reader of preferences finds: decided comparisons, not yet anybody's in the database."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from app.domain.choices.naming_itself import are_equal
from app.domain.choices.preference import Completion, Verdict, first_is_left, pair_digest
from app.domain.errors import BadInput
from app.domain.people.about import NOTHING_SAID, About
from app.domain.texts.conversation import Context, Turn, context_as_json, digest
from app.domain.texts.storable_text import plain


class NoComparison(BadInput):
    """A row that holds no choice between two answers; `what` says in a few words of which kind it is, to be counted by."""

    def __init__(self, why: str, what: str) -> None:
        super().__init__(why)
        self.what = what


@dataclass(frozen=True, slots=True)
class FoundComparison:
    """One decided comparison from a file.

    `sides_known` says that `first` really stood first; otherwise the sides are to be drawn. `conversation_key` is equal
    for comparisons of one conversation, as far as the file tells. `where` is the row's place in the file; `person` whose
    choice it is, "" where the file tells none; `split` one of "", "test" and "validation"; `changed` how many characters
    became U+FFFD.
    """

    context: Context
    first: Completion
    second: Completion
    verdict: Verdict
    sides_known: bool
    first_model: str = ""
    second_model: str = ""
    conversation_key: str = ""
    where: str = ""
    person: str = ""
    split: str = ""
    pair_id: str = ""
    seq: int | None = None
    about: About = NOTHING_SAID
    changed: int = 0

    @property
    def digest(self) -> str:
        """Identity by texts, blind to sides, and to white space and marks that nobody sees."""
        context = [Turn(turn.role, plain(turn.content)) for turn in self.context]
        return pair_digest(tuple(context), identity(self.first), identity(self.second))

    @property
    def decision(self) -> str:
        """What was decided, told without sides: the answer that was chosen, or the verdict that chose none."""
        if not self.verdict.is_choice:
            return self.verdict.value
        return digest(identity(self.first if self.verdict is Verdict.FIRST else self.second))

    def swapped(self) -> FoundComparison:
        """The same comparison with its answers on the other sides."""
        turned = {Verdict.FIRST: Verdict.SECOND, Verdict.SECOND: Verdict.FIRST}
        return replace(
            self,
            first=self.second,
            second=self.first,
            first_model=self.second_model,
            second_model=self.first_model,
            verdict=turned.get(self.verdict, self.verdict),
        )


def identity(completion: Completion) -> str:
    """The completion's text as it is seen, with the turns that led to it where it has any."""
    if not completion.lead_in:
        return plain(completion.text)
    lead_in = [Turn(turn.role, plain(turn.content)) for turn in completion.lead_in]
    return digest(context_as_json(lead_in), plain(completion.text))


def side_seed(pair_digest_: str, *, keep_first: bool | None) -> int:
    """The seed that draws the sides of an imported comparison, the same whenever the same texts are imported.

    With `keep_first` the seed is one that gives the side the file recorded, so that a stored seed always tells whether
    the answer that came first in the material stands first.
    """
    seed = int(pair_digest_[:15], 16)
    while keep_first is not None and first_is_left(seed) is not keep_first:
        seed += 1
    return seed


def completion_from(turns: Iterable[Turn], what: str) -> Completion:
    """The last turn as the answer and those before it as its lead-in. Raises NoComparison where it is no answer."""
    turns = tuple(turns)
    if not turns or turns[-1].role != "assistant":
        raise NoComparison(f"{what} must end with a turn of the assistant.", "choice without text")
    return Completion(text=turns[-1].content, lead_in=turns[:-1])


def shared_context(one: tuple[Turn, ...], other: tuple[Turn, ...]) -> int:
    """How many leading turns two conversations share, cut back so that the last of them is a user turn."""
    same = 0
    for mine, theirs in zip(one, other, strict=False):
        if not _says_the_same(mine, theirs):
            break
        same += 1
    while same and one[same - 1].role != "user":
        same -= 1
    return same


def decided(
    one: tuple[Turn, ...], other: tuple[Turn, ...], verdict: Verdict, *, names: tuple[str, str] = ("one", "other")
) -> FoundComparison:
    """A comparison of two whole conversations: what they share is the context, their last turns are the answers.

    Raises BadInput where they share no question, and NoComparison where an answer is missing, the answers are the same, or one
    conversation only goes on where the other ends.
    """
    same = shared_context(one, other)
    if not same:
        raise BadInput(f"{names[0]} and {names[1]} must share the turns up to a question of the user.")
    found = FoundComparison(
        context=one[:same],
        first=completion_from(one[same:], names[0]),
        second=completion_from(other[same:], names[1]),
        verdict=verdict,
        sides_known=False,
    )
    if identity(found.first) == identity(found.second) or are_equal(found.first, found.second):
        raise NoComparison(
            f"{names[0]} and {names[1]} are the same text, so there is nothing to choose.", "no difference"
        )
    shorter, longer = sorted((one[same:], other[same:]), key=len)
    if len(shorter) < len(longer) and all(map(_says_the_same, shorter, longer)):
        raise NoComparison(f"{names[0]} and {names[1]} are one conversation, cut at two places.", "not two answers")
    return found


def _says_the_same(one: Turn, other: Turn) -> bool:
    return one.role == other.role and plain(one.content) == plain(other.content)

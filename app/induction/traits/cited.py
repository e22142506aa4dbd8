"""Candidates for traits: statements that may be tried, with the decisions that their group names for and against them.

They come from the model, from a fixed list (domain/manners) and from the person's own words. What is on offer to too few decisions
is dropped before anything votes; what goes against common taste is tried first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from app.domain.personas.style_claims import claimed_measure
from app.domain.prompt_targets.own_words import OwnWords
from app.induction.counting.holders import holders_of
from app.induction.counting.prior import CountedPrior
from app.induction.traits.ballots import Statement
from app.induction.wording.private_matters import mentions_private_matters, speaks_of_the_person
from app.induction.wording.statements import content_words, joins_two, say_the_same, shared_words

MOST_STATEMENTS = 12
MOST_WISHES = 4
LEAST_SHARE = 0.2
"""Of the decisions, those on which a leaning must be seen, on whichever side: three of fifteen."""
_LONGEST_STATEMENT = 240
"""UTF-8 bytes; twelve of them must leave a vote room for a pair in the smallest slot."""
_BARE_WORDS = 7
"""Up to so many words a sentence that claims one thing that can be counted says nothing else."""
_OF_ONE_PAIR = re.compile(r"\b(?:chosen|other|first|second|rejected)[ _]answer\b", re.IGNORECASE)
"""What compares the two answers at hand says nothing of others."""
_LIKINGS = {
    "like": "likes", "love": "likes", "enjoy": "likes", "prefer": "prefers", "want": "wants", "need": "wants",
    "value": "values", "appreciate": "appreciates", "dislike": "dislikes", "hate": "dislikes",
}  # fmt: skip
_WISH = re.compile(
    rf"(?:please\s+)?i(?:\s+(?:really|usually|generally|always|much))?\s+({'|'.join(_LIKINGS)})\s+(?=\S)", re.IGNORECASE
)
_UNLIKING = re.compile(r"(?:please\s+)?i\s+(?:don['’]t|do\s+not)\s+(?:like|want|need|enjoy)\s+(?=\S)", re.IGNORECASE)
_BARE_WISH = re.compile(
    r"(?:please\s+)?((?:short|long|brief|concise|detailed|plain|simple|clear|direct|honest|concrete|no|more|less|fewer)\b.*)",
    re.IGNORECASE,
)
_OF_ONESELF = re.compile(r"\b(?:i|i['’]m|i['’]ve|me|my|mine|myself|we|our|us)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Cited:
    """A statement, and the ids of one choice of each decision that its group names for and against it; () where none is named."""

    statement: Statement
    supporting: tuple[str, ...] = ()
    opposing: tuple[str, ...] = ()

    @property
    def named(self) -> int:
        """How many decisions bear on it."""
        return len(self.supporting) + len(self.opposing)

    @property
    def lead(self) -> int:
        return len(self.supporting) - len(self.opposing)

    def on_the_side_chosen(self) -> Cited:
        """The same with its contrary in its place where more decisions are named against it."""
        if self.lead >= 0 or not self.statement.opposite:
            return self
        turned = replace(self.statement, text=self.statement.opposite, opposite=self.statement.text)
        return Cited(turned, self.opposing, self.supporting)


def may_be_tried(text: str) -> bool:
    """Whether a sentence may be put to the vote: of answers, of one contrast, short, nothing private, not of the pair at hand."""
    if len(text.encode("utf-8", "replace")) > _LONGEST_STATEMENT or not content_words(text):
        return False
    if _OF_ONE_PAIR.search(text) or joins_two(text):
        return False
    return not mentions_private_matters(text) and not speaks_of_the_person(text)


def seen_often_enough(group: Sequence[Cited], decisions: int) -> list[Cited]:
    """Those of a group of so many decisions that at least a fifth of these bear on; all where the model named no decision at all."""
    if not any(one.named for one in group):
        return list(group)
    return [one for one in group if one.named >= LEAST_SHARE * decisions]


def wished(stated: str) -> list[Statement]:
    """The person's own lines as statements to be tested as any other, at most four: `I like short answers` is "likes short answers".

    Those alone that say in English what is liked, and of the person nothing; the rest stays what it is, own words in the prompt.
    """
    found = [text for line in OwnWords(stated).lines for text in [_as_statement(line)] if text and may_be_tried(text)]
    return [Statement(text) for text in dict.fromkeys(found)][:MOST_WISHES]


def chosen_from(
    groups: Sequence[Sequence[Cited]],
    wishes: Sequence[Statement],
    surprising: frozenset[str],
    prior: CountedPrior,
    most: int = MOST_STATEMENTS,
) -> list[Statement]:
    """The statements that are voted on: own words, then in turn one that goes against common taste and one of the others, those first
    that most decisions are named for. Against common taste is what few people hold, and what choices show that were guessed wrong
    blind."""
    all_said = (one.on_the_side_chosen() for one in different([[Cited(wish) for wish in wishes], *groups]))
    merged = sorted(all_said, key=lambda one: -one.lead)
    own = [one for one in merged if one.statement in wishes]
    against = [one for one in merged if one not in own and _goes_against_most(one, surprising, prior)]
    others = [one for one in merged if one not in own and one not in against]
    return [one.statement for one in (*own, *_in_turn([against, others]))][:most]


def _in_turn(lists: Sequence[Sequence[Cited]]) -> Iterator[Cited]:
    for place in range(max(map(len, lists), default=0)):
        yield from (each[place] for each in lists if place < len(each))


def different(groups: Sequence[Sequence[Cited]]) -> list[Cited]:
    """The candidates of several lists taken in turn; those that say the same as, or the contrary of, one before are added to it."""
    common = shared_words([one.statement.text for group in groups for one in group])
    kept: list[Cited] = []
    for one in _in_turn(groups):
        _add(kept, one, common)
    return kept


def _add(kept: list[Cited], one: Cited, common: frozenset[str]) -> None:
    for at, other in enumerate(kept):
        if _same(one.statement, other.statement, common):
            pro, con = one.supporting, one.opposing
            if _are_contrary(one.statement, other.statement, common):
                pro, con = con, pro
            kept[at] = replace(other, supporting=other.supporting + pro, opposing=other.opposing + con)
            return
    kept.append(one)


def _same(one: Statement, other: Statement, common: frozenset[str]) -> bool:
    if one.when != other.when:
        return False
    measured = [_measured(each.text) for each in (one, other)]
    return (measured[0] is not None and measured[0] == measured[1]) or any(
        say_the_same(a, b, common) for a in (one.text, one.opposite) for b in (other.text, other.opposite) if a and b
    )


def _are_contrary(one: Statement, other: Statement, common: frozenset[str]) -> bool:
    """Whether of two statements of one thing the first says what the second denies."""
    mine, theirs = claimed_measure(one.text), claimed_measure(other.text)
    if mine and theirs and mine[0] == theirs[0]:
        return mine != theirs
    return not say_the_same(one.text, other.text, common)


def _measured(text: str) -> str | None:
    """The measure that a short sentence speaks of, on either side, and of nothing else."""
    claimed = claimed_measure(text) if len(text.split()) <= _BARE_WORDS else None
    return claimed[0] if claimed else None


def _goes_against_most(one: Cited, surprising: frozenset[str], prior: CountedPrior) -> bool:
    unlike = sum(each in surprising for each in one.supporting)
    return holders_of(one.statement.text, prior).are_few or 2 * unlike > len(one.supporting)


def _as_statement(line: str) -> str:
    text = " ".join(line.split()).rstrip(".!")
    liking, unliking, bare = _WISH.match(text), _UNLIKING.match(text), _BARE_WISH.fullmatch(text)
    if liking:
        said = f"{_LIKINGS[liking[1].lower()]} {text[liking.end() :]}"
    elif unliking:
        said = f"dislikes {text[unliking.end() :]}"
    elif bare:
        said = f"prefers {bare[1][:1].lower()}{bare[1][1:]}"
    else:
        return ""
    return "" if _OF_ONESELF.search(said) else said

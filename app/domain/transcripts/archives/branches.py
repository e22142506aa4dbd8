"""One conversation with its branches: what is said on the live one, and what the others tell of choices.

Answers to the same words at the same place: what a vote on one of them, or going on from it, says about the others.
Two answers make a pair once, at its best grade. A question that was sent again with other words is another question.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from app.domain.choices.preference import Verdict
from app.domain.texts.storable_text import plain
from app.domain.transcripts.archives.gathered import UNTITLED, Gathered, Grade, Heading, Thumb
from app.domain.transcripts.archives.trees import Message, Tree, joined, tree_of

Chain = Sequence[Message]
"""The messages of one answer: what stands below a question, up to the person's next one."""


def read_tree(
    found: Gathered,
    messages: Sequence[Message],
    leaf: str = "",
    votes: Mapping[str, int] | None = None,
    recorded: Collection[frozenset[str]] = (),
    heading: Heading = UNTITLED,
) -> None:
    """Takes one conversation with what its branches tell.

    `votes` are 1 or -1 by the id of a message, `recorded` pairs of ids between which a choice is taken already.
    """
    tree = tree_of(messages, leaf)
    for message in tree.messages.values():
        if message.why:
            found.leave_out(message.why)
        elif message.is_kept and message.id not in tree.live:
            found.leave_out("other branch")
    place = found.converse(joined(tree.messages[each] for each in tree.live), heading)
    _grade(found, tree, votes or {}, recorded, place)


def _grade(
    found: Gathered, tree: Tree, votes: Mapping[str, int], recorded: Collection[frozenset[str]], place: int
) -> None:
    """Takes the pairs that votes and going on have made, and the votes that are left over."""
    below: dict[str, list[Message]] = {}
    for message in tree.messages.values():
        if message.role != "user":
            below.setdefault(message.parent, []).append(message)
    asked: dict[tuple[str, str], list[Message]] = {}
    for message in tree.messages.values():
        if message.role == "user" and message.is_kept:
            asked.setdefault((message.parent, plain(message.text)), []).append(message)
    used: set[str] = set()
    for same in asked.values():
        answers = [chain for question in same for chain in _chains(below, question)]
        answers = [chain for chain in answers if any(message.is_kept for message in chain)]
        if len(answers) > 1:
            used |= _graded(found, tree, same[0], answers, votes, recorded, place)
    for each, vote in votes.items():
        if each in tree.messages and each not in used:
            context = tree.turns_to(tree.messages[each].parent) if tree.messages[each].parent in tree.messages else ()
            found.thumbs.append(Thumb(context, tree.messages[each].text, vote > 0, place))


def _chains(below: Mapping[str, Sequence[Message]], question: Message) -> Iterator[Chain]:
    waiting: list[tuple[Message, ...]] = [(message,) for message in reversed(below.get(question.id, ()))]
    while waiting:
        chain = waiting.pop()
        following = below.get(chain[-1].id, ())
        if not following:
            yield chain
        waiting += [(*chain, message) for message in reversed(following)]


def _graded(
    found: Gathered,
    tree: Tree,
    question: Message,
    answers: Sequence[Chain],
    votes: Mapping[str, int],
    recorded: Collection[frozenset[str]],
    place: int,
) -> set[str]:
    """The ids of the votes that made a pair."""
    rated = [max((votes.get(message.id, 0) for message in chain), key=abs) for chain in answers]
    ids = [{message.id for message in chain} for chain in answers]
    here = next((n for n, chain in enumerate(answers) if _is_live(tree, chain)), -1)
    goes_on = here >= 0 and _goes_on(tree, answers[here])
    context = tree.turns_to(question.id)
    used: set[str] = set()

    def choose(grade_: Grade, better: int, worse: int) -> None:
        first, second = (joined(answers[n])[-1].content for n in (better, worse))
        found.choose(grade_, context, (first, second), Verdict.FIRST, place=place)

    for one in range(len(answers)):
        for other in range(one + 1, len(answers)):
            if any(len(pair & ids[one]) == 1 == len(pair & ids[other]) for pair in recorded):
                continue
            if 1 in (rated[one], rated[other]) and rated[one] != rated[other]:
                choose(Grade.RATED, *((one, other) if rated[one] == 1 else (other, one)))
                used |= {each for each in ids[one] | ids[other] if each in votes}
            elif here in (one, other) and goes_on:
                choose(Grade.KEPT, here, other if here == one else one)
            elif here in (one, other):
                found.leave_out("regenerated, not continued")
    return used


def _is_live(tree: Tree, chain: Chain) -> bool:
    return all(message.id in tree.live for message in chain if message.is_kept)


def _goes_on(tree: Tree, chain: Chain) -> bool:
    end = max(tree.live[message.id] for message in chain if message.is_kept)
    return any(position > end and tree.messages[each].role == "user" for each, position in tree.live.items())

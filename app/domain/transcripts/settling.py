"""Whose choices a file holds, and what it says twice: repetitions, and verdicts that contradict one another.

Of two opposite verdicts on one pair the later stands, as when a choice is changed on the page; the contradiction is told with
both places. Both rows are told from a repetition, which changes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app.domain.errors import BadInput, SeveralPeople
from app.domain.transcripts.detector import Read, Told
from app.domain.transcripts.found import FoundComparison

NO_NAME = "(no name)"
"""The person of rows that name nobody, in a file whose other rows do."""
_MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Settled:
    """Different comparisons with their identities, in the order of the file; `repeated` and `contradicted` tell `(where,
    why)` of the rows that are not among them."""

    kept: Mapping[str, FoundComparison]
    repeated: tuple[Told, ...]
    contradicted: tuple[Told, ...]


def people_in(read: Read) -> dict[str, int]:
    """Who chose, in the order in which they first appear, and how often each; {"": n} where nobody is named."""
    counted = Counter(found.person for found in read.comparisons)
    if len(counted) > 1 and "" in counted:
        return {name or NO_NAME: count for name, count in counted.items()}
    return dict(counted)


def of_one_person(read: Read, person: str | None) -> Read:
    """What the file holds of one person, and what belongs to nobody.

    `person` may be left out where there is one. Raises SeveralPeople where there are more, and BadInput for a name that is
    not there.
    """
    people = people_in(read)
    if not person and len(people) == 1:
        return read
    if not person:
        raise SeveralPeople(f"The file holds the choices of {len(people):,} people ({_named(people)}).", people)
    if person not in people:
        if list(people) == [""]:
            raise BadInput(f"The file names no people, so it holds no choices of {person!r}. Leave the person out.")
        raise BadInput(f"The file holds no choices of {person!r}. It has those of {_named(people)}.")
    name = "" if person == NO_NAME else person
    return Read(
        tuple(found for found in read.comparisons if found.person == name),
        tuple(told for told in read.skipped if told.person in ("", name)),
        tuple(told for told in read.left_out if told.person == name),
    )


def settled(comparisons: Iterable[FoundComparison]) -> Settled:
    """One person's comparisons without what they say twice, in the order of time where every row tells it (`seq`)."""
    comparisons = list(comparisons)
    if all(found.seq is not None for found in comparisons):
        comparisons.sort(key=lambda found: found.seq or 0)
    kept: dict[str, FoundComparison] = {}
    repeated: list[Told] = []
    contradicted: list[Told] = []
    for found in comparisons:
        identity = found.digest
        earlier = kept.get(identity)
        if earlier is None:
            kept[identity] = found
        elif earlier.decision == found.decision:
            repeated.append(Told(found.where, f"It says the same as {earlier.where}.", found.person))
        else:
            why = f"{_capital(found.where)} decides the same pair otherwise; the later one stands."
            contradicted.append(Told(earlier.where, why, found.person))
            del kept[identity]
            kept[identity] = found
    return Settled(kept, tuple(repeated), tuple(contradicted))


def _named(people: Mapping[str, int]) -> str:
    some = [f"{name} with {count:,}" for name, count in list(people.items())[:_MOST_NAMED]]
    return ", ".join(some) + (", ..." if len(people) > _MOST_NAMED else "")


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"

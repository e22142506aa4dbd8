"""Agreement: does a persona learnt from choices fit what the person says of themselves better than another's persona?

People are put into blocks of at most five. In a block, every person's own words are held against every two personas, so
that the test can deal the personas out anew and see how well chance would have done.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from app.domain.errors import BudgetReached, RunCancelled
from app.domain.personas.persona import Persona
from app.domain.prompt_targets import guide
from app.domain.texts.conversation import digest
from app.induction.proof.resampling import FEWEST_PEOPLE, Observation
from app.induction.proof.statistics import matching_p_value, share
from app.induction.traits.agreement import compare_personas
from app.services.evaluating.asking import Asked, Group
from app.services.evaluating.folder import Record
from app.services.evaluating.plots import Dot, dots_with_intervals
from app.services.evaluating.tables import Findings, between, counted, p_value, percent
from app.services.evaluating.working import Advance, Lesson, Stopped, Workshop

LARGEST_BLOCK = 5
MOST_SHOWN = 20

Row = Mapping[str, Any]
Key = tuple[str, str, str]


def lessons(asked: Asked, group: Group) -> list[Lesson]:
    """One a person, in the order of the blocks; nothing is guessed, so all choices teach."""
    return [Lesson(part, ("prompt",), asked.learn_with[0], asked.judge_with) for (part,) in group.parts]


def blocks(names: Sequence[str]) -> list[list[str]]:
    """The people in order, in as few blocks of at most five as there can be, of about equal size."""
    number = math.ceil(len(names) / LARGEST_BLOCK)
    edges = [round(at * len(names) / number) for at in range(number + 1)]
    return [list(names[start:end]) for start, end in itertools.pairwise(edges)]


async def work(shop: Workshop, todo: Sequence[Lesson]) -> Stopped:
    """Block by block: learns its people's personas, then compares them. At most 100 calls a block for the comparing."""
    by_name = {lesson.parted.person.name: lesson for lesson in todo}
    parts = blocks(list(by_name))
    total = sum(len(block) * math.comb(len(block), 2) for block in parts)
    kept = {_key(row): row for row in shop.shelf.rows}
    learnt = done = 0
    try:
        for number, block in enumerate(parts):
            personas: dict[str, str] = {}
            for name in block:
                if over := await shop.over():
                    return over
                knowledge = await shop.teach(by_name[name], learnt, len(todo), 2 * (total - done))
                learnt += 1
                if knowledge.persona:
                    personas[name] = _text(knowledge.persona)
            for name in personas:
                if over := await shop.over():
                    return over
                await _compare(shop, by_name[name], number, personas, kept)
                done += math.comb(len(personas), 2)
                left = shop.seconds_left(len(todo) - learnt, 2 * (total - done))
                shop.tell(Advance("judging", done, total, left, name))
    except BudgetReached:
        return "calls"
    except RunCancelled:
        return "asked"
    return ""


async def _compare(
    shop: Workshop, lesson: Lesson, block: int, personas: Mapping[str, str], kept: Mapping[Key, Row]
) -> None:
    """One person's own words against every two personas of the block, as far as that is not kept already."""
    person, stated = lesson.parted.person.name, lesson.parted.person.about.stated
    wanted = []
    for one, other in itertools.combinations(personas, 2):
        told = digest(stated, personas[one], personas[other])[:16]
        before = kept.get((person, one, other))
        if before is None or before["told"] != told or before["log_odds"] is None:
            wanted.append((one, other, told))
    run = shop.run_with(lesson.judge_with[0])
    found = await compare_personas(run, stated, [(personas[one], personas[other]) for one, other, _ in wanted])
    for (one, other, told), judgement in zip(wanted, found, strict=True):
        shop.shelf.keep_row(
            {
                "person": person,
                "one": one,
                "other": other,
                "block": block,
                "told": told,
                "log_odds": judgement.log_odds,
                "flipped": judgement.flipped,
            }
        )


def progress(record: Record) -> tuple[int, int]:
    """Comparisons made, and those there are; people in whom no trait held take part in none."""
    learnt = {row["person"]: bool(row["persona"]) for row in record.learnt}
    sizes = [sum(learnt.get(name, True) for name in block) for block in blocks(record.plan["people"])]
    untaught = sum(name not in learnt for name in record.plan["people"])
    made = len({_key(row) for row in record.rows})
    # Somebody who is not learnt yet may have to be compared with nobody, but is not done.
    return made, max(sum(size * math.comb(size, 2) for size in sizes), made + untaught)


def findings(record: Record) -> Findings:
    """A row a person, and all of them. The p-value deals the personas of each finished block out anew."""
    seed = int(record.plan["seed"])
    rows = list({_key(row): row for row in record.rows}.values())
    own = [row for row in rows if row["person"] in (row["one"], row["other"])]
    fits = [Observation(row["person"], _rival(row), _rival(row), _own_fits(row)) for row in own if _is_usable(row)]
    found, failed = share(fits, seed), len(own) - len(fits)
    by_person = {name: [one.value for one in fits if one.person == name] for name in record.plan["people"]}
    by_person = {name: values for name, values in by_person.items() if values}
    matrices = [_fits(block) for block in _finished(rows)]
    p = matching_p_value(matrices, seed) if matrices else math.nan
    title = f"Whose persona fits a person's own words better: {counted(found.people, 'person')}"
    alone = [
        (name, f"{sum(values):g}", str(len(values)), percent(sum(values) / len(values)), "", "", "")
        for name, values in list(by_person.items())[:MOST_SHOWN]
    ]
    together = (f"{sum(one.value for one in fits):g}", str(found.n), percent(found.value))
    dots = [
        Dot(name, sum(values) / len(values), math.nan, math.nan, f"{sum(values):g} of {len(values)}")
        for name, values in by_person.items()
    ]
    everybody = Dot(
        "all", found.value, found.low, found.high, f"{together[0]} of {found.n}, {counted(found.people, 'person')}"
    )
    return Findings(
        title=title,
        columns=("person", "own fits better", "of", "share", "95 %", "p", "failed"),
        rows=(*alone, ("all", *together, between(found.low, found.high), p_value(p), str(failed))),
        words=tuple(_words(record, matrices, p, len(by_person))),
        figures=(
            *({"person": name, "hits": sum(values), "n": len(values)} for name, values in by_person.items()),
            {"person": None, **asdict(found), "p": p, "failed": failed},
        ),
        plot=dots_with_intervals(
            title, [*dots[:MOST_SHOWN], everybody], "comparisons in which the person's own persona fits better"
        ),
    )


def _words(record: Record, matrices: Sequence[Sequence[Sequence[float]]], p: float, people: int) -> list[str]:
    inside = ", and each comparison inside them," if people < FEWEST_PEOPLE else ""
    words = [f"An even split counts one half. The interval takes people{inside} as clusters."]
    if not math.isnan(p):
        ways = math.prod(math.factorial(len(block)) for block in matrices)
        least = f", so no p-value below {1 / ways:.3f} can come out" if ways < 1_000 else ""
        words.append(
            f"p: how often personas dealt out at random among the people of a block ({ways:,} ways{least}) fit at least "
            "as well."
        )
    if not people and any(row["persona"] for row in record.learnt):
        words.append("A persona is held against another's, and in no block did two people have one.")
    without = [row["person"] for row in record.learnt if not row["persona"]]
    if without:
        words.append(f"No trait held for {counted(len(set(without)), 'person')}, who are not in the table.")
    if people > MOST_SHOWN:
        words.append(f"{MOST_SHOWN} of {people} people are shown; report.json has all.")
    return words


def _finished(rows: Sequence[Row]) -> list[list[Row]]:
    """The rows of each block in which everybody with a persona was compared on everything."""
    by_block: dict[int, list[Row]] = {}
    for row in rows:
        by_block.setdefault(row["block"], []).append(row)
    return [
        block
        for _, block in sorted(by_block.items())
        if len(block) == (size := len(_members(block))) * math.comb(size, 2) and size > 1
    ]


def _members(block: Sequence[Row]) -> list[str]:
    return sorted({name for row in block for name in (row["one"], row["other"])})


def _fits(block: Sequence[Row]) -> list[list[float]]:
    """How well each member's persona (column) fits each member's own words (row).

    The sum over its rivals of the probability that it fits better, less one half: bounded, so that one very sure verdict
    does not outweigh the rest. A failed comparison says nothing either way.
    """
    names = _members(block)
    fits = {(person, persona): 0.0 for person in names for persona in names}
    for row in block:
        if _is_usable(row):
            lead = 1 / (1 + math.exp(-row["log_odds"])) - 0.5
            fits[row["person"], row["one"]] += lead
            fits[row["person"], row["other"]] -= lead
    return [[fits[person, persona] for persona in names] for person in names]


def _is_usable(row: Row) -> bool:
    return row["log_odds"] is not None


def _own_fits(row: Row) -> float:
    """1 where the person's own persona won, 0 where the other did, one half for an even split."""
    odds = row["log_odds"] if row["one"] == row["person"] else -row["log_odds"]
    return 0.5 if odds == 0 else float(odds > 0)


def _rival(row: Row) -> str:
    return str(row["other"] if row["one"] == row["person"] else row["one"])


def _key(row: Row) -> Key:
    return (row["person"], row["one"], row["other"])


def _text(persona: Persona) -> str:
    return guide(persona.summary, [trait.text for trait in persona.traits])

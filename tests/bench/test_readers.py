"""Readers behind the port: an answer is kept and given again, an unread prompt is no hit, and what shows choices goes to other readers."""

from __future__ import annotations

import asyncio
import json
import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pytest

from app.domain.choices.preference import Completion, PreferencePair
from app.domain.personas.persona import Persona, Trait
from app.domain.texts.conversation import Turn
from app.induction.judging.judge import drawn_first
from app.induction.model.language_model import Message, ModelFailure, Prompt, Reply, Usage
from app.induction.traits.ballots import Statement, Votes
from app.induction.traits.evidence import weigh
from app.induction.traits.learning import Learnt
from bench.readers.asking import ASKED, NEARLY_OPEN, Judged, in_turns, judged
from bench.readers.examples import for_the_question
from bench.readers.people import SEED, Person
from bench.readers.port import DIGITS, Reader, Readers, kept
from bench.readers.table import table
from tests.induction.given import text_of

JUDGED = Prompt((Message("user", "A or B?"),), "judge", 1, labels=("A", "B"))
PROPOSED = Prompt((Message("user", "What do they like?"),), "propose", 90, schema="{}")


def answered(readers, prompt):
    return asyncio.run(readers.role("learn", "votes").answer([prompt]))[0]


def test_what_nobody_has_read_fails_and_is_not_guessed():
    assert isinstance(answered(Readers({}), JUDGED), ModelFailure)


def test_what_was_read_is_kept_with_its_role_and_given_again(tmp_path):
    file = tmp_path / "answers.jsonl"
    for prompt, role, said in (
        (JUDGED, "votes", {"p_first": 0.75}),
        (PROPOSED, "learn", {"answer": {"notes": [{"has": "their words"}], "traits": []}}),
    ):
        name = f"0001-{prompt.digest[:DIGITS]}.json"
        (tmp_path / "answers").mkdir(exist_ok=True)
        (tmp_path / "answers" / name).write_text(json.dumps(said))

        read = answered(Readers({}, tmp_path, file), prompt)

        shown = json.loads((tmp_path / "queue" / role / name).read_text())
        assert (shown["purpose"], f"{shown['id']}.json") == (prompt.purpose, name)
        assert answered(Readers(kept(file)), prompt) == read
    assert "their words" not in file.read_text()
    assert [(row["role"], row.get("p_first")) for row in kept(file).values()] == [("votes", 0.75), ("learn", None)]


def test_a_probability_of_the_first_label_is_its_share(tmp_path):
    reply = answered(Readers({JUDGED.digest[:DIGITS]: {"p_first": 0.2}}), JUDGED)

    assert isinstance(reply, Reply)
    assert reply.text == "B"
    assert reply.label_logprobs["A"] < reply.label_logprobs["B"]


PAIRS = tuple(
    PreferencePair(f"p{n}", (Turn("user", "Why?"),), Completion("A long answer."), Completion("No."), f"c{n}", True, n)
    for n in range(2)
)
TRAITS = (Trait("Likes lists", ("p0",), weight=1.0), Trait("For code: likes none", ("p1",), weight=2.0, when="code"))


def rows_of(*people, beside=None):
    lines = list(table(people, beside))
    return {line.split(" | ")[0].strip("| "): line for line in lines[2:] if line.startswith("|")}, lines


def all_ways(**ways):
    return {**{way: [1.0, 1.0] for way in (*ASKED, "guess", "counted", "longer")}, **ways}


def test_of_a_person_whom_nobody_has_read_only_counting_is_known():
    (found,) = asyncio.run(judged([Person("u", PAIRS, PAIRS)], Readers({})))

    assert found.log_odds["traits"] == found.log_odds["guess"] == found.votes == [None, None]
    assert None not in found.log_odds["counted"]


class Answering(Readers):
    """Readers that answer at once, by the role and what is asked."""

    def __init__(self, said):
        super().__init__({})
        self.said, self.seen = said, []

    def role(self, name, without_labels=""):
        return OneRole(self, name, without_labels or name, answering=self)


@dataclass(frozen=True)
class OneRole(Reader):
    answering: Any = None

    async def answer(self, prompts):
        self.answering.seen += [(self.name, prompt) for prompt in prompts]
        return [self.answering.said(self._role(prompt), prompt) for prompt in prompts]


def first_of(prompt, chance):
    return Reply("", Usage(), {"A": math.log(chance), "B": math.log(1 - chance)})


def test_a_choice_that_is_left_nearly_open_is_asked_in_the_other_order_of_another_reader():
    open_one, sure_one = (asked(f"Question {n}", seq=n) for n in range(2))

    def said(role, prompt):
        return first_of(prompt, 0.8 if role.endswith("-again") else 0.55 if "Question 0" in text_of(prompt) else 0.9)

    readers = Answering(said)
    (found,) = asyncio.run(judged([Person("u", PAIRS, (open_one, sure_one))], readers, ("plain",)))

    told = [(name, "Question 0" in text_of(prompt)) for name, prompt in readers.seen if name.startswith("plain")]
    assert sorted(told) == [("plain", False), ("plain", True), ("plain-again", True)]
    one, other = (prompt.messages[-1].content for _, prompt in readers.seen if "Question 0" in text_of(prompt))
    chosen_first = [content.index("Chosen.") < content.index("Rejected.") for content in (one, other)]
    assert sorted(chosen_first) == [False, True]
    sign = 1 if drawn_first(SEED, open_one) else -1
    assert found.log_odds["plain"][0] == pytest.approx(
        sign * (math.log(0.55 / 0.45) - math.log(0.8 / 0.2)) / 2, abs=1e-5
    )
    assert found.half_read == {"plain": 0}


def test_what_was_not_read_in_the_other_order_stands_by_the_first_and_is_said():
    def said(role, prompt):
        return ModelFailure("unread") if role.endswith("-again") else first_of(prompt, 0.55)

    (found,) = asyncio.run(judged([Person("u", PAIRS, PAIRS)], Answering(said), ("plain",)))

    assert [odds is not None and abs(odds) < NEARLY_OPEN for odds in found.log_odds["plain"]] == [True, True]
    assert "Nearly open in the one order that was drawn, and not read in the other: plain 2." in rows_of(found)[1]


def test_turns_of_a_conversation_are_asked_in_their_order_and_far_apart():
    talks = [(f"u{n % 3}", asked("Q", seq=n, conversation=f"c{n // 6}")) for n in range(24)]

    order = in_turns(talks)

    assert sorted(order, key=repr) == sorted(talks, key=repr)
    for talk in {(user, pair.conversation_id) for user, pair in talks}:
        places = [at for at, (user, pair) in enumerate(order) if (user, pair.conversation_id) == talk]
        assert [order[at][1].seq for at in places] == sorted(order[at][1].seq for at in places)
        assert min(b - a for a, b in pairwise(places)) > 3


def test_a_way_that_was_read_in_part_has_no_figure():
    said = all_ways(plain=[1.0, -1.0], traits=[1.0, None], counted=[0.0, 1.0])
    rows, lines = rows_of(Judged(Person("u", (), PAIRS), TRAITS, said, [(1, 0), None]))

    assert rows["plain"].startswith("| plain | 50.0 % [")
    assert rows["counted"].startswith("| counted | 75.0 % [")
    assert "1 of 2 not read" in rows["traits"]
    assert "not read" in rows["prompt"]
    assert "nobody has read of 1 of 2" in lines[-1]


def test_what_the_traits_say_counts_where_they_separate():
    rows, lines = rows_of(Judged(Person("u", (), PAIRS), TRAITS, all_ways(), [(1, -1), (0, 0)]))

    assert "of 1 |" in rows["plain"]
    assert lines[-2].startswith("A trait separates the answers in 50.0 % [")
    assert lines[-1].startswith("What the traits say of these, added up by their weights, is right in 0.0 % [")


def test_a_way_of_earlier_code_stands_beside_the_others():
    judged_one = Judged(Person("u", (), PAIRS), TRAITS, all_ways(), [(1, 0), (0, 0)])

    rows, _ = rows_of(judged_one, beside={"traits of before": {"p0": -1.0, "p1": 2.0}})

    assert rows["traits of before"].startswith("| traits of before | 50.0 % [")


def learnt_of(*choices, votes, traits):
    statements = tuple(Statement(trait.text) for trait in traits)
    cast = Votes(statements, {pair.pair_id: row for pair, row in zip(choices, votes, strict=True)})
    return Learnt(choices, cast, weigh(cast, (), 0), frozenset(), Persona("", traits))


def asked(request, *, seq, conversation="", texts=("Chosen.", "Rejected.")):
    one, other = map(Completion, texts)
    return PreferencePair(f"p{seq}", (Turn("user", request),), one, other, conversation or f"c{seq}", True, seq)


def test_examples_for_a_question_show_the_trait_that_separates_it_once_decisive_and_once_lost():
    long = "word " * 400
    choices = [asked(f"Q{n}", seq=n, texts=(long, "Short.")) for n in range(5)]
    lists = Trait("Likes lists", ("p0", "p1", "p2"), ("p3",), weight=1.0)
    warm = Trait("Likes warmth", ("p0", "p4"), weight=3.0)
    learnt = learnt_of(*choices, votes=[(1, 1), (1, 0), (1, 0), (-1, 0), (0, 1)], traits=(lists, warm))

    won, lost = for_the_question(learnt, asked("Q1", seq=9), (1, 0))

    assert (won.pair.pair_id, won.reasoning) == ("p2", "Likes lists")
    assert lost.pair.pair_id == "p3"
    assert lost.reasoning.startswith("Likes lists - and yet the other answer was taken")
    assert len(won.pair.chosen.text) < 520
    assert for_the_question(learnt, asked("Q1", seq=9), (0, 0)) == ()

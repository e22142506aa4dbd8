from __future__ import annotations

import asyncio
import json

import pytest

from app.domain.errors import ModelUnavailable
from app.domain.personas.persona import Persona, Trait
from app.induction.model.language_model import ModelProfile, PermanentModelError
from app.induction.traits.ballots import Statement
from app.induction.traits.evidence import weigh
from app.induction.traits.learning import (
    COUNTED_ALONE,
    COUNTED_INSTEAD,
    COUNTED_ONLY,
    NO_PATTERN,
    guide_of,
    learn_traits,
)
from tests.fakes import FakeCompleter, small_profile
from tests.induction.given import asked_of, pair, pairs, run_over, text_of, votes_on
from tests.induction.models import Scripted, votes_by


def learnt(completer, given, **options):
    run = run_over(completer)
    return run, asyncio.run(learn_traits(run, given, **options))


def summary_for(said):
    _, found = learnt(Scripted(says={"summarise": json.dumps({"summary": said})}), pairs(6), quick=True)
    assert found.persona is not None
    return found.persona.summary


def test_a_summary_that_keeps_to_the_traits_is_taken():
    assert summary_for("This person prefers shorter answers.") == "You prefer shorter answers."


@pytest.mark.parametrize(
    "said",
    [
        "They want many worked examples.",
        "They prefer shorter answers; they want many worked examples.",
        "They prefer shorter answers since they are a busy nurse with two jobs.",
        "They are a Muslim who prefers shorter answers.",
    ],
)
def test_a_sentence_with_a_clause_that_no_trait_bears_out_is_dropped(said):
    assert summary_for(f"This person prefers shorter answers. {said}") == "You prefer shorter answers."


@pytest.mark.parametrize(
    "said",
    ["They avoid shorter answers.", "They dislike shorter answers.", "They prefer longer answers to shorter answers."],
)
def test_a_sentence_that_says_the_contrary_of_a_trait_is_dropped(said):
    assert summary_for(f"This person prefers shorter answers. {said}") == "You prefer shorter answers."


@pytest.mark.parametrize("said", ["", "They want many worked examples.", "They are Catholic."])
def test_where_nothing_of_a_summary_is_left_it_is_put_together_from_the_traits(said):
    assert summary_for(said) == "This person prefers shorter answers."


def test_a_summary_has_at_most_four_whole_sentences():
    summary = summary_for("Prefers shorter answers. " * 60)

    assert summary == " ".join(["You prefer shorter answers."] * 4)


def test_a_summary_that_failed_is_named_and_put_together_from_the_traits():
    run, found = learnt(Scripted(says={"summarise": PermanentModelError("gone")}), pairs(6), quick=True)

    assert found.persona is not None
    assert found.persona.summary == "This person prefers shorter answers."
    assert run.missing == ["The model did not answer 1 of 1 calls while writing the summary: gone"]


def test_quick_asks_for_no_blind_judgement_and_has_no_examples():
    completer = FakeCompleter()

    _, found = learnt(completer, pairs(20), quick=True)

    assert set(asked_of(completer.prompts)) == {"propose", "vote", "summarise"}
    assert found.persona is not None
    assert found.persona.demonstrations == ()
    assert found.surprising == frozenset()


def test_a_fit_that_is_not_written_out_asks_for_no_summary():
    completer = FakeCompleter()

    _, found = learnt(completer, pairs(10), write=False)

    assert "summarise" not in asked_of(completer.prompts)
    assert found.persona is not None
    assert found.persona.demonstrations


@pytest.mark.parametrize(("count", "most"), [(5, 14), (10, 24), (15, 27), (30, 52)])
def test_a_full_fit_stays_within_its_number_of_calls(count, most):
    completer = FakeCompleter(ModelProfile("fake", slot_tokens=4096), generic=lambda text: len(text) / 1000)

    learnt(completer, pairs(count))

    assert completer.calls <= most


def test_where_no_trait_of_the_models_holds_the_counted_ones_stand_in_if_they_pass_the_gate():
    completer = Scripted(says={"vote": votes_by(lambda _name, _place: "-")})

    run, found = learnt(completer, pairs(12), quick=True)
    told = run.notes
    part, in_a_fold = learnt(completer, pairs(12), quick=True, write=False)

    assert found.evidence.traits == ()
    assert [trait.counted.measure for trait in found.persona.traits] == ["length"]
    assert told == [COUNTED_INSTEAD]
    assert "summarise" not in asked_of(completer.prompts)
    assert [trait.text for trait in in_a_fold.persona.traits] == [trait.text for trait in found.persona.traits]
    assert part.notes == []


def test_where_the_votes_separate_nothing_there_is_no_persona_and_no_summary_is_asked_for():
    given = [pair(number, chosen=f"same {number}", rejected=f"some {number}") for number in range(6)]
    completer = Scripted(says={"vote": votes_by(lambda _name, _place: "-")})

    _, found = learnt(completer, given)

    assert found.persona is None
    assert found.evidence.traits == ()
    assert "summarise" not in asked_of(completer.prompts)


@pytest.mark.parametrize(
    "said", ["nonsense", json.dumps({"traits": [{"trait": "is a nurse", "opposite": "", "when": ""}]})]
)
def test_where_the_model_proposes_nothing_usable_what_can_be_counted_is_tried_and_that_is_said(said):
    run, found = learnt(Scripted(says={"propose": said}), pairs(8), quick=True)

    assert run.notes == [COUNTED_ONLY]
    assert "less text" in found.votes.statements[0].text


def test_with_a_small_model_the_persona_is_counted_and_it_is_not_asked():
    completer = FakeCompleter(small_profile())

    run, found = learnt(completer, pairs(12))

    assert completer.calls == 0
    assert found.persona is not None
    (trait,) = found.persona.traits
    assert found.persona.summary == "This person prefers answers that are shorter."
    assert trait.counted is not None
    assert (trait.counted.measure, trait.counted.more, len(trait.supporting)) == ("length", False, 12)
    assert trait.weight > 0.5
    assert run.notes == [COUNTED_ALONE]


def test_below_the_gate_a_counted_persona_has_no_trait_and_says_so():
    run, found = learnt(FakeCompleter(small_profile()), pairs(5))

    assert found.persona == Persona(NO_PATTERN, ())
    assert run.notes == []
    assert found.counted is not None
    assert not found.counted.passes


def test_votes_that_failed_are_named_and_the_traits_rest_on_the_others():
    broken = Scripted(
        says={"vote": lambda prompt: PermanentModelError("gone") if "Question 7" in text_of(prompt) else None}
    )

    run, found = learnt(broken, pairs(10), quick=True)

    assert found.persona is not None
    assert len(found.evidence.rows) < 10
    assert any("holding traits against your choices: gone" in text for text in run.missing)


@pytest.mark.parametrize("quick", [True, False])
def test_a_model_that_answers_nothing_stops_the_run(quick):
    dead = Scripted(says=dict.fromkeys(("judge", "propose", "vote"), PermanentModelError("refused")))

    with pytest.raises(ModelUnavailable, match="refused"):
        learnt(dead, pairs(10), quick=quick)


def test_what_is_known_is_shown_as_soon_as_it_is_and_examples_take_no_call():
    completer = FakeCompleter()
    heard: list[tuple[str, int]] = []
    run = run_over(completer)
    run.emit = lambda event: heard.extend((name, completer.calls) for name in event.payload)

    asyncio.run(learn_traits(run, pairs(15)))

    calls_at = dict(reversed(heard))
    assert calls_at["unlike_others"] < calls_at["traits"] < calls_at["persona"] == completer.calls
    assert run.persona is not None


def persona(*traits, summary="A summary."):
    return Persona(summary, tuple(Trait(text, ("c",), weight=weight, when=when) for text, weight, when in traits))


def test_a_judge_is_told_every_trait_with_its_scope_and_how_strong_it_is():
    sure = Trait("likes lists", tuple("abcdefg"), tuple("hi"), weight=1.0, spread=0.3, sets_apart=True)
    of_code = Trait("For code: be brief", ("a",), weight=0.5, spread=0.5, when="code")

    *_, one, other = guide_of(Persona("A summary.", (sure, of_code))).split("\n")

    assert one == "- Likes lists (clear, 7 of 9, unlike most people)"
    assert other == "- For code: be brief (likely, 1 of 1)"


def test_where_there_is_no_trait_a_judge_is_told_nothing():
    assert guide_of(Persona("", ())) == ""


def test_a_summary_is_told_only_where_nothing_was_weighed():
    assert guide_of(persona(("likes lists", 0.0, ""))).startswith("A summary.\nTraits, in brackets")
    assert "A summary" not in guide_of(persona(("likes lists", 0.3, "")))


def test_what_was_learnt_comes_back_with_the_votes_it_rests_on():
    given = pairs(8)

    _, found = learnt(FakeCompleter(), given, quick=True)

    again = weigh(found.votes, given, 0)
    assert found.pairs == tuple(given)
    assert found.evidence.traits == again.traits
    assert votes_on(given, (Statement("x"), [1] * 8)).by_pair.keys() == found.votes.by_pair.keys()

"""Under each table stands what its intervals and p-values take as clusters: that depends on how many people there are."""

from __future__ import annotations

import pytest

from tests.services.evaluating.given import Rule, asked, evaluated, people_file

WHOLE = "Intervals and p-values take whole people as clusters."
FEW = "With fewer than 5 people, intervals take people, and conversations inside them, as clusters"
BOTH = f"{WHOLE} Where a figure is of fewer than 5 people, intervals take people, and conversations inside them, as"


def under(found, start):
    """The sentences below a table that begin so."""
    return [word for word in found.report["words"] if word.startswith(start)]


@pytest.mark.parametrize("question", ["baselines", "curve", "transfer"])
@pytest.mark.parametrize(("people", "said"), [(4, FEW), (5, WHOLE)])
def test_conversations_are_clusters_only_where_there_are_fewer_than_five_people(tmp_path, question, people, said):
    file = people_file(tmp_path / "people.jsonl", people)
    terms = asked(file, question=question, arms=("history",) if question == "curve" else ("prompt",), tests=2)

    found = evaluated(terms, tmp_path / "out", Rule())

    assert under(found, said)
    assert len(under(found, "Intervals") + under(found, "With fewer")) == 1
    assert (WHOLE in found.text) == (people == 5)


def test_a_row_of_few_people_in_a_table_of_many_is_told_of(tmp_path):
    said = {"single-1": {"stated_preferences": "I prefer short answers."}}
    file = people_file(tmp_path / "people.jsonl", 6, said=said)

    found = evaluated(asked(file, arms=("plain", "stated"), tests=2), tmp_path / "out", Rule())

    assert under(found, BOTH)


def test_a_table_without_an_interval_says_nothing_of_intervals(tmp_path):
    found = evaluated(asked(people_file(tmp_path / "people.jsonl")), tmp_path / "out", Rule(), minutes=0)

    assert "ntervals" not in found.text


@pytest.mark.parametrize(("people", "inside"), [(3, ", and each comparison inside them,"), (5, "")])
def test_the_interval_of_an_agreement_takes_comparisons_as_clusters_only_with_few_people(tmp_path, people, inside):
    said = {f"single-{number}": {"stated_preferences": f"I like it {number}."} for number in range(people)}
    file = people_file(tmp_path / "people.jsonl", people, tests=0, said=said)

    found = evaluated(asked(file, question="agreement", arms=("prompt",), tests=1), tmp_path / "out", Rule())

    assert under(found, f"An even split counts one half. The interval takes people{inside} as clusters.")

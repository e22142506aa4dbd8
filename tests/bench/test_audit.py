from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.choices.preference import Completion
from app.domain.measures import rows_of
from app.domain.texts.conversation import Turn
from app.induction.counting.counted_traits import counted
from app.induction.counting.prior import shipped_prior
from app.services.whole_files import read_pairs
from app.web.showing.sample_persona import FILE
from bench import audit as command
from bench import people
from bench.audit import audit, main, share_changed
from bench.other_topics import about_other_things

HISTORY = FILE.with_name("tulu-evaluator.jsonl")


@pytest.mark.parametrize("kind", people.WITH_A_TASTE)
def test_about_other_things_every_count_of_manner_stays_and_nearly_every_word_of_matter_goes(kind):
    pairs = people.pairs(kind, 1, 15)

    other = about_other_things(pairs, 3)

    assert rows_of(other) == rows_of(pairs)
    assert [pair.pair_id for pair in other] == [pair.pair_id for pair in pairs]
    assert all(one.context != two.context for one, two in zip(pairs, other, strict=True))
    assert about_other_things(pairs, 3) == other != about_other_things(pairs, 4)


def test_code_figures_and_signs_of_manner_stand_as_they_were_and_a_word_becomes_the_same_everywhere():
    (pair,) = people.pairs("single", 0, 1)
    text = "Perhaps Pythons eat 12mice. However, pythons sleep.\n```\npython = 1\n```"
    mine = replace(
        pair, context=(Turn("user", "Tell me of pythons?"),), chosen=Completion(text), rejected=Completion("Snakes.")
    )

    told = about_other_things([mine], 1)[0]

    assert "```\npython = 1\n```" in told.chosen.text
    assert "12mice" in told.chosen.text
    assert told.chosen.text.startswith("Perhaps ")
    assert ". However, " in told.chosen.text
    assert "python" not in told.chosen.text.partition("```")[0].lower()
    other = told.context[0].content.split()[-1].strip("?")
    assert len(other) == len("pythons")
    assert told.chosen.text.split()[1] == other.capitalize()
    assert len(told.chosen.text) == len(text)


@pytest.mark.parametrize("kind", ["single", "sparse", "length"])
def test_with_counting_no_trait_changes_with_the_topic(kind):
    found = [audit("a", people.pairs(kind, seed, 20), "counting", seed) for seed in range(2)]

    assert sum(len(each.kept) for each in found) > 2
    assert share_changed(found) == 0.0


def test_nor_does_one_of_a_real_person(capsys):
    main([str(HISTORY), "--check"])

    assert "0.0 % of the traits change with the topic" in capsys.readouterr().out
    assert rows_of(read_pairs(str(HISTORY), None).pairs)


def test_traits_that_follow_the_topic_are_lost_and_new_and_the_check_fails(monkeypatch, capsys, tmp_path: Path):
    rows = [people.row_of(pair, "a", "train") for pair in people.pairs("single", 1, 12)]
    file = tmp_path / "choices.jsonl"
    file.write_text("\n".join(json.dumps(row) for row in rows))

    def by_topic(pairs, prior):
        """Counting as it would be were it to go by a word: without a trait where that word is not asked about."""
        asked = any("Python" in pair.context[0].content for pair in pairs)
        found = counted(pairs, prior)
        return found if asked else replace(found, traits=())

    monkeypatch.setattr(command, "counted", by_topic)
    assert any("Python" in row["context"][0]["content"] for row in rows)
    with pytest.raises(SystemExit) as ended:
        main([str(file), "--check", "--show"])

    assert ended.value.code == 1
    assert "a, lost: " in capsys.readouterr().out


def test_a_file_with_too_few_choices_is_refused_in_a_sentence(tmp_path: Path):
    file = tmp_path / "few.jsonl"
    file.write_text("\n".join(json.dumps(people.row_of(pair, "a", "train")) for pair in people.pairs("single", 1, 3)))

    with pytest.raises(SystemExit, match="5 choices that teach"):
        main([str(file)])


def test_traits_of_a_model_are_the_same_where_they_speak_for_the_same_choices_in_whatever_words(monkeypatch):
    texts = iter(["short, concise answers", "brief answers", "briefly"])
    real = counted(people.pairs("single", 0, 15), shipped_prior()).traits[0]
    monkeypatch.setattr(command, "_traits", lambda *_: (replace(real, more=next(texts) == "briefly"),))

    found = audit("a", people.pairs("single", 0, 15), "stand-in", 0)

    assert (len(found.kept), found.changed, found.by_chance) == (1, 0, 0.0)

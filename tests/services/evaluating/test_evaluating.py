from __future__ import annotations

import json
from collections import Counter
from xml.etree import ElementTree as ET

import pytest

from app.domain.errors import BadInput, Conflict, ModelUnavailable
from app.services.evaluating.folder import opened, read_plan
from app.services.evaluating.questions import outcome
from app.services.evaluating.working import Advance
from tests.services.evaluating.given import ARMS, Killed, Rule, asked, evaluated, judgements, people_file


def test_the_baseline_table_has_a_row_an_arm_and_shows_that_a_known_taste_was_learnt(tmp_path):
    file = people_file(tmp_path / "people.jsonl", 6, choices=20, tests=6)

    found = evaluated(asked(file, tests=6, train=14), tmp_path / "out", Rule())

    rows = {row["arm"]: row for row in found.report["rows"]}
    assert list(rows) == list(ARMS)
    assert {row["n"] for row in rows.values()} == {36}
    assert rows["prompt"]["value"] > rows["plain"]["value"] + 0.1
    assert rows["prompt"]["to_plain"]["low"] < rows["prompt"]["to_plain"]["value"] < rows["prompt"]["to_plain"]["high"]
    assert rows["plain"]["flips_of"] == 36
    assert rows["longer"]["flips_of"] is None
    assert rows["coin"]["value"] == 0.5
    assert rows["coin"]["low"] is None
    assert found.is_whole
    assert "exported prompt" in found.text


def test_every_judgement_is_kept_and_the_table_is_printed_again_without_a_model(tmp_path):
    file = people_file(tmp_path / "people.jsonl")
    found = evaluated(asked(file), tmp_path / "out", Rule())
    (tmp_path / "out" / "table.txt").unlink()

    again = outcome(tmp_path / "out")

    kept = judgements(tmp_path / "out")
    assert again == found
    assert (tmp_path / "out" / "table.txt").read_text() == found.text
    assert json.loads((tmp_path / "out" / "report.json").read_text()) == found.report
    assert len(kept) == 4 * 3 * len(ARMS) == read_plan(tmp_path / "out")["judgements"]
    assert {"person", "pair", "arm", "log_odds", "hit", "flipped"} <= set(kept[0])


def test_the_plot_is_well_formed(tmp_path):
    evaluated(asked(people_file(tmp_path / "people.jsonl")), tmp_path / "out", Rule())

    root = ET.fromstring((tmp_path / "out" / "plot.svg").read_text(encoding="utf-8"))

    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert len(root.findall(".//{http://www.w3.org/2000/svg}circle")) == len(ARMS)


@pytest.mark.parametrize("dies_at", [5, 60, 110])
def test_a_command_that_died_goes_on_and_sends_no_answered_call_again(tmp_path, dies_at):
    file = people_file(tmp_path / "people.jsonl")
    whole, first, second = Rule(), Rule(dies_at=dies_at), Rule()
    expected = evaluated(asked(file), tmp_path / "whole", whole)
    with pytest.raises((Killed, BaseExceptionGroup)):
        evaluated(asked(file), tmp_path / "out", first)
    for name in ("ledger.jsonl", "judgements.jsonl"):
        with (tmp_path / "out" / name).open("ab") as file_left:
            file_left.write(b'{"what": "reply", "model": "ru')

    found = evaluated(asked(file), tmp_path / "out", second)

    answered = json.loads((tmp_path / "out" / "report.json").read_text())
    assert found.report["rows"] == expected.report["rows"]
    assert sorted(set(first.digests) | set(second.digests)) == sorted(set(whole.digests))
    # What was in flight when it died may be sent again: at most as many calls as the model takes at once.
    assert len(first.sent) + len(second.sent) <= len(whole.sent) + whole.profile.parallel
    assert answered["is_whole"]
    # The one that was being answered and those beside it: their tokens may have been paid for.
    assert 1 <= answered["unanswered_calls"] <= whole.profile.parallel
    assert answered["calls"] == len(first.sent) + len(second.sent)
    assert answered["unanswered_tokens"] > 0
    assert "in flight when a start ended" in found.text


def test_a_stopped_command_sends_nothing_twice_and_comes_to_the_same_table(tmp_path):
    file = people_file(tmp_path / "people.jsonl")
    whole, one, other = Rule(), Rule(), Rule()
    expected = evaluated(asked(file), tmp_path / "whole", whole)

    stopped = evaluated(asked(file), tmp_path / "out", one, most_calls=len(whole.sent) - 20)
    found = evaluated(asked(file), tmp_path / "out", other)

    assert not stopped.is_whole
    assert "The number of calls given is reached." in stopped.text
    assert "The same command with the same --out goes on from here." in stopped.text
    assert Counter(one.digests + other.digests) == Counter(whole.digests)
    assert max(Counter(whole.digests).values()) == 1
    assert found.text.replace("over all starts", "") == expected.text.replace("over all starts", "")


def test_a_finished_command_given_again_asks_nothing(tmp_path):
    file = people_file(tmp_path / "people.jsonl")
    evaluated(asked(file), tmp_path / "out", Rule())
    again = Rule()

    evaluated(asked(file), tmp_path / "out", again)

    assert again.sent == []
    assert len(judgements(tmp_path / "out")) == 4 * 3 * len(ARMS)


def test_a_stopped_command_has_everybody_equally_far(tmp_path):
    file = people_file(tmp_path / "people.jsonl")
    whole = Rule()
    evaluated(asked(file), tmp_path / "whole", whole)

    evaluated(asked(file), tmp_path / "out", Rule(), most_calls=len(whole.sent) - 14)

    by_person = Counter(row["person"] for row in judgements(tmp_path / "out") if row["arm"] == "plain")
    assert len(by_person) == 4
    assert max(by_person.values()) - min(by_person.values()) <= 1


def test_when_the_time_is_up_no_judgement_is_begun_and_the_table_of_what_is_there_is_printed(tmp_path):
    model = Rule()

    found = evaluated(asked(people_file(tmp_path / "people.jsonl")), tmp_path / "out", model, minutes=0)

    assert model.sent == []
    assert "The time given is up. 0 of 48 judgements are made." in found.text


def test_a_failed_judgement_is_counted_apart_and_tried_again_by_the_next_command(tmp_path, monkeypatch):
    monkeypatch.setattr("app.services.calling.model_calls.MOST_TRIES", 1)
    file = people_file(tmp_path / "people.jsonl")
    whole = Rule()
    evaluated(asked(file), tmp_path / "whole", whole)
    last = len(whole.sent)

    first = evaluated(asked(file), tmp_path / "out", Rule(fails=range(last, last + 1)))
    second = evaluated(asked(file), tmp_path / "out", Rule())

    (failed,) = [row for row in first.report["rows"] if row["failed"]]
    assert (failed["n"], failed["failed"], first.report["failed_calls"]) == (11, 1, 1)
    assert [row["failed"] for row in second.report["rows"]] == [0, 0, 0, 0]


@pytest.mark.slow
def test_lessons_in_which_calls_failed_are_counted_below_the_table(tmp_path, monkeypatch):
    monkeypatch.setattr("app.services.calling.model_calls.MOST_TRIES", 1)
    file = people_file(tmp_path / "people.jsonl")

    first = evaluated(asked(file), tmp_path / "out", Rule(fails=range(3, 8)))
    again = evaluated(asked(file), tmp_path / "out", Rule())

    assert "1 of 4 lessons misses something; see learnt.jsonl." in first.report["words"]
    assert "learnt.jsonl" not in again.text


def test_answers_on_both_sides_of_a_files_own_split_are_said_below_the_table(tmp_path):
    file = people_file(tmp_path / "people.jsonl", 1)
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    taught = next(row for row in rows if row["split"] == "train")
    tested = next(row for row in rows if row["split"] == "test")
    tested |= {"context": taught["context"], "chosen": taught["chosen"]}
    file.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")

    found = evaluated(asked(file, tests=4), tmp_path / "out", Rule())

    assert (
        "By the file's own split, 1 of 4 unseen choices has the request and one answer in common with a choice that is "
        "learnt from." in found.report["words"]
    )


@pytest.mark.slow
def test_a_model_that_has_gone_silent_ends_the_command_and_what_was_done_is_kept(tmp_path, monkeypatch):
    monkeypatch.setattr("app.services.calling.model_calls.MOST_TRIES", 1)
    file = people_file(tmp_path / "people.jsonl")
    whole = Rule()
    evaluated(asked(file), tmp_path / "whole", whole)

    with pytest.raises(ModelUnavailable, match="the same command again"):
        evaluated(asked(file), tmp_path / "out", Rule(fails=range(len(whole.sent) - 40, 10_000)))

    assert any(row["hit"] is not None for row in judgements(tmp_path / "out"))


def test_another_question_is_not_mixed_into_a_folder(tmp_path):
    file = people_file(tmp_path / "people.jsonl")
    evaluated(asked(file), tmp_path / "out", Rule(), minutes=0)

    with pytest.raises(BadInput, match=r"another evaluation: tests not the same"):
        evaluated(asked(file, tests=2), tmp_path / "out", Rule())
    people_file(file, choices=18)
    with pytest.raises(BadInput, match="another evaluation: files not"):
        evaluated(asked(file), tmp_path / "out", Rule())


def test_a_folder_made_with_other_prompt_texts_is_said_to_be_so(tmp_path):
    file = people_file(tmp_path / "people.jsonl")
    evaluated(asked(file), tmp_path / "out", Rule(), minutes=0)
    plan = read_plan(tmp_path / "out")
    (tmp_path / "out" / "plan.json").write_text(json.dumps({**plan, "prompts": {}}))

    with pytest.raises(BadInput, match="other prompt texts"):
        evaluated(asked(file), tmp_path / "out", Rule())


def test_two_commands_cannot_write_to_one_folder(tmp_path):
    file = people_file(tmp_path / "people.jsonl")
    evaluated(asked(file), tmp_path / "out", Rule(), minutes=0)

    with (
        opened(tmp_path / "out", read_plan(tmp_path / "out")),
        pytest.raises(Conflict, match="Another command is writing"),
    ):
        evaluated(asked(file), tmp_path / "out", Rule())


def test_by_folds_every_choice_is_tested_once_and_never_by_what_it_taught(tmp_path):
    file = people_file(tmp_path / "people.jsonl", choices=12, tests=0)

    found = evaluated(asked(file, nested=None, tests=9), tmp_path / "out", Rule())

    kept = [(row["person"], row["pair"]) for row in judgements(tmp_path / "out") if row["arm"] == "prompt"]
    assert len(kept) == len(set(kept)) == 4 * 9
    assert found.report["is_whole"]
    assert read_plan(tmp_path / "out")["lessons"] == 12


def test_arms_that_a_person_said_nothing_for_are_left_out_for_that_person(tmp_path):
    said = {"single-1": {"stated_preferences": "I prefer short answers.", "demographics": {"age": "20"}}}
    file = people_file(tmp_path / "people.jsonl", said=said)

    found = evaluated(asked(file, arms=("plain", "stated", "demographics")), tmp_path / "out", Rule())

    assert [(row["arm"], row["n"]) for row in found.report["rows"]] == [
        ("plain", 12),
        ("stated", 3),
        ("demographics", 3),
    ]


def test_progress_is_told_with_counts_and_an_estimate(tmp_path):
    heard: list[Advance] = []

    evaluated(asked(people_file(tmp_path / "people.jsonl")), tmp_path / "out", Rule(), tell=heard)

    learning = [one for one in heard if one.stage == "learning"]
    judging = [one for one in heard if one.stage == "judging"]
    assert (learning[-1].done, learning[-1].total) == (4, 4)
    assert (judging[-1].done, judging[-1].total) == (12, 12)
    assert all(one.seconds_left is not None for one in judging)
    assert judging[-1].seconds_left == 0


@pytest.mark.parametrize(
    ("terms", "said"),
    [
        ({"arms": ("plain", "magic")}, "no arm 'magic'"),
        ({"recipe": "secret"}, "no recipe 'secret'"),
        ({"tests": 0}, "begin at 1"),
        ({"people": "0"}, "begin at 1"),
        ({"people": "single-0,nobody"}, "'nobody' has no choices"),
    ],
)
def test_terms_that_make_no_sense_are_refused_before_anything_is_sent(tmp_path, terms, said):
    model = Rule()

    with pytest.raises(BadInput, match=said):
        evaluated(asked(people_file(tmp_path / "people.jsonl"), **terms), tmp_path / "out", model)

    assert model.sent == []
    assert not (tmp_path / "out").exists()


def test_a_file_in_which_nobody_has_choices_enough_is_refused(tmp_path):
    with pytest.raises(BadInput, match="Nobody can be evaluated: 4 people made fewer than 5 choices"):
        evaluated(asked(people_file(tmp_path / "people.jsonl", choices=4, tests=1)), tmp_path / "out", Rule())


def test_a_folder_without_an_evaluation_has_no_table(tmp_path):
    with pytest.raises(BadInput, match="holds no evaluation"):
        outcome(tmp_path)

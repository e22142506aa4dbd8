from __future__ import annotations

import random

from bench.line_bands import KINDS, SIZES, main, simulated


def test_simulated_people_are_judged_at_every_size_and_some_have_fewer_choices():
    few, many = (simulated(random.Random(1), people, KINDS[1]) for people in (5, 9))

    assert len(few) == 5 * 6 * len(SIZES)
    assert len(many) == 6 * 6 * len(SIZES) + 3 * 6 * 4
    assert {one.value for one in many} == {0.0, 1.0}


def test_the_table_has_a_row_for_each_number_of_people_and_kind(capsys):
    main(["--people", "5", "--trials", "3"])

    rows = capsys.readouterr().out.splitlines()[2:]
    assert [row.split(" | ")[1] for row in rows] == [kind.name for kind in KINDS]
    assert all(0 <= int(cell) <= 100 for row in rows for cell in row.strip("| ").split(" | ")[2:])

"""The plots of an evaluation, and what its tables say of their own limits."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict
from xml.etree import ElementTree as ET

import pytest

from app.services.evaluating import baselines, curve, transfer
from app.services.evaluating.folder import Judged, Record
from app.services.evaluating.plots import Curve, Dot, dots_with_intervals, line_with_band, matrix
from app.services.evaluating.tables import Findings

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = '</text><script>alert(1)</script> & "q" \x1b[31m\x00 ' + "x" * 80
NOWHERE = Dot(HOSTILE, math.nan, math.nan, math.nan, HOSTILE, is_thin=True)
SOME = Dot("plain", 0.53, 0.41, 0.66, "38 of 72, 12 people")
BAND = [(3.0, 0.5, 0.3, 0.7), (10.0, 1.2, 0.9, 1.4)]


@pytest.mark.parametrize(
    "svg",
    [
        dots_with_intervals(HOSTILE, [SOME, NOWHERE], HOSTILE),
        dots_with_intervals("Nobody", [], "right"),
        line_with_band(HOSTILE, Curve([(3, SOME), (10, NOWHERE)], BAND, 0.5, HOSTILE), HOSTILE, HOSTILE),
        line_with_band("Nothing", Curve([], [], math.nan, ""), "choices", "right"),
        matrix(HOSTILE, (HOSTILE, HOSTILE), [HOSTILE], ["a", HOSTILE], [[SOME, NOWHERE]]),
        matrix("Nothing", ("down", "across"), [], [], []),
    ],
)
def test_a_plot_is_well_formed_whatever_the_names_and_figures(svg):
    root = ET.fromstring(svg)

    texts = [element.text or "" for element in root.iter() if element.tag.endswith("text")]
    assert {element.tag.rpartition("}")[2] for element in root.iter()} <= {
        "svg", "title", "text", "line", "circle", "polygon", "rect"
    }  # fmt: skip
    assert "nan" not in svg.lower().replace(HOSTILE, "")
    assert root.find(f"{SVG}title") is not None
    assert not any("\x1b" in text for text in texts)


def words_of(svg: str) -> str:
    return " ".join(element.text or "" for element in ET.fromstring(svg).iter(f"{SVG}text"))


def test_a_plot_names_its_axes_its_intervals_and_what_each_dot_rests_on():
    dots = words_of(dots_with_intervals("Title", [SOME], "unseen choices guessed right"))
    line = words_of(line_with_band("Title", Curve([(3, SOME)], BAND, 0.5, "plain judge"), "choices", "guessed right"))
    cells = words_of(matrix("Title", ("learnt with", "deployed with"), ["a"], ["b"], [[SOME]]))

    for words in (dots, line, cells):
        assert "95 %" in words
        assert "38 of 72, 12 people" in words
    assert "unseen choices guessed right" in dots
    assert {"choices", "guessed", "right"} <= set(line.split())
    assert "Band: 95 % interval of the line" in line
    assert "Dashed: plain judge, 50.0 %" in line
    assert "learnt with" in cells
    assert "deployed with" in cells


def test_a_dot_that_rests_on_fewer_people_is_hollow_and_the_plot_says_what_that_means():
    thin = Dot("stated", 0.5, 0.2, 0.8, "4 of 8, 3 people", is_thin=True)

    svg = dots_with_intervals("Title", [SOME, thin], "right")

    fills = [circle.get("fill") for circle in ET.fromstring(svg).iter(f"{SVG}circle")]
    assert len(set(fills)) == 2
    assert "A hollow dot rests on fewer people than the others." in words_of(svg)
    assert "hollow" not in words_of(dots_with_intervals("Title", [SOME], "right"))


def test_the_band_is_drawn_inside_the_plot_and_has_width_at_every_size():
    svg = line_with_band("Title", Curve([(3, SOME)], BAND, 0.5, "plain judge"), "choices", "right")

    (polygon,) = ET.fromstring(svg).iter(f"{SVG}polygon")
    points = [tuple(map(float, point.split(","))) for point in str(polygon.get("points")).split()]
    heights: dict[float, list[float]] = {}
    for x, y in points:
        heights.setdefault(x, []).append(y)
    assert {len(both) for both in heights.values()} == {2}
    assert min(abs(one - other) for one, other in heights.values()) > 5
    assert all(50 < y < 330 for _, y in points)


def judged(arms: Mapping[tuple[str, int], float], *, people: int = 12) -> Record:
    """A record in which each person has ten unseen choices, of which a share is guessed right under (arm, size)."""
    rows = [
        asdict(
            Judged(
                person=f"p{who}",
                conversation=f"k{n}",
                pair=f"c{n}",
                arm=arm,
                learnt_from=size,
                learnt_with="m",
                judged_with="m",
                log_odds=1.0,
                hit=(n + who) % 10 < 10 * share,
                flipped=False,
                told="",
            )
        )
        for (arm, size), share in arms.items()
        for who in range(people)
        for n in range(10)
    ]
    names = list(dict.fromkeys(arm for arm, _ in arms))
    plan = {"seed": 0, "arms": names, "learn_with": ["m"], "judge_with": ["m"]}
    return Record(plan, rows, [])


def curve_of(plain: float, shares: Mapping[int, float]) -> Findings:
    by_size = {("both", size): share for size, share in shares.items()}
    return curve.findings(judged({**by_size, ("plain", 3): plain}))


def test_nothing_is_said_of_where_the_line_meets_the_plain_judge_unless_it_does_in_the_range():
    above = curve_of(0.5, {3: 0.7, 8: 0.8, 15: 0.9})
    below = curve_of(1.0, {3: 0.5, 8: 0.6, 15: 0.7})
    through = curve_of(0.6, {3: 0.5, 8: 0.6, 15: 0.7})

    assert not [word for found in (above, below) for word in found.words if "meets" in word]
    assert "It meets the plain judge's 60.0 % at about 9 choices." in through.words[0]
    assert "from 70.6 % (95 % " in above.words[0]
    assert "at 3 choices to 90.5 % (95 % " in above.words[0]


def test_the_report_of_a_curve_holds_the_band_at_every_size():
    found = curve_of(0.5, {3: 0.7, 8: 0.8, 15: 0.9}).as_json()

    band = {one["size"]: one for one in found["band"]}
    assert set(band) >= {3.0, 8.0, 15.0}
    assert all(0 <= one["low"] < one["value"] < one["high"] <= 1 for one in band.values())
    assert set(found["slope"]) == {"value", "low", "high", "p", "intercept"}


@pytest.mark.parametrize(
    ("question", "names", "fewer"),
    [(baselines, ["plain", "both"], "both"), (transfer, ["both"], "both"), (curve, ["both"], 8)],
)
def test_a_row_that_rests_on_fewer_people_says_so_in_the_table_below_it_and_in_the_plot(question, names, fewer):
    record = judged({("plain", 3): 0.5, ("both", 3): 0.7, ("both", 8): 0.8})
    kept = [
        row for row in record.rows if fewer not in (row["arm"], row["learnt_from"]) or row["person"] in {"p0", "p1"}
    ]

    found = question.findings(Record({**record.plan, "arms": names}, kept, []))

    column = found.columns.index("people")
    assert {row[column] for row in found.rows} == {"12", "2"}
    assert "Resting on fewer people than the others (12): " in " ".join(found.words)
    assert "2 people" in words_of(found.plot)


def test_an_arm_whose_own_interval_leaves_out_nothing_is_explained_where_it_is_not_counted_as_different():
    """A difference that is beyond chance by itself and not among several."""
    record = judged({(arm, 3): 0.5 for arm in ("plain", "memory", "history", "prompt", "both")}, people=7)
    for row in record.rows:
        if row["arm"] == "prompt" and row["pair"] == "c0" and row["person"] != "p0":
            row["hit"] = True
    # Better for six of seven people and worse for none: p 1/32 alone, and 4/32 among four arms.
    for row in record.rows:
        if row["arm"] == "plain" and row["pair"] == "c0":
            row["hit"] = False

    found = baselines.findings(record)

    rows = {row["arm"]: row for row in found.figures}
    assert rows["prompt"]["to_plain"]["p"] < 0.05 < rows["prompt"]["p_holm"]
    assert "No arm that asks the model differs from the plain judge" in found.words[0]
    assert (
        "Not counted as different though its own interval leaves out 0 or its own p is below 0.05: exported prompt (p "
        in (found.words[1])
    )
    assert "4 arms were tried at once" in found.words[1]


def test_nothing_is_explained_where_nothing_looks_different():
    record = judged({(arm, 3): 0.5 for arm in ("plain", "memory", "both")})

    found = baselines.findings(record)

    assert "differs" in found.words[0]
    assert not [word for word in found.words if "Not counted" in word]

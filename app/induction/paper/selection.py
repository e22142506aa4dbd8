"""Step 3 of the paper: which worked examples join the persona, chosen on validation pairs that did not write it.

`propose_few` and the soft score are ours: at most four candidates, compared by mean log-odds of the real choices.
`propose_random` and the hard score are the paper's: ten random sets and the fixed ones beside them, compared by hits.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

from app.domain.choices.preference import PreferencePair
from app.domain.personas.persona import Demonstration
from app.induction.judging.bootstrap import Trace
from app.induction.judging.evaluation import judge_each, mean_log_odds, ordered_hits
from app.induction.judging.judge import Condition
from app.induction.model.language_model import Judging
from app.induction.run import Judgement, Run

Candidate = tuple[Demonstration, ...]
RANDOM_SETS = 10
_FEW = 3
_FEW_SMALL = 2


def propose_few(traces: Sequence[Trace], seed: int, *, most: int, small: bool) -> list[Candidate]:
    """At most `most` different candidates: none, some verified pairs, some wrongly guessed ones, a mix of both."""
    size = _FEW_SMALL if small else _FEW
    rng = random.Random(seed)
    explained = _shuffled([trace for trace in traces if trace.reasoning], rng)
    surprising = _shuffled([trace for trace in traces if not trace.reasoning], rng)
    mixed = [trace for both in zip(surprising, explained, strict=False) for trace in both]
    candidates: list[Candidate] = [()]
    for group in (explained[:size], mixed[:size], surprising[:size]):
        candidate = tuple(Demonstration(trace.pair, trace.reasoning) for trace in group)
        if candidate not in candidates:
            candidates.append(candidate)
    return candidates[:most]


def propose_random(traces: Sequence[Trace], seed: int, train: int, *, with_none: bool) -> list[Candidate]:
    """The paper's candidates: ten random sets (size uniform 1..train), all in order, labels only, and perhaps none.

    A set can hold no more than the verified traces there are. One pair may stand in a set once an order.
    """
    verified = [trace for trace in traces if trace.reasoning]
    rng = random.Random(seed)
    candidates: list[Candidate] = [()] if with_none else []
    candidates.append(tuple(Demonstration(trace.pair, trace.reasoning) for trace in verified))
    labels = {trace.pair.pair_id: Demonstration(trace.pair) for trace in traces}
    candidates.append(tuple(labels.values()))
    for _ in range(RANDOM_SETS):
        size = min(rng.randint(1, train), len(verified))
        candidates.append(tuple(Demonstration(t.pair, t.reasoning) for t in rng.sample(verified, size)))
    return candidates


async def pick(
    run: Run,
    candidates: Sequence[Candidate],
    validation: Sequence[PreferencePair],
    *,
    guide: str,
    form: Judging,
    name: str,
    hard: bool,
    done: int = 0,
    total: int | None = None,
) -> Candidate:
    """The candidate that predicts the validation pairs best; of equals the one named first. Two calls a pair and candidate.

    A candidate on which the model failed throughout cannot win; without any usable judgement the first one stands.
    `done` and `total` place these judgements in a longer count.
    """
    conditions = [Condition(f"{name} {place}", guide, candidate) for place, candidate in enumerate(candidates)]
    asked = [(pair, condition) for condition in conditions for pair in validation]
    judgements = await judge_each(run, asked, form, "picking", done=done, total=total)
    score: Callable[[Sequence[Judgement]], float | None] = ordered_hits if hard else mean_log_odds
    best, best_score = 0, float("-inf")
    for place in range(len(candidates)):
        scored = score(judgements[place * len(validation) : (place + 1) * len(validation)])
        if scored is not None and scored > best_score:
            best, best_score = place, scored
    return candidates[best]


def _shuffled(traces: list[Trace], rng: random.Random) -> list[Trace]:
    return rng.sample(traces, len(traces))

from __future__ import annotations

from app.domain.choices.preference import Verdict
from app.services.choosing import comparing
from app.storage.choosing import by_model
from app.storage.database import Database
from tests.builders import a_choice, an_account


def test_blind_verdicts_between_two_models_are_counted_whichever_stood_first(database: Database) -> None:
    with database.writing() as session:
        me, other = an_account(session), an_account(session)

        def judged(verdict: Verdict, models: tuple[str, str], account: str = me, **more: object) -> str:
            return a_choice(session, account, verdict, models=models, **more)  # type: ignore[arg-type]

        judged(Verdict.FIRST, ("mild", "bold"))
        judged(Verdict.SECOND, ("bold", "mild"))
        judged(Verdict.SECOND, ("mild", "bold"))
        judged(Verdict.SAME, ("mild", "bold"))
        judged(Verdict.BOTH_BAD, ("bold", "mild"))
        # None of these tells whose answers are chosen.
        judged(Verdict.SKIP, ("mild", "bold"))
        judged(Verdict.FIRST, ("mild", "mild"))
        judged(Verdict.FIRST, ("mild", ""))
        judged(Verdict.FIRST, ("mild", "bold"), other)
        judged(Verdict.FIRST, ("mild", "bold"), source="sample", is_sample=True)
        judged(Verdict.FIRST, ("mild", "bold"), first="I am ChatGPT, made by OpenAI.")
        seen = judged(Verdict.FIRST, ("mild", "bold"))
        comparing.give_verdict(session, me, seen, Verdict.SECOND, 1_500)

        assert by_model.counted(session, me) == {("bold", "mild"): (1, 2, 2)}

"""The judge of a persona as a file: what was tested, for whoever wants to ask it on their own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.domain.choices.preference import Completion, PreferencePair
from app.domain.personas.persona import COUNTING, Persona
from app.domain.prompt_targets import guide, persona_from_document
from app.domain.prompt_targets.report import arms_of, is_counted, proof_sentences
from app.domain.texts.conversation import Turn
from app.domain.texts.request_kinds import KINDS, OTHER
from app.domain.texts.scopes import applies
from app.induction.judging.judge import Condition, judging_prompts
from app.induction.judging.stacked import stacked_prompt
from app.induction.model.language_model import Judging, Message, ModelProfile

_NO_LIMIT = 10**9
_IN_TURN = (
    "Send the messages, then the question as one more user message, with your texts in place of the names in double "
    "braces. For a request of a kind named in system_when, take its system message instead of the first. "
)
_HOW: Mapping[str, str] = {
    "both_orders": _IN_TURN + "Ask twice, the answers the other way round, and let the two replies count alike.",
    "reasoned": _IN_TURN + "Ask twice, the answers the other way round, and let the two replies count alike.",
    "stacked": _IN_TURN
    + "Several questions may be asked at once, numbered; ask them twice, with the answers and the questions the other way "
    "round, and let the two replies count alike.",
    COUNTING: "No model was asked. Count for each predicate which answer has more of its measure (docs/induction.md); where that is "
    "the one with more and `more` is true, or the other and it is false, add its log-odds, else take them off. Messages and question "
    "are what a model could be asked instead; with it nothing was tested.",
    "pointwise": _IN_TURN + "Ask once for each answer; the one with the likelier Yes is the one that would be chosen.",
}


def tested_judge(document: Mapping[str, Any], *, small: bool) -> dict[str, Any]:
    """The messages that were tested: a system message and the examples as turns, to be followed by the question.

    `{"form", "how", "tested", "messages": [{"role", "content"}], "system_when": {kind: system message}, "question"}`.
    Traits that hold for one kind of request stand only in its system message. Where an example was too long for the
    model at the test, it was left out there and stands here. `small` says whether the document's model is the embedded one.
    Where counting was tested, `predicates` are what did it.
    """
    persona, model = persona_from_document(document), str(document["model"])
    counted = is_counted(document.get("report"))
    form: Judging = "both_orders" if counted else _form(document, small=small)
    profile = ModelProfile(model, slot_tokens=_NO_LIMIT, judging=form, small=small and not counted)
    names = ("{{answer}}", "") if form == "pointwise" else ("{{answer_a}}", "{{answer_b}}")
    one, other = (Completion(name) for name in names)
    asked = PreferencePair("", (Turn("user", "{{request}}"),), one, other, "", chosen_first=True)

    def told(kind: str) -> tuple[Message, ...]:
        condition = _condition(document, persona, kind)
        if form == "stacked":
            return stacked_prompt([(asked, condition, True)], profile).prompt.messages
        return judging_prompts(asked, condition, form, profile)[0].prompt.messages

    *before, question = told(OTHER)
    systems = {kind: told(kind)[0].content for kind in KINDS}
    told_form = COUNTING if counted else form
    predicates = [
        {**trait.counted.as_json(), "log_odds": trait.weight} for trait in persona.traits if trait.counted is not None
    ]
    return {
        "form": told_form,
        "how": _HOW[told_form],
        **({"predicates": predicates} if counted else {}),
        "tested": " ".join(proof_sentences(document)),
        "messages": [{"role": message.role, "content": message.content} for message in before],
        "system_when": {kind: text for kind, text in systems.items() if text != before[0].content},
        "question": question.content,
    }


def _condition(document: Mapping[str, Any], persona: Persona, kind: str) -> Condition:
    """What the judge was told: the exported text; of reports of old, the traits and the examples."""
    arms = arms_of(document.get("report"))
    if "both" in arms and "prompt" not in arms:
        texts = [trait.text for trait in persona.traits if applies(trait.when, kind)]
        is_weighed = any(trait.weight for trait in persona.traits)
        return Condition("both", guide("" if is_weighed else persona.summary, texts), persona.demonstrations)
    text = str((document.get("prompts") or {}).get("system", ""))
    return Condition("prompt", text, lead="guide_prompt") if text else Condition("prompt")


def _form(document: Mapping[str, Any], *, small: bool) -> Judging:
    """How pairs were judged. Reports of old do not say; verdicts that could not change with an order were about each
    answer alone."""
    report = document.get("report") or {}
    if report.get("form") in _HOW:
        form: Judging = report["form"]
        return form
    if document["recipe"] == "paper":
        return "reasoned"
    tested = arms_of(report).get("prompt") or arms_of(report).get("both")
    is_alone = tested["flips"] is None if tested else small
    return "pointwise" if is_alone else "both_orders"

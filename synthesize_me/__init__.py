"""Synthesize Me as a library: five calls, documented in docs/library.md.

    import synthesize_me as sm

    persona = sm.induce(choices, model)              # a list of dicts, or the path of a file
    guess = sm.predict(persona, "What is TLS?", "A protocol.", "Great question! TLS is ...", model)
    report = sm.evaluate(persona, other_choices, model)
    sm.save(persona, "persona.json")
    persona = sm.load("persona.json")

They work in scripts and in notebooks alike; `synthesize_me.aio` has the same calls to be awaited. What goes wrong is a
`ProblemError`, whose text says what to do next. Nothing here reads settings, opens a database or needs a web server.
"""

from __future__ import annotations

import app

if not hasattr(app, "__version__") or "Synthesize Me" not in (app.__doc__ or ""):
    raise ImportError(
        f"Another module named `app` ({getattr(app, '__file__', 'a folder')}) stands before the one of Synthesize Me. "
        "Start Python from another folder, or rename that module."
    )

from app.domain.errors import BadInput, BudgetReached, ModelUnavailable, ProblemError
from app.induction.model.language_model import Message, ModelProfile, Prompt, Reply, Usage
from app.induction.predict import Prediction
from app.induction.run import Progress
from app.services.evaluating.one_persona import EvaluationReport as Evaluation
from synthesize_me.calls import evaluate, induce, predict
from synthesize_me.hosted import Hosted
from synthesize_me.models import OwnModel
from synthesize_me.persona import Persona, load, save

__version__ = app.__version__
__all__ = [
    "BadInput",
    "BudgetReached",
    "Evaluation",
    "Hosted",
    "Message",
    "ModelProfile",
    "ModelUnavailable",
    "OwnModel",
    "Persona",
    "Prediction",
    "ProblemError",
    "Progress",
    "Prompt",
    "Reply",
    "Usage",
    "evaluate",
    "induce",
    "load",
    "predict",
    "save",
]

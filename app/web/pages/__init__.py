"""The pages, one module each; `ROUTERS` is what the application includes. Pages do not import one another."""

from __future__ import annotations

from fastapi import APIRouter

from app.web.pages import (
    archives,
    choices,
    choose,
    data,
    documents,
    doubtful,
    entering,
    frame,
    home,
    importing,
    keeping,
    operators,
    persona,
    problems,
    prompt,
    research,
    run,
    samples,
    words,
)

ROUTERS: tuple[APIRouter, ...] = (
    home.router,
    choose.router,
    choices.router,
    importing.router,
    samples.router,
    doubtful.router,
    words.router,
    archives.router,
    run.router,
    persona.router,
    prompt.router,
    data.router,
    keeping.router,
    entering.router,
    research.router,
    operators.router,
    documents.router,
    frame.router,
    problems.router,
)

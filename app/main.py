"""Puts the web application together."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute

from app.adapters.configured import completer
from app.adapters.model_status import model_status, with_troubles
from app.adapters.prices import caps_of
from app.adapters.roster.listing import Roster
from app.services.calling.habits_rows import HabitsRows
from app.services.calling.knowing import known_so_far
from app.services.calling.provider_health import troubles
from app.services.calling.provider_rest import utc_now
from app.settings import Settings
from app.storage.database import Database
from app.storage.stored import StorageLimits
from app.surroundings.bundled import bundled
from app.web import api, pages, reference
from app.web.api.describing import describe
from app.web.errors import UnexpectedErrors, add_handlers
from app.web.following import Looks, PairLooks
from app.web.guards.admitting import Room, room_for_archives
from app.web.guards.openings import FewOpenings, Openings
from app.web.guards.places import Places
from app.web.guards.rates import Limits, RateLimitHeaders
from app.web.guards.requests import GuardedRoute
from app.web.guards.security import CachedFiles, Guards, SecurityHeaders
from app.web.guards.sizes import ARCHIVE_BYTES
from app.web.guards.transactions import LONGEST_WAIT_SECONDS, Gates
from app.web.guards.turns import Turns
from app.web.methods import HeadAsGet
from app.web.signing_in import SignInCookie
from app.web.streams import Streams

STATIC = bundled("static")


class Application(FastAPI):
    """FastAPI with an OpenAPI document that tells what guards and limits answer as well."""

    def openapi(self) -> dict[str, Any]:
        """The document, made at the first call."""
        if self.openapi_schema is None:
            self.openapi_schema = describe(super().openapi(), self.routes, self.state.settings)
        return self.openapi_schema


def _operation_id(route: APIRoute) -> str:
    """The name of the route's function, which tells a person what it does."""
    return route.name


def create_app(settings: Settings) -> FastAPI:
    """The web application on the database of the settings, which must have been migrated. Calls no model."""
    limits = StorageLimits(settings.storage_megabytes * 1_000_000, settings.storage_conversations)
    database = Database(
        settings.app_database_url, limits, patience=LONGEST_WAIT_SECONDS, forgotten_log=settings.forgotten
    )

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        database.close()

    app = Application(
        title="Synthesize Me",
        version=api.VERSION,
        description=api.DESCRIPTION,
        openapi_url="/api/v1/openapi.json",
        generate_unique_id_function=_operation_id,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
    )
    app.router.route_class = GuardedRoute
    app.state.settings = settings
    app.state.database = database
    app.state.gates = Gates(database)
    app.state.turns = Turns()
    app.state.room = Room()
    app.state.archive_room = room_for_archives(ARCHIVE_BYTES)
    app.state.places = Places()
    app.state.openings = Openings(settings)
    app.state.streams = Streams()
    app.state.looks = Looks(database)
    app.state.pair_looks = PairLooks(database)
    app.state.limits = Limits(settings)
    app.state.roster = roster = Roster(settings)
    app.state.model_status = lambda: with_troubles(
        model_status(settings, roster.names), troubles(database), roster.names, utc_now()
    )
    kept = HabitsRows(database)
    app.state.price_of = caps_of(settings, roster.price_of).price_of
    app.state.model_known = lambda: known_so_far(completer(settings), settings, kept)

    add_handlers(app)
    app.add_middleware(UnexpectedErrors)
    app.add_middleware(Guards, settings=settings)
    app.add_middleware(SignInCookie, settings=settings)
    app.add_middleware(RateLimitHeaders)
    app.add_middleware(FewOpenings, openings=app.state.openings)
    app.add_middleware(SecurityHeaders, settings=settings)
    app.add_middleware(HeadAsGet)

    _add_health(app, database)
    app.router.routes.extend(_routes())
    app.mount("/static", CachedFiles(directory=STATIC))
    return app


@cache
def _routes() -> list[BaseRoute]:
    """The routes of every application of this process: FastAPI reads their parameters when they are first asked, and reads
    them again, which takes a third of a second, for each router it includes them in."""
    router = APIRouter(generate_unique_id_function=_operation_id)
    router.include_router(api.router)
    router.include_router(reference.router)
    for page in pages.ROUTERS:
        router.include_router(page, include_in_schema=False)
    return router.routes


def _add_health(app: FastAPI, database: Database) -> None:
    @app.get("/healthz", include_in_schema=False)
    async def healthz() -> JSONResponse:
        """Alive; asks nothing of the database."""
        return JSONResponse({"alive": True})

    @app.get("/readyz", include_in_schema=False)
    def readyz() -> JSONResponse:
        """Ready to serve; 503 while the database does not answer."""
        database.ping()
        return JSONResponse({"ready": True})

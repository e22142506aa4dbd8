"""Strict reading of request bodies: what is malformed is refused with a sentence, before anything is stored.

One rule for every route, the same on both databases: text is valid UTF-8 without NUL characters and without lone
surrogates; JSON is standard JSON (no NaN, no Infinity, no repeated names, nested at most 64 deep); a form has each field
once. Texts and numbers of JSON are checked where they are taken (api.models.Taken), so that a field nobody asked for
refuses nothing. Files keep their bytes here: the importers read those.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Coroutine
from http import HTTPStatus
from typing import Any, NoReturn
from urllib.parse import unquote_to_bytes

from fastapi.dependencies.models import Dependant
from fastapi.params import Form
from fastapi.routing import APIRoute
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message, Receive

from app.web.guards import admitting
from app.web.guards.form_keys import check_key, needs_key
from app.web.guards.sizes import (
    ARCHIVE_BYTES,
    BODY_BYTES,
    DROPPED_BYTES,
    MANY_FILES,
    MOST_FILES,
    Endpoint,
    most_bytes_of,
)
from app.web.refusals import Refused

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

DEEPEST = 64
MOST_DIGITS = 100
FORM_FIELDS = 1_000

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


class StrictRequest(Request):
    """A request whose JSON and forms are checked while they are read."""

    async def json(self) -> Any:
        if not hasattr(self, "_json"):
            self._json = strict_json(await self.body())
        return self._json

    most_bytes = BODY_BYTES

    @property
    def _takes_archives(self) -> bool:
        return self.most_bytes >= ARCHIVE_BYTES

    def form(self, **limits: Any) -> Any:
        most_files = MANY_FILES if self._takes_archives else MOST_FILES
        limits = {"max_files": most_files, "max_fields": FORM_FIELDS, "max_part_size": self.most_bytes} | {
            name: value for name, value in limits.items() if value is not None
        }
        return super().form(**limits)

    async def _get_form(self, **limits: Any) -> FormData:
        if getattr(self, "_form", None) is None and self._is_urlencoded():
            if self._takes_archives:
                # Such a body would stand in memory whole; files come in parts.
                raise Refused(415, "unsupported-content", "Send the files as multipart/form-data. Nothing was stored.")
            _check_urlencoded(await self.body())
        form = await super()._get_form(**limits)
        try:
            _check_form(form, repeats_files=self._takes_archives)
        except Refused:
            await form.close()  # its files lie on the disk
            raise
        # The wire of a form writes every line end as CR LF, whatever the person wrote; it is one newline.
        self._form = FormData(
            [
                (name, value.replace("\r\n", "\n") if isinstance(value, str) else value)
                for name, value in form.multi_items()
            ]
        )
        return self._form

    def _is_urlencoded(self) -> bool:
        return self.headers.get("content-type", "").lower().startswith("application/x-www-form-urlencoded")


def changes_rows(dependency: Endpoint) -> Endpoint:
    """Marks a dependency as one that routes ask for in order to change rows; see GuardedRoute."""
    vars(dependency)["changes_rows"] = True
    return dependency


def makes_guests(dependency: Endpoint) -> Endpoint:
    """Marks a dependency that makes a stranger a guest: what asks for it may be done from a stranger's page."""
    vars(dependency)["makes_guests"] = True
    return dependency


class GuardedRoute(APIRoute):
    """The route class of every route of this application.

    Its handler is given a StrictRequest of bounded size, a large one only where admitting lets it in. Whether it may change rows is read off what it asks for, and
    noted as `request.state.changes`; a route for looking (GET) that asks to change something cannot be made.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()
        most = most_bytes_of(self.endpoint)
        takes_json = self.body_field is not None and not isinstance(self.body_field.field_info, Form)
        changes = _asks(self.dependant, "changes_rows")
        for_strangers = not changes or _asks(self.dependant, "makes_guests")
        needed = admitting.scopes_needed(self.dependant)
        counted = admitting.kinds_counted(self.dependant)
        if changes and SAFE_METHODS.intersection(self.methods or ()):
            raise TypeError(f"{self.path} is for looking, but asks to change rows.")

        async def answered(strict: StrictRequest) -> Response:
            if needs_key(strict):
                await check_key(strict, is_for_strangers=for_strangers)
            return await handle(strict)

        async def guarded(request: Request) -> Response:
            request.state.changes = changes
            _check_address(request)
            if takes_json:
                _check_json_type(request)
            size = admitting.size_of_body(request, most)
            body = _bounded(request, most)
            if size <= admitting.SMALL_BYTES:
                return await answered(_strict(request, body, most, admitting.SLOWEST_BYTES))
            # Whatever is refused from here on leaves a large body unread, which SecurityHeaders has the server cut off.
            request.state.body_unread = True
            asker = await admitting.asker(request)
            if needed is not None:
                admitting.check_sign_in(request, asker.account, needed)
            state = request.app.state
            room: admitting.Room = state.archive_room if most >= ARCHIVE_BYTES else state.room
            with room.take(asker, size):
                for kind in counted:
                    await admitting.count_ahead(request, kind)
                request.state.body_unread = False
                slowest = admitting.SLOWEST_BYTES if asker.is_known else admitting.SLOWEST_BYTES_OF_STRANGERS
                return await answered(_strict(request, body, most, slowest))

        return guarded


def _strict(request: Request, body: Receive, most: int, slowest: int) -> StrictRequest:
    strict = StrictRequest(request.scope, admitting.in_time(request, body, slowest))
    strict.most_bytes = most
    return strict


def _asks(dependant: Dependant, mark: str) -> bool:
    return getattr(dependant.call, mark, False) or any(_asks(inner, mark) for inner in dependant.dependencies)


def _bounded(request: Request, most: int) -> Receive:
    """Receives the body as long as it has at most `most` bytes; raises Refused (413) beyond that.

    The rest of a body that is too large is read and dropped, up to a limit: a client that is cut off in the middle of
    sending would never read the sentence that says why.
    """
    length = request.headers.get("content-length", "")
    announced = int(length) if length.isdecimal() and len(length) < 20 else 0
    received = 0

    async def receive() -> Message:
        nonlocal received
        message = await request.receive()
        received += len(message.get("body", b""))
        if max(received, announced) <= most:
            return message
        while message["type"] == "http.request" and message.get("more_body") and received < DROPPED_BYTES:
            message = await request.receive()
            received += len(message.get("body", b""))
        raise Refused(413, "too-large", HTTPStatus(413).phrase)

    return receive


def strict_json(body: bytes) -> Any:
    """The value of a JSON body; raises Refused (400) with a sentence that names the fault."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        _refuse("malformed-text", f"The body is not valid UTF-8 (byte {error.start}). Send JSON as UTF-8.")
    if text.startswith("\ufeff"):
        _refuse("malformed-text", "The body begins with a byte order mark. Send plain UTF-8.")
    if not text.strip():
        _refuse("empty-body", "The body is empty. Send a JSON object.")
    try:
        value = json.loads(
            text,
            parse_constant=lambda name: _refuse("malformed-json", f"{name} is not a JSON number."),
            parse_int=_integer,
            object_pairs_hook=_object,
        )
    except json.JSONDecodeError as error:
        _refuse(
            "malformed-json",
            f"The body is not valid JSON: {error.msg.lower()} at line {error.lineno}, column {error.colno}.",
        )
    except RecursionError:
        _refuse("malformed-json", f"The JSON is nested more than {DEEPEST} deep.")
    _check_depth(value)
    return value


def check_text(text: str, where: str) -> None:
    """Refuses (Refused, 400) text that cannot be stored alike everywhere: NUL characters and lone surrogates."""
    if "\x00" in text:
        _refuse("malformed-text", f"{where} contains a NUL character (U+0000). Remove it and send again.")
    if _LONE_SURROGATE.search(text):
        _refuse(
            "malformed-text", f"{where} contains half of a surrogate pair, which is not text. Remove it and send again."
        )


def _refuse(kind: str, sentence: str) -> NoReturn:
    raise Refused(400, kind, sentence)


def _integer(digits: str) -> int:
    """The number; one of very many digits stands as one that no field takes, for reading it out would take seconds."""
    return int(digits) if len(digits) <= MOST_DIGITS else int(digits[:MOST_DIGITS])


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        _refuse("malformed-json", "A name appears twice in one JSON object.")
    return found


def _check_json_type(request: Request) -> None:
    """Refuses (Refused, 415) a body that says it is something else than JSON, or does not say what it is."""
    headers = request.headers
    has_body = headers.get("content-length", "0") != "0" or "transfer-encoding" in headers
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if has_body and kind != "application/json" and not re.fullmatch(r"application/[^/\s]+\+json", kind):
        raise Refused(
            415,
            "unsupported-content",
            "The body must be a JSON object, sent with Content-Type: application/json. Nothing was stored.",
            {"Accept": "application/json"},
        )


def _check_depth(value: Any) -> None:
    layer, depth = [value], 0
    while layer:
        depth += 1
        if depth > DEEPEST:
            _refuse("malformed-json", f"The JSON is nested more than {DEEPEST} deep.")
        inner: list[Any] = []
        for item in layer:
            if isinstance(item, dict):
                inner.extend(item.values())
            elif isinstance(item, list):
                inner.extend(item)
        layer = inner


def _check_urlencoded(body: bytes) -> None:
    try:
        unquote_to_bytes(body.replace(b"+", b" ")).decode("utf-8")
    except UnicodeDecodeError:
        _refuse("malformed-text", "The form is not valid UTF-8. Nothing was stored.")


def _check_form(form: FormData, *, repeats_files: bool = False) -> None:
    seen: set[str] = set()
    for name, value in form.multi_items():
        check_text(name, "A field name of the form")
        if name in seen and not (repeats_files and isinstance(value, UploadFile)):
            _refuse("malformed-form", "A field of the form was sent twice. Nothing was stored.")
        seen.add(name)
        if isinstance(value, UploadFile):
            check_text(value.filename or "", "The file's name")
        else:
            check_text(value, "A field of the form")


def _check_address(request: Request) -> None:
    for text in (*request.path_params.values(), *request.query_params.values()):
        check_text(str(text), "The address")

"""The API reference at /reference: the OpenAPI document as a readable page, without script."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse

from app.web.guards.requests import GuardedRoute
from app.web.showing.rendering import respond

router = APIRouter(route_class=GuardedRoute, include_in_schema=False)

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class FieldLine:
    """One field of a shape or one parameter; `shape` names another shape of this page where it is one."""

    name: str
    kind: str
    shape: str
    required: bool
    text: str


@dataclass(frozen=True, slots=True)
class ReplyLine:
    """One possible answer."""

    status: str
    text: str
    shape: str


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One method of one address, with a command that calls it."""

    anchor: str
    method: str
    path: str
    text: str
    parameters: list[FieldLine]
    takes: str
    takes_text: str
    replies: list[ReplyLine]
    curl: str


@dataclass(frozen=True, slots=True)
class Group:
    """The endpoints of one subject."""

    name: str
    endpoints: list[Endpoint]


@dataclass(frozen=True, slots=True)
class Shape:
    """One kind of JSON object."""

    name: str
    text: str
    fields: list[FieldLine]


@dataclass(frozen=True, slots=True)
class ReferenceView:
    """The whole page."""

    introduction: list[str]
    openapi_address: str
    groups: list[Group]
    shapes: list[Shape]


@router.get("/reference", response_class=HTMLResponse)
def read_reference(request: Request) -> HTMLResponse:
    """The page, made from the same document that programs read."""
    address = request.app.state.settings.public_url.rstrip("/") or str(request.base_url).rstrip("/")
    return respond(request, "reference", reference_view(request.app.openapi(), address))


def reference_view(document: Document, address: str) -> ReferenceView:
    """The OpenAPI document as the page shows it; `address` is where its commands go."""
    groups: dict[str, list[Endpoint]] = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            endpoint = _endpoint(document, path, method.upper(), operation, address)
            groups.setdefault(operation["tags"][0], []).append(endpoint)
    shapes = document["components"]["schemas"]
    return ReferenceView(
        introduction=document["info"]["description"].split("\n\n"),
        openapi_address="/api/v1/openapi.json",
        groups=[Group(name, endpoints) for name, endpoints in groups.items()],
        shapes=[Shape(name, shape.get("description", ""), list(_fields(shape))) for name, shape in shapes.items()],
    )


def _endpoint(document: Document, path: str, method: str, operation: Mapping[str, Any], address: str) -> Endpoint:
    body = operation.get("requestBody", {})
    content = next(iter(body.get("content", {}).items()), None)
    schema = content[1].get("schema", {}) if content else {}
    return Endpoint(
        anchor=operation["operationId"],
        method=method,
        path=path,
        text=operation.get("description", ""),
        parameters=[_parameter(parameter) for parameter in operation.get("parameters", [])],
        takes=_shape_of(schema),
        takes_text=body.get("description", ""),
        replies=[
            ReplyLine(status, reply["description"].removesuffix("Successful Response"), _reply_shape(reply))
            for status, reply in sorted(operation["responses"].items())
        ],
        curl=_curl(document, path, method, operation, content, address),
    )


def _parameter(parameter: Mapping[str, Any]) -> FieldLine:
    schema = parameter["schema"]
    return FieldLine(
        name=parameter["name"],
        kind=f"{_kind(schema)}, in the {parameter['in']}",
        shape="",
        required=parameter.get("required", False),
        text=parameter.get("description", schema.get("description", "")),
    )


def _fields(shape: Mapping[str, Any]) -> Iterator[FieldLine]:
    required = shape.get("required", [])
    for name, schema in shape.get("properties", {}).items():
        yield FieldLine(name, _kind(schema), _shape_of(schema), name in required, schema.get("description", ""))


def _kind(schema: Mapping[str, Any]) -> str:
    """A schema in a few words, such as "list of Trait" or "one of first, second"."""
    if "$ref" in schema:
        return _shape_of(schema)
    if "anyOf" in schema:
        return " or ".join(_kind(one) for one in schema["anyOf"] if one.get("type") != "null")
    if "enum" in schema:
        return "one of " + ", ".join(str(value) for value in schema["enum"])
    if "const" in schema:
        return str(schema["const"])
    if schema.get("type") == "array":
        return f"list of {_kind(schema['items'])}"
    limits = [words.format(f"{schema[name]:,}") for name, words in _LIMITS.items() if name in schema]
    kind = "time" if schema.get("format") == "date-time" else schema.get("type", "anything")
    return ", ".join([str(kind), *limits])


_LIMITS = {
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "minItems": "at least {} entries",
    "maxItems": "at most {} entries",
    "minimum": "at least {}",
    "maximum": "at most {}",
}


def _shape_of(schema: Mapping[str, Any]) -> str:
    """The name of the shape a schema is, holds or may be; "" for none."""
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[1]
    inner = [schema["items"]] if "items" in schema else schema.get("anyOf", [])
    return next((name for name in map(_shape_of, inner) if name), "")


def _reply_shape(reply: Mapping[str, Any]) -> str:
    return next((_shape_of(content.get("schema", {})) for content in reply.get("content", {}).values()), "")


def _curl(
    document: Document,
    path: str,
    method: str,
    operation: Mapping[str, Any],
    content: tuple[str, Mapping[str, Any]] | None,
    address: str,
) -> str:
    parts = ["curl"]
    if method != "GET":
        parts += ["-X", method]
    if "401" in operation["responses"]:
        parts += ["-H", "'Authorization: Bearer TOKEN'"]
    if content:
        kind, described = content
        parts += ["-H", f"'Content-Type: {kind}'"]
        if kind == "application/json":
            parts += ["-d", f"'{json.dumps(example_of(document, described['schema']), ensure_ascii=False)}'"]
        else:
            parts += ["--data-binary", "@FILE"]
    return " ".join([*parts, f"{address}{_filled(path)}"])


def _filled(path: str) -> str:
    """Path parameters in capitals, as in /runs/RUN_ID, to be replaced by the reader."""
    return "/".join(part[1:-1].upper() if part.startswith("{") else part for part in path.split("/"))


def example_of(document: Document, schema: Mapping[str, Any]) -> Any:
    """A value that the schema admits: its example or default where it has one, else the plainest of its type."""
    if "$ref" in schema:
        return example_of(document, document["components"]["schemas"][_shape_of(schema)])
    for found in ("example", "default", "const"):
        if found in schema:
            return schema[found]
    if schema.get("examples"):
        return schema["examples"][0]
    if "enum" in schema:
        return schema["enum"][0]
    if "anyOf" in schema:
        return example_of(document, schema["anyOf"][0])
    if schema.get("type") == "object":
        properties = schema.get("properties", {})
        return {name: example_of(document, properties[name]) for name in schema.get("required", [])}
    if schema.get("type") == "array":
        return [example_of(document, schema["items"])] * max(1, schema.get("minItems", 1))
    return {"integer": 0, "number": 0, "boolean": True}.get(schema.get("type", ""), "text")

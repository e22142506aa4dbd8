"""A program that knows nothing of the API but its OpenAPI document."""

from __future__ import annotations

from typing import Any

from fastapi.testclient import TestClient


class Described:
    """Finds operations by their names and checks every reply by its description."""

    def __init__(self, client: TestClient) -> None:
        self.client = client
        self.document = client.get("/api/v1/openapi.json").json()
        self.called: set[str] = set()
        self.operations = {
            operation["operationId"].split("_api_v1")[0]: (method, path, operation)
            for path, methods in self.document["paths"].items()
            for method, operation in methods.items()
        }

    def __call__(self, name: str, /, body: Any = None, **parameters: Any) -> Any:
        method, path, operation = self.operations[name]
        self.called.add(name)
        query = {}
        for parameter in operation.get("parameters", []):
            value = parameters.pop(parameter["name"], None)
            if parameter["in"] == "path":
                path = path.replace("{" + parameter["name"] + "}", value)
            elif value is not None:
                query[parameter["name"]] = value
        assert not parameters, f"{name} does not describe {sorted(parameters)}"
        sent: dict[str, Any] = {}
        if body is not None:
            kinds = operation["requestBody"]["content"]
            sent = {"json": body} if "application/json" in kinds else {"content": body, "headers": {}}
            if "application/json" not in kinds:
                sent["headers"] = {"Content-Type": next(iter(kinds))}
        reply = self.client.request(method.upper(), path, params=query, **sent)
        described = operation["responses"]
        success = next(status for status in described if status.startswith("2"))
        assert str(reply.status_code) == success, f"{name}: {reply.status_code} {reply.text}"
        kinds = described[success].get("content", {})
        if "application/json" in kinds and "json" in reply.headers.get("content-type", ""):
            self._check(reply.json(), kinds["application/json"].get("schema", {}))
            return reply.json()
        return reply.text

    def _check(self, value: Any, schema: dict[str, Any]) -> None:
        """Every property of every object is described, and every required one is there."""
        if "$ref" in schema:
            schema = self.document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
        if "anyOf" in schema and value is not None:
            self._check(value, next(one for one in schema["anyOf"] if one.get("type") != "null"))
        if isinstance(value, list) and "items" in schema:
            for item in value:
                self._check(item, schema["items"])
        if isinstance(value, dict) and "properties" in schema:
            assert set(value) <= set(schema["properties"])
            assert set(schema.get("required", [])) <= set(value)
            for name, inner in value.items():
                self._check(inner, schema["properties"][name])

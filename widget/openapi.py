"""The OpenAPI document (3.1), generated from the table of operations and the types they name."""

from __future__ import annotations

import re
from importlib.metadata import version
from typing import Any

import msgspec

from widget.api import ErrorOut
from widget.operations import OPERATIONS, Operation

_REFERENCE = "#/components/schemas/{name}"
_EXPLAINED = {
    "url": "The page's address.",
    "id": "The page's own id, which wins over the address.",
    "sort": "The order of the roots: old, new or best; the site's where left out.",
    "limit": "How many at most, from 1 to 50; 10 where left out.",
    "cursor": "Where to go on, from `next` or `next_replies`.",
    "Idempotency-Key": "Makes a repeated request the same comment; unique per site for 24 hours.",
}


def document(origin: str) -> dict[str, Any]:
    """The document as plain values; `origin` is the service's own."""
    types = [ErrorOut, *(shape for op in OPERATIONS for shape in (op.answer, op.body) if shape is not None)]
    _, components = msgspec.json.schema_components(dict.fromkeys(types), ref_template=_REFERENCE)
    paths: dict[str, Any] = {}
    for operation in OPERATIONS:
        paths.setdefault(f"/api/v1{operation.path}", {})[operation.method.lower()] = _operation(operation)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Palaver", "version": version("palaver")},
        "servers": [{"url": origin}],
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(operation: Operation) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.summary,
        "parameters": _parameters(operation),
        "responses": {
            str(operation.status): _content("As asked.", operation.answer),
            **{str(status): _content("An error.", ErrorOut) for status in sorted(operation.errors)},
        },
        "security": [{}, {"token": []}],
    }
    if operation.body is not None:
        described["requestBody"] = {"required": True, **_content("", operation.body)}
        del described["requestBody"]["description"]
    return described


def _parameters(operation: Operation) -> list[dict[str, Any]]:
    def parameter(name: str, place: str) -> dict[str, Any]:
        several = operation.name == "counts" and place == "query"
        schema: dict[str, Any] = {"type": "array", "items": {"type": "string"}} if several else {"type": "string"}
        described = {"name": name, "in": place, "required": place == "path", "schema": schema}
        if name in _EXPLAINED and place != "path":
            described["description"] = _EXPLAINED[name]
        return described

    places = {"path": re.findall(r"\{(\w+)\}", operation.path), "query": operation.query, "header": operation.headers}
    return [parameter(name, place) for place, names in places.items() for name in names]


def _content(description: str, shape: type | None) -> dict[str, Any]:
    if shape is None:
        return {"description": description}
    reference = {"$ref": _REFERENCE.format(name=shape.__name__)}
    return {"description": description, "content": {"application/json": {"schema": reference}}}

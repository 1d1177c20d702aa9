"""The OpenAPI document: whole in itself, of every route, and true of the answers that are given."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import version
from typing import Any

import httpx2
import pytest
from starlette.routing import Route

from tests.support.cast import Cast
from tests.support.service import GUEST, HOME, PAGE, World
from widget.openapi import document
from widget.operations import OPERATIONS

DOCUMENT = document("https://comments.example")
MODERATORS = {"pin", "unpin", "set_status", "undo", "ban", "unban", "lock", "unlock"}  # what only they may
METHODS = {"get", "post", "put", "patch", "delete"}
Described = tuple[str, str, dict[str, Any]]  # path, method, operation


def operations() -> list[Described]:
    return [(path, method, operation) for path, item in DOCUMENT["paths"].items() for method, operation in item.items()]


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if "$ref" in value:
            yield value["$ref"]
        value = list(value.values())
    if isinstance(value, list):
        for part in value:
            yield from references(part)


def resolve(reference: str) -> Any:
    """What a reference within the document (RFC 6901) leads to. Raises `KeyError`."""
    assert reference.startswith("#/")
    found: Any = DOCUMENT
    for part in reference.removeprefix("#/").split("/"):
        found = found[part]
    return found


def test_document_has_what_openapi_requires() -> None:
    assert DOCUMENT["openapi"] == "3.1.0"
    assert DOCUMENT["info"] == {"title": "Palaver", "version": version("palaver")}
    assert DOCUMENT["servers"] == [{"url": "https://comments.example"}]
    names = [operation["operationId"] for _, _, operation in operations()]
    assert sorted(names) == sorted(set(names))
    for path, method, operation in operations():
        assert method in METHODS
        assert operation["summary"].endswith(".")
        placed = [(parameter["name"], parameter["in"]) for parameter in operation["parameters"]]
        assert len(placed) == len(set(placed))
        in_path = [name for name, place in placed if place == "path"]
        assert [part[1:-1] for part in path.split("/") if part.startswith("{")] == in_path
        assert all(p["required"] is (p["in"] == "path") and p["schema"]["type"] for p in operation["parameters"])
        assert all(status.isdigit() and answer["description"] for status, answer in operation["responses"].items())


def test_every_reference_leads_somewhere_and_every_schema_is_used() -> None:
    used = set(references(DOCUMENT))
    assert all(isinstance(resolve(reference), dict) for reference in used)
    assert used == {f"#/components/schemas/{name}" for name in DOCUMENT["components"]["schemas"]}


async def test_every_route_is_described_and_every_description_routed(world: World) -> None:
    routed = {
        (route.path, method.lower())
        for route in world.app.starlette.routes
        if isinstance(route, Route) and route.path.startswith("/api/") and route.path != "/api/v1/openapi.json"
        for method in route.methods or ()
        if method != "HEAD"
    }
    assert routed == {(path, method) for path, method, _ in operations()}


async def test_service_serves_it_with_its_own_address(world: World) -> None:
    answer = await world.client.get("/api/v1/openapi.json")
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == document(HOME)


# Whether a value is as a schema says, as far as ours go (JSON Schema 2020-12).

TYPES: dict[str, type | tuple[type, ...]] = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "boolean": bool,
    "null": type(None),
}
KEYWORDS = {"$ref", "anyOf", "type", "properties", "required", "items", "additionalProperties", "default", "title"}


def misfits(schema: dict[str, Any], value: Any, place: str = "$") -> list[str]:
    """Where and how the value differs from the schema; also fields that the schema does not name."""
    assert schema.keys() <= KEYWORDS | {"description"}, f"{schema.keys() - KEYWORDS} is not understood here"
    if "$ref" in schema:
        return misfits(resolve(schema["$ref"]), value, place)
    if "anyOf" in schema:
        found = [misfits(each, value, place) for each in schema["anyOf"]]
        return [] if [] in found else min(found, key=len)
    if not isinstance(value, TYPES[schema["type"]]):
        return [f"{place} is {value!r}, not {schema['type']}"]
    if isinstance(value, list):
        return [m for number, each in enumerate(value) for m in misfits(schema["items"], each, f"{place}[{number}]")]
    return _misfits_of_object(schema, value, place) if isinstance(value, dict) else []


def _misfits_of_object(schema: dict[str, Any], value: dict[str, Any], place: str) -> list[str]:
    named, further = schema.get("properties", {}), schema.get("additionalProperties")
    found = [f"{place}.{name} is missing" for name in schema.get("required", []) if name not in value]
    for name, each in value.items():
        if name in named or isinstance(further, dict):
            found += misfits(named.get(name, further), each, f"{place}.{name}")
        else:
            found.append(f"{place}.{name} is not described")
    return found


async def answers(world: World, cast: Cast) -> dict[str, httpx2.Response]:
    """One of each operation, with something in every field."""
    root = await world.post("root", title="Bread", guest={**GUEST, "website": "https://gwen.example/"})
    for number in range(12):
        await world.post(f"reply {number}", parent_id=root["id"], headers=cast.bob)
    await world.client.put(f"/api/v1/blog/comments/{root['id']}/like", headers=cast.dora)
    mine = await world.post("Mine.", headers=cast.alice)
    await world.set_site("blog", hold="all", votes="both")
    await world.post("Held.", headers=cast.alice)
    bodies: dict[str, Any] = {
        "post": {"url": PAGE, "text": "More.", "guest": GUEST},
        "edit": {"text": "Edited."},
        "report": {"reason": "abuse", "note": "Look at this."},
        "preview": {"text": "x"},
        "set_status": {"status": "spam", "seen": "approved", "reason": "Sells pills."},
        "ban": {"days": 7, "reason": "Insults."},
    }
    subjects = dict.fromkeys(("edit", "delete"), mine["id"])
    found: dict[str, httpx2.Response] = {}
    for operation in OPERATIONS:
        path = f"/api/v1{operation.path}".format(site="blog", id=subjects.get(operation.name, root["id"]))
        params = {"url": PAGE} if "url" in operation.query else None
        who = cast.bob if operation.name in MODERATORS else cast.alice
        answer = await world.client.request(
            operation.method, path, params=params, json=bodies.get(operation.name), headers=who
        )
        found[operation.name] = answer
        if operation.name == "set_status":
            bodies["undo"] = {"id": answer.json()["undo"]}
            subjects |= dict.fromkeys(("ban", "unban"), answer.json()["person_id"])
    return found


async def test_answers_are_as_they_are_described(world: World, cast: Cast) -> None:
    given = await answers(world, cast)
    described = {operation["operationId"]: operation["responses"] for _, _, operation in operations()}
    assert given.keys() == described.keys()
    for name, answer in given.items():
        assert answer.status_code < 300, name
        content = described[name][str(answer.status_code)].get("content")
        if content is None:
            assert answer.content == b"", name
        else:
            assert misfits(content["application/json"]["schema"], answer.json()) == [], name


async def test_errors_are_as_they_are_described(world: World) -> None:
    schema = DOCUMENT["components"]["schemas"]["ErrorOut"]
    for body in ({}, {"url": PAGE, "text": "", "guest": GUEST}, {"url": PAGE, "text": "x"}):
        answer = await world.client.post("/api/v1/blog/comments", json=body)
        assert misfits(schema, answer.json()) == []


@pytest.mark.parametrize(
    ("value", "misfit"),
    [
        ({"html": 1}, "$.html is 1, not string"),
        ({}, "$.html is missing"),
        ({"html": "", "text": ""}, "$.text is not described"),
    ],
)
def test_misfit_is_found(value: dict[str, Any], misfit: str) -> None:
    assert misfits({"$ref": "#/components/schemas/HtmlOut"}, value) == [misfit]

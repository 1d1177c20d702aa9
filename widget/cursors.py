"""Cursors: where the next page of a list begins. Opaque outside; base64url of MessagePack inside."""

from __future__ import annotations

import base64
import binascii
from typing import Any, TypeVar

import msgspec

from widget.errors import BadRequest
from widget.store import queue
from widget.store.page_list import PagePlace
from widget.store.threads import Place

T = TypeVar("T")


class _Roots(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    sort: str
    score: int
    id: int


def bad_cursor() -> BadRequest:
    return BadRequest("That page of comments cannot be found. Please start from the top.", code="bad_cursor")


def after_root(sort: str, score: int, root_id: int) -> str:
    return _encode(_Roots(sort, score, root_id))


def read_roots(cursor: str, sort: str) -> Place:
    """Raises `BadRequest` (bad_cursor), also for a cursor of another order."""
    roots = _decode(cursor, _Roots)
    if roots.sort != sort or not _is_id(roots.id) or abs(roots.score) >= 1 << 31:
        raise bad_cursor()
    return Place(roots.score, roots.id)


def after_reply(path: bytes) -> str:
    return _encode(path)


def read_reply(cursor: str) -> bytes:
    """The path behind which to go on. Raises `BadRequest` (bad_cursor)."""
    path = _decode(cursor, bytes)
    if not path or len(path) % 8:
        raise bad_cursor()
    return path


def after_person(person_id: int) -> str:
    return _encode(person_id)


def read_person(cursor: str) -> int:
    """Raises `BadRequest` (bad_cursor)."""
    person_id = _decode(cursor, int)
    if not _is_id(person_id):
        raise bad_cursor()
    return person_id


def after_place(place: queue.Place) -> str:
    return _encode(place)


def read_place(cursor: str) -> queue.Place:
    """Raises `BadRequest` (bad_cursor)."""
    place = queue.Place(*_decode(cursor, tuple[int, int]))
    if not all(_is_id(number) for number in place):
        raise bad_cursor()
    return place


def after_page_place(place: PagePlace) -> str:
    return _encode(place)


def read_page_place(cursor: str) -> PagePlace:
    """Raises `BadRequest` (bad_cursor)."""
    place = PagePlace(*_decode(cursor, tuple[int, int]))
    if not all(_is_id(number) for number in place):
        raise bad_cursor()
    return place


def _is_id(value: int) -> bool:
    return 0 <= value < 1 << 63


def _encode(value: Any) -> str:
    return base64.urlsafe_b64encode(msgspec.msgpack.encode(value)).rstrip(b"=").decode()


def _decode(cursor: str, shape: type[T]) -> T:
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        return msgspec.msgpack.decode(raw, type=shape)
    except (binascii.Error, ValueError, msgspec.MsgspecError) as error:
        raise bad_cursor() from error

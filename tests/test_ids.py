"""Ids: they sort by time, inside and outside, and what is no id is no id."""

from __future__ import annotations

import string
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.service import World
from widget import ids
from widget.db import Tx
from widget.store import comments, pages

IDS = st.integers(0, (1 << 63) - 1)
TIMES = st.integers(0, ids.MAX_TIME)
CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"


@given(IDS)
def test_id_comes_back_from_its_text(identifier: int) -> None:
    text = ids.encode(identifier)
    assert len(text) == 13
    assert set(text) <= set(CROCKFORD)
    assert ids.decode(text) == identifier


@given(IDS, IDS)
def test_texts_stand_in_the_order_of_the_ids(one: int, other: int) -> None:
    assert (ids.encode(one) < ids.encode(other)) == (one < other)


@given(st.text() | st.text(CROCKFORD, min_size=13, max_size=13) | st.text(string.printable, min_size=12, max_size=14))
def test_text_is_one_id_or_none(text: str) -> None:
    identifier = ids.decode(text)
    assert identifier is None or (0 <= identifier < 1 << 63 and ids.encode(identifier) == text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0123456789ab",  # short
        "0123456789abcd",  # long
        "0123456789ABC",  # capitals
        "0123456789abi",  # letters that Crockford leaves out
        "0123456789abl",
        "0123456789abo",
        "0123456789abu",
        "8000000000000",  # over 63 bits
        "zzzzzzzzzzzzz",
        "012345678 9ab",
        "-123456789abc",
        "٣123456789abc",  # a digit, elsewhere
        "null",
        "undefined",
    ],
)
def test_what_is_no_id_is_refused(text: str) -> None:
    assert ids.decode(text) is None


@given(TIMES)
def test_new_id_is_of_its_time(time: int) -> None:
    assert ids.time_of(ids.new_id(time)) == time
    assert ids.first_id(time) <= ids.new_id(time) < ids.first_id(time) + (1 << 21)


@given(TIMES, TIMES)
def test_later_id_is_greater(one: int, other: int) -> None:
    if one != other:
        assert (ids.new_id(one) < ids.new_id(other)) == (one < other)


@given(st.integers())
def test_time_that_fits_no_id_is_the_nearest_that_does(time: int) -> None:
    for identifier in (ids.new_id(time), ids.imported_id(time, "wordpress", "1")):
        assert 0 <= identifier < 1 << 63
        assert ids.time_of(identifier) == min(max(time, 0), ids.MAX_TIME)


@given(TIMES, st.text(), st.text())
def test_imported_id_is_the_same_for_the_same_source(time: int, one: str, other: str) -> None:
    assert ids.imported_id(time, "wordpress", one) == ids.imported_id(time, "wordpress", one)
    assert ids.time_of(ids.imported_id(time, "wordpress", other)) == time


def test_imported_ids_of_one_moment_differ_by_source_and_format() -> None:
    made = {ids.imported_id(0, source, str(number)) for source in ("wordpress", "disqus") for number in range(100)}
    assert len(made) == 200


@given(st.lists(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))))
def test_hashed_id_is_one_of_63_bits(parts: list[str]) -> None:
    assert 0 <= ids.hashed_id(*parts) < 1 << 63
    assert ids.hashed_id(*parts) == ids.hashed_id(*parts)
    assert ids.hashed_id(*parts, "x") != ids.hashed_id(*parts, "y")


@given(st.integers(0, 253_402_300_799_999))  # up to the year 9999
def test_time_is_written_as_rfc_3339_with_milliseconds(time: int) -> None:
    text = ids.rfc3339(time)
    assert len(text) == len("2026-11-24T00:08:41.215Z")
    moment = datetime.fromisoformat(text)
    assert moment.tzinfo == UTC
    assert round(moment.timestamp() * 1000) == time


async def test_clash_is_drawn_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = iter((7, 7, 7, 8))
    monkeypatch.setattr("widget.ids.secrets.randbits", lambda _bits: next(drawn))
    first, second = await world.db.write(_add_two, world.blog.id)
    assert (first & 0x1FFFFF, second & 0x1FFFFF) == (7, 8)
    assert ids.time_of(first) == ids.time_of(second) == world.clock()
    assert next(drawn, None) is None


def _add_two(tx: Tx, site_id: int) -> tuple[int, int]:
    page = pages.add_page(tx, site_id, "id:x", "", "")  # draws the first 7, among pages
    values = {"page_id": page.id, "parent_id": None, "person_id": None, "status": "approved", "text": "", "html": ""}
    first, second = (comments.add_comment(tx, site_id, tx.now, values, b"") for _ in range(2))
    return first, second

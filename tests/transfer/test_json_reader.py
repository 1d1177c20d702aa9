"""JSON comes element by element, from any size of file, and what is broken is named by its line."""

from __future__ import annotations

import io
import json
import tracemalloc
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from widget.transfer import containers
from widget.transfer import json as reader
from widget.transfer.containers import Part
from widget.transfer.json import elements
from widget.transfer.records import ImportFailed

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
OBJECTS = st.lists(st.dictionaries(st.text(), VALUES, max_size=4), max_size=5)


def read(data: bytes, *wanted: str) -> list[tuple[str, Any]]:
    return [(place, value) for place, value, _ in elements(Part("export.json", io.BytesIO(data)), *wanted)]


@given(rows=OBJECTS, others=OBJECTS, indent=st.sampled_from([None, 1]), chunk=st.integers(1, 40))
def test_any_document_comes_back_whatever_the_chunks(
    rows: list[Any], others: list[Any], indent: int | None, chunk: int
) -> None:
    data = json.dumps({"skipped": others, "data": {"kept": rows, "not": others}}, indent=indent).encode()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(containers, "CHUNK", chunk)
        assert read(data, "data.kept[]") == [("data.kept[]", row) for row in rows]
        assert read(json.dumps(rows, indent=indent).encode(), "[]", "data.kept[]") == [("[]", row) for row in rows]
        lines = "".join(f"{json.dumps(row)}\n" for row in [{}, *rows])
        assert read(lines.encode(), "") == [("", row) for row in [{}, *rows]]


def test_byte_order_marks_and_utf_16_are_read() -> None:
    text = '[{"a": "ü"}]'
    for data in (b"\xef\xbb\xbf" + text.encode(), text.encode("utf-16")):
        assert read(data, "[]") == [("[]", {"a": "ü"})]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "the file is empty"),
        (b" \n ", "the file is empty"),
        (b'[{"a": 1},\n{"a": ', "line 2 is the last, and something is still open: the file is cut off"),
        (b'[{"a": 1},\n', "line 2 is the last, and something is still open: the file is cut off"),
        (b'[{"a": 1},\n{"a" 1}]', r"line 2 is not JSON as an export has it \(Expecting ':' delimiter\)"),
        (
            b'[{"a": 1}\n{"a": 1}]',
            r"line 2 is not JSON as an export has it \(a comma, a colon or a bracket is missing\)",
        ),
        (b'[{"a": 1}]\n[]', "line 2 stands behind the end of the export"),
        (b'[{"a": 1},\n7]', "line 2 holds something else where an export has an object"),
        (b'[{"a": 1},\n{"a": "\xfc"}]', "line 2 is not written in UTF-8"),
        (b'[\n{"a": ' + b"9" * 5_000 + b"}]", "line 2 holds a number of thousands of digits"),
        (b"[\n" + b"[" * 100_000, "line 2 holds thousands of brackets in each other"),
    ],
)
def test_broken_file_is_refused_at_its_line(data: bytes, said: str) -> None:
    with pytest.raises(ImportFailed, match=rf"export.json: {said}"):
        read(data, "[]")


def test_element_that_would_fill_the_memory_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "MAX_VALUE", 1 << 20)
    with pytest.raises(ImportFailed, match="line 2 begins an element of more than 1 MB"):
        read(b'[\n{"a": "' + b"a" * (5 << 20) + b'"}]', "[]")


def test_long_element_is_not_put_together_chunk_by_chunk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Which took a minute for 60 MB, and ten times as much for three times as many."""
    calls: list[int] = []
    more = reader._Reader._more

    def counted(self: reader._Reader, least: int = 1) -> bool:
        calls.append(least)
        return more(self, least)

    monkeypatch.setattr(reader._Reader, "_more", counted)
    monkeypatch.setattr(containers, "CHUNK", 10)
    assert read(b'[{"a": "' + b"a" * 10_000 + b'"}]', "[]") == [("[]", {"a": "a" * 10_000})]
    assert len(calls) < 20


def test_memory_does_not_grow_with_the_file() -> None:
    row = json.dumps({"a": "b" * 1_000}).encode() + b","

    def peak(count: int) -> int:
        data = b'{"skipped": [' + row * count + b'{}], "kept": [' + row * count + b"{}]}"
        tracemalloc.start()
        for _ in elements(Part("export.json", io.BytesIO(data)), "kept[]"):
            pass
        _, top = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return top

    assert peak(20_000) < peak(2_000) + (1 << 20)

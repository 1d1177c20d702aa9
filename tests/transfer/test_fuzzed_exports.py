"""Whatever became of an export on its way: it is read, or refused with a sentence; never a traceback, never half."""

from __future__ import annotations

import gzip
import random
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.comment_html import offences
from tests.support.exports import EXPORTS
from tests.support.importer import Importer
from tests.support.rows import recount
from tests.support.sites import make_site
from tests.support.wxr import comment, export, item
from widget.transfer.containers import open_parts
from widget.transfer.formats import FORMATS
from widget.transfer.plan import Options
from widget.transfer.planning import make_plan
from widget.transfer.records import ImportedComment, ImportFailed, Record

WORDPRESS = export(item(comment(1), comment(2, parent="1")))
SAMPLES = {
    "wordpress": ("wordpress", WORDPRESS),
    **{
        name: (source_format, gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data)
        for name, (source_format, data) in EXPORTS.items()
    },
}
NAMES = sorted(SAMPLES)
NOW = 1_800_000_000_000


def survives(file: Path, source_format: str) -> bool:
    """Whether the file is read; False where it is refused as it should be."""

    def read() -> list[Record]:
        with open_parts(file) as parts:
            return [record for part in parts for record in FORMATS[source_format].read(part)]

    try:
        plan = make_plan(make_site(), source_format, lambda: iter(read()), Options(any_host=True), NOW)
    except ImportFailed as error:
        said = error.message
    else:
        said = ""
    if said:
        assert re.fullmatch(r"export\b.{10,}[.)]", said, re.DOTALL), said
        return False
    for record in read():
        if isinstance(record, ImportedComment):
            plan.place(record)
            assert offences(record.html) == []
            "".join([record.source_id, record.author_name, record.text]).encode()
    return True


def cut(data: bytes, draw: random.Random) -> bytes:
    return data[: draw.randrange(len(data))]


def flip(data: bytes, draw: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(draw.randrange(1, 20)):
        changed[draw.randrange(len(changed))] = draw.randrange(256)
    return bytes(changed)


def double(data: bytes, draw: random.Random) -> bytes:
    start, end = sorted(draw.randrange(len(data)) for _ in range(2))
    return data[:end] + data[start:]


def shuffle(data: bytes, draw: random.Random) -> bytes:
    lines = data.split(b"\n")
    draw.shuffle(lines)
    return b"\n".join(lines)


def swap(data: bytes, draw: random.Random) -> bytes:
    """Values of other kinds where some stood."""
    kinds = [b"null", b"[]", b"{}", b"-1", b"1e999", b'"\\ud800"', b'"' + b"9" * 400 + b'"', b"true", b'"<b>&#1;"']
    return re.sub(rb"(?<=: )[^,{\[\n]+", lambda found: draw.choice([*kinds, found[0], found[0]]), data)


def encode(data: bytes, draw: random.Random) -> bytes:
    text = data.decode("latin-1") + "ü"
    return text.encode(draw.choice(["utf-16", "utf-32", "utf-16-le", "cp1252", "utf-7"]), "replace")


CHANGES: list[Callable[[bytes, random.Random], bytes]] = [cut, flip, double, shuffle, swap, encode]


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(chosen=st.lists(st.sampled_from(CHANGES), min_size=1, max_size=2), seed=st.integers(0, 2**32))
def test_damaged_export_is_read_or_refused(
    name: str, chosen: list[Callable[[bytes, random.Random], bytes]], seed: int, tmp_path: Path
) -> None:
    source_format, data = SAMPLES[name]
    draw = random.Random(seed)
    for change in chosen:
        data = change(data or b" ", draw)
    file = tmp_path / "export"
    file.write_bytes(data)
    survives(file, source_format)


@pytest.mark.parametrize("name", NAMES)
def test_sample_is_read_as_it_is(name: str, tmp_path: Path) -> None:
    source_format, data = SAMPLES[name]
    file = tmp_path / "export"
    file.write_bytes(data)
    assert survives(file, source_format)


@pytest.mark.parametrize("name", NAMES)
async def test_export_that_is_cut_off_writes_all_or_nothing(importer: Importer, name: str) -> None:
    source_format, data = SAMPLES[name]
    whole = await importer(data=data, source_format=source_format)
    for part in (2, 3, 4):
        try:
            again = await importer(data=data[: len(data) * (part - 1) // part], source_format=source_format)
        except ImportFailed:
            continue
        assert again.imported + again.duplicates <= whole.imported
    rows = await importer.rows()
    assert len(rows.comments) == whole.imported
    assert rows == recount(rows)


@pytest.mark.parametrize("name", NAMES)
def test_export_is_no_other_format(name: str) -> None:
    source_format, data = SAMPLES[name]
    assert [known for known, found in FORMATS.items() if found.sniff(data[:65_536])] == [source_format]


def test_part_of_any_bytes_is_refused() -> None:
    for known in FORMATS.values():
        assert not known.sniff(b"")
        assert not known.sniff(bytes(range(256)) * 4)

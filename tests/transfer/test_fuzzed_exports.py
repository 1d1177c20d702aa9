"""Whatever became of an export on its way: it is read, or refused with a sentence; never a traceback, never half."""

from __future__ import annotations

import contextlib
import gzip
import io
import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.damage import CHANGES, Change, survives
from tests.support.exports import EXPORTS
from tests.support.importer import Importer
from tests.support.rows import recount
from tests.support.wxr import comment, export, item
from widget.transfer.containers import Part
from widget.transfer.formats import FORMATS
from widget.transfer.palaver import read_lines
from widget.transfer.records import ImportFailed
from widget.transfer.surveying import survey

WORDPRESS = export(item(comment(1), comment(2, parent="1")))
SAMPLES = {
    "wordpress": ("wordpress", WORDPRESS),
    **{
        name: (source_format, gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data)
        for name, (source_format, data) in EXPORTS.items()
    },
}
NAMES = sorted(SAMPLES)


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(chosen=st.lists(st.sampled_from(CHANGES), min_size=1, max_size=2), seed=st.integers(0, 2**32))
def test_damaged_export_is_read_or_refused(name: str, chosen: list[Change], seed: int, tmp_path: Path) -> None:
    source_format, data = SAMPLES[name]
    draw = random.Random(seed)
    for change in chosen:
        data = change(data or b" ", draw)
    file = tmp_path / "export"
    file.write_bytes(data)
    survives(file, source_format)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(chosen=st.lists(st.sampled_from(CHANGES), min_size=1, max_size=2), seed=st.integers(0, 2**32))
def test_damaged_export_of_our_own_is_surveyed_or_refused(chosen: list[Change], seed: int) -> None:
    data, draw = SAMPLES["palaver"][1], random.Random(seed)
    for change in chosen:
        data = change(data or b" ", draw)
    with contextlib.suppress(ImportFailed):
        survey(lambda: read_lines(Part("export", io.BytesIO(data))), None)


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


@pytest.mark.parametrize("filling", [" ", "\n", "[ ", "{ ", "<!--", "<!DOCTYPE a [", "<!DOCTYPE ", '"nick" ', "] "])
@pytest.mark.parametrize("start", ["", "<?xml encoding", "[", '{"version":'])
def test_head_without_end_is_looked_at_once(start: str, filling: str) -> None:
    """It takes no time; where a pattern goes back and forth over blanks it takes for ever."""
    head = (start + filling * 65_536)[:65_536].encode()
    assert [known for known, found in FORMATS.items() if found.sniff(head)] == []

"""What becomes of exports on their way: cut off, changed, doubled, mixed up, in other encodings."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from tests.support.comment_html import offences
from tests.support.sites import make_site
from widget.transfer.containers import open_parts
from widget.transfer.formats import FORMATS
from widget.transfer.plan import Options
from widget.transfer.planning import make_plan
from widget.transfer.records import ImportedComment, ImportFailed, Record

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
        assert re.fullmatch(r"export\b.{9,}[.)]", said, re.DOTALL), said
        return False
    with closing(plan):
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


Change = Callable[[bytes, random.Random], bytes]
CHANGES: list[Change] = [cut, flip, double, shuffle, swap, encode]

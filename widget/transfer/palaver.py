"""Our own export (`lines.py`), read back.

Into the site that it came from, or one that is not there yet, it comes as it was (`rebuilding.py`). Into another site
it comes as from any other system: then nobody gets a role by it, nor stands as somebody who is known here.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Generator, Iterator
from contextlib import closing
from itertools import islice
from typing import NamedTuple

import msgspec

from widget import ids
from widget.transfer import values
from widget.transfer.containers import Part
from widget.transfer.lines import FORM, VERSION, CommentLine, End, Head, Line, PageLine, SiteLine
from widget.transfer.records import ImportFailed, Record

NAME = "palaver"
PERMALINK = "comment-([0-9a-z]{13})"
MAX_LINE = 8 << 20  # bytes

_HEAD = re.compile(rb'\s*\{\s*"kind"\s*:\s*"export"\s*,\s*"form"\s*:\s*"palaver-site"')
_ORDER = ("export", "site", "page", "member", "standing", "comment", "like", "action", "end")
_decoder: msgspec.json.Decoder[Line] = msgspec.json.Decoder(Line)


class Numbered(NamedTuple):
    number: int  # of the line, from 1
    line: Line


def sniff(head: bytes) -> bool:
    return _HEAD.match(head) is not None


def read(part: Part) -> Iterator[Record]:
    """As from any other system. Raises `ImportFailed`, possibly after some records."""
    for _, line in read_lines(part):
        if isinstance(line, PageLine):
            yield values.page(line.id, line.url or line.key.removeprefix("id:"), line.title, locked=line.locked)
        elif isinstance(line, CommentLine):
            yield _record(line)


def read_lines(part: Part) -> Iterator[Numbered]:
    """Every line, in the order that `docs/export.md` promises. Raises `ImportFailed`, possibly after some."""
    with part.named():
        yield from _checked(part)


def site_line(lines: Generator[Numbered]) -> SiteLine | None:
    """What the file says of the site; None in an export of a page or a person. Raises `ImportFailed`."""
    with closing(lines):
        return next((line for _, line in islice(lines, 2) if isinstance(line, SiteLine)), None)


def _checked(part: Part) -> Iterator[Numbered]:
    counted: Counter[str] = Counter()
    place = -1
    for number, data in enumerate(_split(part), 1):
        line = _decode(data, number)
        kind = str(type(line).__struct_config__.tag)
        if (number == 1) != isinstance(line, Head) or _ORDER.index(kind) < place or place == len(_ORDER) - 1:
            raise ImportFailed(f"line {number} stands where no export has a line of the kind “{kind}”.")
        place = _ORDER.index(kind)
        if isinstance(line, Head) and (line.form, line.version) != (FORM, VERSION):
            raise ImportFailed(f"its version is {line.version}, and this Palaver reads version {VERSION}.")
        if isinstance(line, End) and msgspec.structs.asdict(line) != {name: counted[name] for name in _ORDER[2:-1]}:
            raise ImportFailed(f"line {number} counts other lines than the file has: some are missing.")
        counted[kind] += 1
        yield Numbered(number, line)
    if place != len(_ORDER) - 1:
        raise ImportFailed(f"the line that ends an export is missing behind line {counted.total()}: it is cut off.")


def _split(part: Part) -> Iterator[bytes]:
    rest = b""
    for chunk in part.chunks():
        *whole, rest = (rest + chunk).split(b"\n")
        yield from whole
        if len(rest) > MAX_LINE:
            raise ImportFailed(f"a line is longer than {MAX_LINE >> 20} MB; no export has such a line.")
    if rest:
        yield rest


def _decode(data: bytes, number: int) -> Line:
    try:
        return _decoder.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ImportFailed(f"line {number} is not a line of an export ({error}).") from error


def _record(line: CommentLine) -> Record:
    author = line.author
    named = values.Author(author.name, author.email, author.url, author.id) if author else values.Author("")
    return values.comment(
        line.id,
        line.page_id,
        line.parent_id,
        named,
        ids.time_of(ids.decode(line.id) or 0),
        line.status,
        line.html,
        extras=values.Extras(
            values.time(line.edited_at), line.likes, line.score, line.pinned_at is not None, line.address or ""
        ),
    )

"""What exports hold, made fit to keep: every format hands its raw values to `comment` and to what reads them here.

Exports were written by many versions, converters and hands: a number may be a text, a text missing, a date in seconds.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from widget.limits import client_address
from widget.names import clean_email, clean_name, clean_url, usable_text
from widget.transfer.records import ImportedComment, ImportedPage, ImportedPerson, Markup, Skipped, Status

NAMELESS = "Anonymous"
MAX_ID = 300  # characters of a source's own id
MAX_TITLE = 300
MAX_TEXT = 100_000  # characters of a comment; WordPress' own column holds 65,535 bytes
MAX_NUMBER = 1_000_000_000

_DATE = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(\.\d+)? ?(Z|[+-]\d\d:?\d\d)?")
_EPOCH, _MILLISECOND = datetime.fromtimestamp(0, UTC), timedelta(milliseconds=1)
_SECONDS = 100_000_000_000  # a number below is in seconds, until the year 5138; above, in milliseconds, since 1973


class Author(NamedTuple):
    """As the file says it. `source_id`: of the account, where there is one."""

    name: str
    email: str = ""
    url: str = ""
    source_id: str = ""


class Extras(NamedTuple):
    """What not every format has."""

    edited_at: int | None = None
    likes: int = 0
    score: int = 0
    pinned: bool = False
    address: str = ""


def page(source_id: str, url: str, title: str = "", *, locked: bool = False) -> ImportedPage:
    return ImportedPage(source_id, url.strip(), clean_name(title, MAX_TITLE), locked)


def person(author: Author) -> ImportedPerson:
    return ImportedPerson(
        author.source_id, clean_name(author.name) or NAMELESS, clean_email(author.email), clean_url(author.url)
    )


def comment(
    source_id: str,
    page_source_id: str,
    parent_source_id: str | None,
    author: Author,
    created_at: int | None,
    status: Status,
    body: str,
    *,
    markup: Markup = "html",
    extras: Extras = Extras(),  # noqa: B008  (immutable)
) -> ImportedComment | Skipped:
    """Of one that is deleted nothing is left but its place."""
    if not source_id:
        return Skipped(source_id, "without an id", status)
    if created_at is None:
        return Skipped(source_id, "without a date", status)
    if len(body) > MAX_TEXT:
        return Skipped(source_id, f"longer than {MAX_TEXT:,} characters", status)
    if status == "deleted":
        author, body, extras = Author(""), "", Extras()
    edited_at = extras.edited_at
    return ImportedComment(
        source_id=source_id,
        page_source_id=page_source_id,
        parent_source_id=parent_source_id,
        author_name=clean_name(author.name) or NAMELESS,
        author_email=clean_email(author.email),
        author_url=clean_url(author.url),
        created_at=created_at,
        status=status,
        body=body,
        markup=markup,
        author_source_id=author.source_id,
        edited_at=edited_at if edited_at is not None and edited_at > created_at else None,
        likes=max(0, extras.likes),
        score=extras.score,
        pinned=extras.pinned,
        address=address(extras.address),
    )


def text(value: object) -> str:
    """A text, or a number as one; MongoDB's ids (`{"$oid": …}`) and long numbers too; "" for anything else."""
    if isinstance(value, Mapping):
        value = next((value[name] for name in ("$oid", "$numberLong", "$date", "iso") if name in value), "")
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return ""
    return usable_text(str(value))


def source_id(value: object) -> str:
    """An id; "" where there is none."""
    return clean_name(text(value), MAX_ID)


def number(value: object) -> int:
    """A whole number of no absurd size; 0 for what is none."""
    try:
        found = int(float(text(value)))
    except (ValueError, OverflowError):
        return 0
    return max(-MAX_NUMBER, min(found, MAX_NUMBER))


def is_true(value: object) -> bool:
    return value is True or text(value).strip().lower() in {"true", "1"}


def time(value: object) -> int | None:
    """Unix milliseconds of a date in whatever form, UTC where it names no zone; None where there is none.

    Zeros and the year 1 stand for "never", as Go and MySQL write it.
    """
    written = text(value).strip()
    if re.fullmatch(r"\d{1,15}(\.\d*)?", written):
        seconds = float(written)
        return int(seconds if seconds >= _SECONDS else round(seconds * 1_000_000) // 1000) or None
    found = _DATE.fullmatch(written)
    if found is None:
        return None
    day, clock, fraction, zone = found.groups(default="")
    try:
        moment = datetime.fromisoformat(f"{day}T{clock}{fraction}{zone}")
    except ValueError:
        return None
    if moment.year == 1:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0, (moment - _EPOCH) // _MILLISECOND)


def fields(value: Any, name: str) -> Mapping[str, Any]:
    """An object in another; an empty one where there is none."""
    found = value.get(name)
    return found if isinstance(found, Mapping) else {}


@lru_cache(4096)
def address(value: str) -> str:
    """An IP address as comments keep it; "" for anything else."""
    try:
        return client_address(str(ipaddress.ip_address(value.strip())), None, ())
    except ValueError:
        return ""

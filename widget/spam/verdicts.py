"""What a check says of a comment, and how several verdicts become one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple

import msgspec

Status = Literal["approved", "pending", "rejected", "spam"]
# From the mildest: of several verdicts the gravest counts. `rejected` is graver than `spam`, for an owner asked for it.
GRAVITY = ("approved", "pending", "spam", "rejected")


class Verdict(NamedTuple):
    """`check` is the name of who says so; `reason` completes “Held because …”."""

    status: Status
    check: str
    reason: str


def gravest(statuses: Iterable[str]) -> str:
    return max(statuses, key=GRAVITY.index)


def pack(verdicts: Iterable[Verdict]) -> str:
    """As kept with the comment: JSON, "" for none."""
    listed = list(verdicts)
    return msgspec.json.encode(listed).decode() if listed else ""


def unpack(kept: str) -> list[Verdict]:
    return msgspec.json.decode(kept, type=list[Verdict]) if kept else []

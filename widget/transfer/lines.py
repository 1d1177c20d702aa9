"""The lines of our own export: what is written, and what is read back (`docs/export.md`).

Ids are as outside (`ids.encode`), times RFC 3339 in UTC with milliseconds. Members may be added with a default;
whatever else changes raises `VERSION`.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from widget.transfer.records import Status

FORM = "palaver-site"
VERSION = 1


class Person(msgspec.Struct, frozen=True):
    id: str
    kind: Literal["member", "guest", "imported", "erased"]
    name: str
    url: str
    email: str


class Head(msgspec.Struct, tag_field="kind", tag="export"):
    form: str
    version: int


class SiteLine(msgspec.Struct, tag_field="kind", tag="site"):
    id: str
    name: str
    origins: list[str]
    settings: dict[str, str]  # as `palaver site set` takes them
    former_names: list[str]


class PageLine(msgspec.Struct, tag_field="kind", tag="page"):
    id: str
    key: str
    url: str
    title: str
    created_at: str  # of its first comment
    locked: bool
    closes_at: str | Literal[0] | None  # as a moderator chose; 0: never
    merged_into: str | None
    differs_from: list[str]  # pages that look like this one, of which a moderator said that they are not


class Identity(msgspec.Struct):
    provider: str
    issuer: str
    subject: str
    linked_at: str


class MemberLine(msgspec.Struct, tag_field="kind", tag="member"):
    person: Person
    chose_name: bool
    identities: list[Identity]


class StandingLine(msgspec.Struct, tag_field="kind", tag="standing"):
    person: Person
    role: Literal["reader", "author", "moderator"]
    banned_until: str | None
    ban_reason: str
    shadowed: bool
    trusted: bool
    note: str


class Reason(msgspec.Struct):
    """A check's verdict."""

    status: Literal["approved", "pending", "rejected", "spam"]
    check: str
    reason: str


class Reported(msgspec.Struct):
    reason: str
    note: str
    created_at: str


class CommentLine(msgspec.Struct, tag_field="kind", tag="comment"):
    id: str
    page_id: str
    merged_from: str | None
    parent_id: str | None
    author: Person | None
    provider: str
    status: Status
    text: str
    html: str
    likes: int
    score: int
    address: str | None
    created_at: str
    edited_at: str | None
    pinned_at: str | None
    verdicts: list[Reason]
    learned: Literal["", "spam", "ham"]
    reports: list[Reported]
    open_reports: int  # since a moderator looked at it


class LikeLine(msgspec.Struct, tag_field="kind", tag="like"):
    comment_id: str
    person: Person
    disliked: bool
    created_at: str


class ActionLine(msgspec.Struct, tag_field="kind", tag="action"):
    id: str
    batch_id: str
    at: str
    by: Person | None
    verb: str
    target: Literal["comment", "person", "page", "site"]
    target_id: str
    reason: str
    before: dict[str, Any]
    after: dict[str, Any]
    undoes: str | None


class End(msgspec.Struct, tag_field="kind", tag="end"):
    """How many lines of each kind there are."""

    page: int = 0
    member: int = 0
    standing: int = 0
    comment: int = 0
    like: int = 0
    action: int = 0


Content = PageLine | MemberLine | StandingLine | CommentLine | LikeLine | ActionLine
Line = Head | SiteLine | Content | End

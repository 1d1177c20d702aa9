"""Threads of a given size and shape, written straight into the tables: what readers see is what the service would have
made of the same comments, only sooner.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from bench.texts import NAMES, make_text
from widget import ids
from widget.db import Tx
from widget.models import comments, pages, people
from widget.text import render_markdown

HOUR = 3_600_000  # ms
_CHUNK = 10_000
_PROVIDERS = ("", "", "github", "google")


class Planned(NamedTuple):
    """A comment to be: its parent's place in the plan, and when it is written (ms after the first)."""

    parent: int | None
    time: int


Plan = list[Planned]


def whole_plan(chance: random.Random) -> Plan:
    """100 comments that one page of the thread shows whole: 40 roots, of which 12 have five replies each."""
    plan: Plan = []
    for number in range(40):
        root = _add_root(plan, number * HOUR)
        if number % 3 == 0 and number < 36:
            _add_replies(plan, chance, root, 5, number * HOUR, 60_000)
    return plan


def long_plan(chance: random.Random, count: int) -> Plan:
    """`count` comments (100 or more) whose first and last pages are the same for every `count`: 50 roots and their
    replies at the beginning and 10 at the end, and of the third root the first 10 replies and the last 15. What is
    more lies between: a fifth of it in the third root's branch, the rest under further roots.
    """
    plan: Plan = []
    roots = [_add_root(plan, number * HOUR) for number in range(50)]
    more, later = count - 100, (50 + count) * HOUR
    branch = roots[2]
    _add_replies(plan, chance, branch, 10, 2 * HOUR, 60_000)
    _add_replies(plan, chance, roots[5], 9, 5 * HOUR, 60_000)
    _add_replies(plan, random.Random(1), branch, more // 5, 3 * HOUR, 60_000)
    _add_replies(plan, chance, branch, 15, later, 60_000)
    left = more - more // 5
    for number in range(50, 50 + left):
        if left <= 0:
            break
        replies = min(left - 1, (0, 0, 1, 2, 5, 30)[number % 6])
        root = _add_root(plan, number * HOUR)
        _add_replies(plan, random.Random(number), root, replies, number * HOUR, 60_000)
        left -= 1 + replies
    for number in range(10):
        root = _add_root(plan, later + number * HOUR)
        if number == 4:
            _add_replies(plan, chance, root, 6, later + number * HOUR, 60_000)
    return plan


def _add_root(plan: Plan, time: int) -> int:
    plan.append(Planned(None, time))
    return len(plan) - 1


def _add_replies(plan: Plan, chance: random.Random, root: int, number: int, time: int, every: int) -> None:
    """Each answers the root or one of the six before it, so that depths are mixed."""
    first = len(plan)
    for place in range(first, first + number):
        parent = root if chance.random() < 0.4 else max(first, place - chance.randint(1, 6))
        plan.append(Planned(root if parent == place else parent, time + (place - first + 1) * every))


class Comment(NamedTuple):
    id: int
    root: int  # its own id for a root
    parent: int  # its own id for a root
    time: int  # Unix ms
    name: str
    email: str
    text: str


class Written(NamedTuple):
    """A page as it was written; `ids` are in the order of the plan."""

    key: str
    url: str
    ids: list[int]
    paths: list[bytes]
    texts: list[str]

    def comments(self) -> Iterator[Comment]:
        """As other systems are given them, with further names."""
        for place, (comment_id, path) in enumerate(zip(self.ids, self.paths, strict=True)):
            root, parent = (int.from_bytes(part, "big") for part in (path[:8], path[-16:-8] or path))
            name = NAMES[place % len(NAMES)]
            email = f"{name.lower().replace(' ', '.')}@example.org"
            text = self.texts[place % len(self.texts)]
            yield Comment(comment_id, root, parent, ids.time_of(comment_id), name, email, text)


def add_people(tx: Tx) -> list[int]:
    """Some members; their ids."""
    added = [ids.new_id(tx.now) for _ in NAMES]
    rows = [{"id": person_id, "kind": "member", "name": name} for person_id, name in zip(added, NAMES, strict=True)]
    tx.conn.execute(sa.insert(people), rows)
    return added


def make_texts(chance: random.Random, number: int) -> list[tuple[str, str]]:
    """Pairs of a text and its HTML."""
    texts = [make_text(chance) for _ in range(number)]
    return [(text, render_markdown(text)) for text in texts]


def add_page(
    tx: Tx, site_id: int, name: str, plan: Plan, authors: Sequence[int], texts: Sequence[tuple[str, str]]
) -> Written:
    """Write the page `id:NAME` with all comments of the plan, which take `texts` in turn and begin 400 days ago at the
    latest (a comment's id holds its time).
    """
    chance = random.Random(name)
    page_id = ids.new_id(tx.now)
    first = tx.now - max(400 * 24 * HOUR, plan[-1].time + HOUR) - chance.randrange(HOUR)  # pages share no id
    url = f"https://blog.example/{name}"
    written = Written(f"id:{name}", url, [], [], [text for text, _ in texts])
    replies = [0] * len(plan)
    for place, (parent, time) in enumerate(plan):
        comment_id = ids.first_id(first + time) + place
        written.ids.append(comment_id)
        written.paths.append((written.paths[parent] if parent is not None else b"") + comment_id.to_bytes(8, "big"))
        ancestor = parent
        while ancestor is not None:
            replies[ancestor] += 1
            ancestor = plan[ancestor].parent
    page = {"site_id": site_id, "id": page_id, "key": written.key, "url": url, "title": name, "count": len(plan)}
    tx.conn.execute(sa.insert(pages), [page])
    for start in range(0, len(plan), _CHUNK):
        rows = [
            _row(chance, site_id, page_id, written, place, plan[place].parent, replies[place], authors, texts)
            for place in range(start, min(len(plan), start + _CHUNK))
        ]
        tx.conn.execute(sa.insert(comments), rows)
    return written


def _row(
    chance: random.Random,
    site_id: int,
    page_id: int,
    written: Written,
    place: int,
    parent: int | None,
    replies: int,
    authors: Sequence[int],
    texts: Sequence[tuple[str, str]],
) -> dict[str, Any]:
    path = written.paths[place]
    text, html = texts[place % len(texts)]
    likes = int(chance.expovariate(0.7))
    return {
        "site_id": site_id,
        "id": written.ids[place],
        "page_id": page_id,
        "parent_id": None if parent is None else written.ids[parent],
        "root_id": int.from_bytes(path[:8], "big"),
        "path": path,
        "depth": len(path) // 8 - 1,
        "person_id": chance.choice(authors),
        "provider": chance.choice(_PROVIDERS),
        "status": "approved",
        "text": text,
        "html": html,
        "likes": likes,
        "score": likes,
        "replies": replies,
    }

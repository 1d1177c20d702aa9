"""Made-up sites: everything that a site can have, by chance, as rows of its tables."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from random import Random
from typing import Any

import sqlalchemy as sa

from widget import ids, models
from widget.db import Tx
from widget.looks import look_of
from widget.names import clean_name, clean_text
from widget.posting import MAX_LEVELS
from widget.store.comments import GONE, ids_in
from widget.text import plain_text, render_markdown, sanitise_html

NOW = 1_800_000_000_000  # Unix ms
DAY = 86_400_000
NAMES = ["Ada", "Bert & Co", "Çelik", "李雷", "Zoë 🦔", "O’Neil", "x" * 80, "<b>Rob</b>", "A ]]> B", "R&amp;D"]
TEXTS = [
    "Hello.",
    "First\nsecond\n\nthird **strong** _em_ `code` ~~no~~",
    "> quoted\n\nanswer https://example.org/a?b=1&c=2",
    "1. one\n2. two\n\n- a\n  - b\n\n```\n<script>&amp;\n```",
    '[link](https://example.org/"x) & <b>tags</b> ]]> --> "quotes"',
    "العربية עברית 中文 🙂 e\u0301",
    "![image](https://example.org/a.png)\n\n# Heading\n\n---",
    "Line ends\u2028here, tab\there",
    "*" * 50 + "a",
]
HTML = ["<p>One<br>two</p><ul><li>a</li></ul>", "<h2>Title</h2>text<table><tr><td>cell</td></tr></table>", "plain"]
Rows = dict[str, list[dict[str, Any]]]


def made_up(seed: int, *, comments: int = 30) -> Rows:
    """By table, in an order in which they can be written."""
    return _Maker(Random(seed), comments).rows


def write(tx: Tx, rows: Rows) -> None:
    for table in models.metadata.sorted_tables:
        if rows.get(table.name):
            tx.conn.execute(sa.insert(table), rows[table.name])


def clear(tx: Tx) -> None:
    for table in reversed(models.metadata.sorted_tables):
        tx.conn.execute(sa.delete(table))


def read(tx: Tx, table: sa.Table, without: Sequence[str] = ()) -> list[tuple[Any, ...]]:
    """All rows, in the order of their keys."""
    columns = [column for column in table.c if column.name not in without]
    return [tuple(row) for row in tx.conn.execute(sa.select(*columns).order_by(*table.primary_key))]


class _Maker:
    def __init__(self, draw: Random, comments: int) -> None:
        self._draw = draw
        self._site = ids.first_id(NOW - 300 * DAY) + 1
        self.rows: Rows = {table.name: [] for table in models.metadata.sorted_tables}
        self._add("sites", id=self._site, name="blog", origins=json.dumps(["https://blog.example"]), **self._settings())
        self._add("site_aliases", name="diary", site_id=self._site)
        self._people = [self._person() for _ in range(8)]
        self._pages = [self._page(number) for number in range(5)]
        self._merge()
        for _ in range(comments):
            self._comment()
        self._count()
        for _ in range(comments // 2):
            self._like()
        for _ in range(5):
            self._action()
        self._forget_strangers()

    def _forget_strangers(self) -> None:
        """Whoever did nothing here is nobody's."""
        here = {row["person_id"] for table in ("comments", "likes", "standings", "actions") for row in self.rows[table]}
        self.rows["people"] = [row for row in self.rows["people"] if row["id"] in here]
        self.rows["identities"] = [row for row in self.rows["identities"] if row["person_id"] in here]

    def _settings(self) -> dict[str, Any]:
        pick = self._draw.choice
        return {
            "hold": pick(["none", "new", "all"]),
            "words_spam": pick(["", "casino\n/via+gra/"]),
            "providers": pick(["", "github google"]),
            "badge_author": pick(["Author", "", "Écrivain"]),
            "address_days": 30,
            "sso": pick([True, False]),
        }

    def _add(self, table: str, **row: Any) -> dict[str, Any]:
        whole = {**_defaults(table), **row}
        self.rows[table].append(whole)
        return whole

    def _chance(self, share: float) -> bool:
        return self._draw.random() < share

    def _id(self, since: int = 250, until: int = 0) -> int:
        return self._draw.randint(ids.first_id(NOW - since * DAY), ids.first_id(NOW - until * DAY))

    def _person(self) -> int:
        kind = self._draw.choice(["member", "member", "guest", "imported", "erased"])
        name = clean_name(self._draw.choice(NAMES))
        about = {"name": "Anonymous"} if kind == "erased" else {"name": name, "email": "a.b@example.org"}
        person = self._add("people", id=self._id(), kind=kind, **about)
        if kind == "member":
            person |= {"look": look_of(name), "renamed": self._chance(0.5), "url": "https://ada.example/"}
            for provider in self._draw.sample(["github", "google", "oidc-x"], self._draw.randint(1, 2)):
                way = {"issuer": f"https://{provider}.example", "subject": str(person["id"]), "provider": provider}
                self._add("identities", person_id=person["id"], **way, created_at=NOW, name="", email="")
            if self._chance(0.5):
                self._add(
                    "standings",
                    site_id=self._site,
                    person_id=person["id"],
                    role=self._draw.choice(["reader", "author", "moderator"]),
                    banned_until=self._draw.choice([0, NOW + DAY, ids.MAX_TIME]),
                    ban_reason=self._draw.choice(["", "Rude."]),
                    shadowed=self._chance(0.2),
                    trusted=self._chance(0.2),
                    note=self._draw.choice(["", "Writes\nat night."]),
                )
        return int(person["id"])

    def _page(self, number: int) -> dict[str, Any]:
        closes_at = self._draw.choice([None, 0, NOW + DAY])
        key, url = (
            (f"id:page-{number}", "")
            if number == 4
            else (f"url:blog.example/{number}", f"https://blog.example/{number}/")
        )
        title = clean_name(self._draw.choice(["", "Bread & butter", "日本語 <i>"]))
        return self._add(
            "pages", site_id=self._site, id=self._id(), key=key, url=url, title=title,
            locked=self._chance(0.3), closes_at=closes_at, merged_into=None, shown_as=None,
        )  # fmt: skip

    def _merge(self) -> None:
        """The first into the second, and that into the third; the last two are not one page."""
        first, second, third, *others = self._pages
        first |= {"merged_into": second["id"], "shown_as": third["id"]}
        second |= {"merged_into": third["id"], "shown_as": third["id"]}
        low, high = sorted(page["id"] for page in others)
        self._add("page_differences", site_id=self._site, page_id=low, other_id=high)

    def _comment(self) -> None:
        page = self._draw.choice(self._pages)
        shown = page["shown_as"] or page["id"]
        answered = [row for row in self.rows["comments"] if row["page_id"] == shown and row["site_id"] == self._site]
        parent = self._draw.choice(answered[-3:]) if answered and self._chance(0.7) else None
        number = self._id()
        path = (parent["path"][: MAX_LEVELS * 8] if parent else b"") + number.to_bytes(8, "big")
        status = self._draw.choice(["approved"] * 4 + ["pending", "rejected", "spam", "deleted"])
        reported = self._draw.randint(0, 2) if self._chance(0.2) else 0
        row = self._add(
            "comments",
            site_id=self._site,
            id=number,
            page_id=shown,
            merged_from=page["id"] if page["shown_as"] else None,
            parent_id=parent["id"] if parent else None,
            root_id=ids_in(path)[0],
            path=path,
            depth=len(path) // 8 - 1,
            person_id=self._draw.choice(self._people),
            provider=self._draw.choice(["", "github"]),
            status=status,
            edited_at=ids.time_of(number) + 5_000 if self._chance(0.2) else None,
            likes=self._draw.randint(0, 3),
            score=self._draw.randint(-3, 3),
            reports=reported,
            pinned_at=NOW if parent is None and self._chance(0.1) else None,
            address="203.0.113.7" if ids.time_of(number) > NOW - 20 * DAY else None,
            verdicts=self._draw.choice(["", '[["pending","words","holds “casino”"]]']),
            learned="spam" if status == "spam" else self._draw.choice(["", "ham"]),
            **self._text(),
        )
        if status == "deleted":
            row |= GONE | {"learned": ""}
        for reporter in range(reported):
            said = {"reason": "spam", "note": self._draw.choice(["", "Look!"]), "created_at": NOW + reporter}
            self._add("reports", site_id=self._site, comment_id=number, reporter=f"hash-{reporter}", **said)

    def _text(self) -> dict[str, str]:
        if self._chance(0.3):
            html = sanitise_html(self._draw.choice(HTML))
            return {"text": plain_text(html), "html": html}
        text = clean_text(self._draw.choice(TEXTS))
        return {"text": text, "html": render_markdown(text)}

    def _count(self) -> None:
        approved = [row for row in self.rows["comments"] if row["status"] == "approved"]
        replies = Counter(above for row in approved for above in ids_in(row["path"])[:-1])
        counts = Counter(row["page_id"] for row in approved)
        for row in self.rows["comments"]:
            row["replies"] = replies[row["id"]]
        for page in self.rows["pages"]:
            page["count"] = counts[page["id"]]

    def _like(self) -> None:
        comment = self._draw.choice(self.rows["comments"])
        key = {"site_id": self._site, "comment_id": comment["id"], "person_id": self._draw.choice(self._people)}
        if not any(key.items() <= like.items() for like in self.rows["likes"]):
            self._add("likes", **key, page_id=comment["page_id"], value=self._draw.choice([1, -1]), created_at=NOW)

    def _action(self) -> None:
        number, comment = self._id(), self._draw.choice(self.rows["comments"])
        self._add(
            "actions", site_id=self._site, id=number, batch_id=number,
            person_id=self._draw.choice([None, *self._people]), verb="approve", target="comment",
            target_id=comment["id"], reason=self._draw.choice(["", "Fine."]),
            before='{"status":"pending"}', after='{"status":"approved"}', undoes=None,
        )  # fmt: skip


def _defaults(table: str) -> dict[str, Any]:
    """What a column has where nothing is said, so that all rows of a table name the same columns."""
    found: dict[str, Any] = {}
    for column in models.metadata.tables[table].c:
        default = column.server_default
        if isinstance(default, sa.DefaultClause):
            value: Any = default.arg if isinstance(default.arg, str) else str(default.arg)
            if isinstance(column.type, sa.Boolean):
                value = str(value).lower() in ("true", "1")
            elif isinstance(column.type, sa.Integer):
                value = int(value)
            found[column.name] = value
        elif column.nullable:
            found[column.name] = None
    return found

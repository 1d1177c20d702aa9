"""A made-up export of Disqus, of any number of comments, and what is in it."""

from __future__ import annotations

import random
from collections import defaultdict, deque
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from bench.texts import NAMES, make_text
from bench.world import BLOG

A_PAGE, A_PERSON = 100, 5  # comments, about
_HEAD = """<?xml version="1.0" encoding="utf-8"?>
<disqus xmlns="http://disqus.com" xmlns:dsq="http://disqus.com/disqus-internals">
<category dsq:id="1"><forum>blog</forum><title>General</title><isDefault>true</isDefault></category>
"""
_PAGE = """<thread dsq:id="{number}">
<id/><forum>blog</forum><category dsq:id="1"/><link>{address}</link><title>Article {number}</title><message/>
<createdAt>2015-01-01T00:00:00Z</createdAt>
<author><name>Owner</name><isAnonymous>false</isAnonymous><username>owner</username></author>
<isClosed>{closed}</isClosed><isDeleted>false</isDeleted>
</thread>
"""
_COMMENT = """<post dsq:id="{number}">
<id/><message><![CDATA[{html}]]></message><createdAt>{time}</createdAt>
<isDeleted>{deleted}</isDeleted><isSpam>{spam}</isSpam>
<author><email>{user}@example.org</email><name>{name}</name><isAnonymous>false</isAnonymous><username>{user}</username>
</author><ipAddress>203.0.113.{host}</ipAddress><thread dsq:id="{page}"/>{parent}
</post>
"""


class Held(NamedTuple):
    """What is in the file, or came in from it."""

    comments: int
    pages: int
    closed: int  # pages
    spam: int  # comments that are not shown for it
    deleted: int  # comments whose place is kept
    deepest: int  # level; 1: no reply


def write_export(file: Path, comments: int) -> Held:
    """Pages take turns, as in an export that is sorted by time. Every tenth is told apart by its query alone, every
    twentieth is closed.
    """
    chance, pages, counts = random.Random("export"), max(1, comments // A_PAGE), dict.fromkeys(("spam", "deleted"), 0)
    recent: dict[int, deque[tuple[int, int]]] = defaultdict(lambda: deque(maxlen=8))  # of a page: numbers and levels
    deepest, begun, step = 0, datetime(2015, 1, 1, tzinfo=UTC), timedelta(days=3_650) / comments
    with file.open("w", encoding="utf-8") as out:
        out.write(_HEAD)
        for number in range(1, pages + 1):
            address = f"{BLOG}/?p={number}" if number % 10 == 0 else f"{BLOG}/articles/{number}/"
            out.write(_PAGE.format(number=number, address=address, closed=_written(number % 20 == 1)))
        for number in range(1, comments + 1):
            page, person = (
                chance.randint(1, pages) if number > pages else number,
                chance.randrange(comments // A_PERSON),
            )
            above, level = chance.choice(recent[page]) if recent[page] and chance.random() < 0.6 else (0, 0)
            recent[page].append((number, level + 1))
            deleted, spam = chance.random() < 0.02, chance.random() < 0.03
            counts["deleted"] += deleted
            counts["spam"] += spam and not deleted
            deepest = max(deepest, level + 1)
            out.write(
                _COMMENT.format(
                    number=number,
                    html="".join(f"<p>{part}</p>" for part in make_text(chance).split("\n\n")),
                    time=f"{begun + step * number:%Y-%m-%dT%H:%M:%SZ}",
                    deleted=_written(deleted),
                    spam=_written(spam),
                    name=NAMES[person % len(NAMES)],
                    user=f"person{person}",
                    host=number % 250,
                    page=page,
                    parent=f'<parent dsq:id="{above}"/>' if above else "",
                )
            )
        out.write("</disqus>\n")
    return Held(comments, pages, (pages + 19) // 20, **counts, deepest=deepest)


def _written(value: bool) -> str:
    return str(value).lower()

"""What moderators wait for where very much waits for them: the inbox, a search, and 200 decisions at once."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path
from typing import NamedTuple

import sqlalchemy as sa

from auth.sessions import PAGE_COOKIE, new_page_session
from bench.client import OK, Connection, Expected, WrongAnswer, ask_all, connections, get, submit
from bench.processes import Server, database_url
from bench.report import Row
from bench.rounds import Effort, percentile, spread
from bench.threads import HOUR, Planned, add_page, add_people, make_texts
from bench.world import SITE
from widget import ids, site_verbs
from widget.db import Database, Tx, open_database
from widget.migrate import migrate
from widget.models import comments, pages
from widget.moderation.deciding import MAX_AT_ONCE
from widget.store import people, sessions

PAGES = 100
LIMIT = 100  # ms
REQUESTS = 20
NOWHERE = "/admin?q=words+that+stand+nowhere"  # so that it looks through as much as one search does
DONE = Expected(303)


class Queue(NamedTuple):
    folder: Path
    cookie: str  # of an owner
    choices: list[str]  # as the inbox's checkboxes say them, the newest first


def make_queue(folder: Path, count: int) -> Queue:
    """A database in which so many comments wait on `PAGES` pages."""
    folder.mkdir(parents=True)
    migrate(database_url(folder))
    return asyncio.run(_fill(folder, count))


async def _fill(folder: Path, count: int) -> Queue:
    database = open_database(database_url(folder))
    try:
        return await _write(database, folder, count)
    finally:
        await database.close()


async def _write(database: Database, folder: Path, count: int) -> Queue:
    site = await site_verbs.add(database, SITE, ["https://blog.example"], "http://localhost:8000")

    def write(tx: Tx) -> Queue:
        authors, texts = add_people(tx), make_texts(random.Random("texts of a queue"), 400)
        plan = [Planned(None, number * HOUR) for number in range(count // PAGES)]
        written = [add_page(tx, site.id, f"queue-{number}", plan, authors, texts) for number in range(PAGES)]
        tx.conn.execute(sa.update(comments).values(status="pending"))
        tx.conn.execute(sa.update(pages).values(count=0))
        owner = people.add_person(tx, "member", "Olga", "", "olga@example.org")
        people.set_owner(tx, owner, owner=True)
        token, session = new_page_session(owner, "github", tx.now)
        sessions.add_session(tx, session)
        waiting = sorted((each for page in written for each in page.ids), reverse=True)
        choices = [f"{SITE}.{ids.encode(each)}.pending" for each in waiting]
        return Queue(folder, f"{PAGE_COOKIE}={token}", choices)

    return await database.write(write)


async def measure_moderating(service: Server, queue: Queue, effort: Effort) -> list[Row]:
    async with connections(service.port, 1) as [connection]:
        name = f"a queue of {len(queue.choices):,}"
        return [
            await _page(connection, f"{name}: inbox", "/admin", queue, b'id="queue"'),
            await _page(connection, f"{name}: search", NOWHERE, queue, b'value="words that'),
            await _decisions(connection, service.port, f"{name}: {MAX_AT_ONCE} decisions", queue, effort),
        ]


async def _page(connection: Connection, name: str, path: str, queue: Queue, part: bytes) -> Row:
    """A page that says so: to nobody signed in another one would be shown, much sooner."""
    headers = {"Cookie": queue.cookie, "Sec-Fetch-Site": "same-origin"}
    request = get(path, encoding="identity", **headers)
    answer = await connection.ask(request)
    if part not in answer.body:
        raise WrongAnswer(f"{path} does not show {part.decode()}")
    taken = [seconds * 1e3 for seconds in await ask_all([connection], [request] * REQUESTS, OK)]
    return Row(name, percentile(taken, 50), " ms", LIMIT, spread=spread(taken), digits=0)


async def _decisions(connection: Connection, port: int, name: str, queue: Queue, effort: Effort) -> Row:
    """Those that were never asked for before, on many pages, as spam and approved by turns."""
    taken = []
    for number in range(effort.rounds + 1):
        chosen = queue.choices[number * MAX_AT_ONCE : (number + 1) * MAX_AT_ONCE]
        fields = [("do", ("approve", "spam")[number % 2]), *(("c", choice) for choice in chosen)]
        request = submit(port, "/admin", fields, Cookie=queue.cookie)
        taken += [seconds * 1e3 for seconds in await ask_all([connection], [request], DONE)]
    return Row(name, spread(taken[1:]).median, " ms", LIMIT, spread=spread(taken[1:]), digits=0)

"""Readers who come and go while all kinds of things are done: in the end each has what a new document shows, and the
service is as small as before. Not among the figures: `python -m bench.live_soak --seconds 60 --streams 300`.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import functools
import random
import re
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode

import msgspec

from auth.sessions import new_frame_session
from bench.client import Connection, connections, get, send
from bench.processes import Cores, Server, database_url, palaver, running
from bench.texts import make_text
from bench.world import BLOG, SITE, frame_path
from tests.support.streams import Event, Reader, Shown
from widget import ids, people_verbs, site_verbs
from widget.db import Database, Tx, open_database
from widget.migrate import migrate
from widget.store import people, sessions

PAGES = [f"page-{number}" for number in range(6)]
MOST = 40  # comments of a page, so that its document shows all
DEEDS = (
    "post",
    "post",
    "answer",
    "edit",
    "like",
    "unlike",
    "delete",
    "hold",
    "approve",
    "spam",
    "pin",
    "close",
    "open",
)
ROLE = 0.02  # of the deeds give somebody another badge, as another process would
EVERY = 0.02  # seconds from one deed to the next
_REPLY = re.compile(r' <a class="reply".*?</a>', re.DOTALL)  # a page that is closed has none


class Cast(NamedTuple):
    writers: list[str]  # their tokens
    moderator: str
    people: list[str]  # the writers' ids


@functools.lru_cache(10_000)
def _shown(html: str) -> dict[str, Shown]:
    """What an item shows, once for all who are told of it."""
    found = Reader(f'<section id="thread" data-version="0" data-count="0"><ol>{html}</ol></section>').comments
    return {name: shown._replace(article=_REPLY.sub("", shown.article)) for name, shown in found.items()}


class Client:
    """A reader in a browser of few words; `known` is what they see."""

    def __init__(self, port: int, page: str) -> None:
        self.port, self.page = port, page
        self.version, self.count, self.closed = -1, 0, False
        self.known: dict[str, Shown] = {}

    async def read(self) -> None:
        """The document."""
        async with connections(self.port, 1) as [connection]:
            html = (await connection.ask(get(frame_path(self.page), encoding="identity"))).body.decode()
        new = Reader(html)
        self.version, self.count, self.closed = new.version, new.count, new.closed
        self.known = {n: s._replace(article=_REPLY.sub("", s.article)) for n, s in new.comments.items()}

    async def follow(self, chance: random.Random, over: asyncio.Event) -> None:
        """Come, and go again after a while, until it is over."""
        while not over.is_set():
            if self.version < 0 or chance.random() < 0.05:
                await self.read()
            seconds = chance.expovariate(0.2)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self.listen()
            await asyncio.sleep(chance.random())

    async def listen(self) -> None:
        query = urlencode({"id": self.page, "url": f"{BLOG}/{self.page}", "since": self.version})
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            writer.write(f"GET /live/{SITE}?{query} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200"), head
            while size := int(await reader.readline() or b"0", 16):
                text = (await reader.readexactly(size + 2)).decode()
                fields = dict(line.partition(": ")[::2] for line in text.splitlines())
                if "data" in fields:
                    kind, body = fields.get("event", "message"), msgspec.json.decode(fields["data"])
                    await self.take(Event(kind, int(fields["id"]), body))
        finally:
            writer.transport.abort()

    async def take(self, event: Event) -> None:
        if event.kind == "reset":
            return await self.read()
        for told in event.body["comments"]:
            if told["gone"]:
                self.known.pop(told["id"], None)
                continue
            assert told["id"] in self.known or told["appeared"] > self.version, "what was there is told as new"
            self.known[told["id"]] = _shown(told["html"])[told["id"]]
        self.version, self.count, self.closed = event.version, event.body["count"], event.body["closed"]
        assert self.count == sum(not shown.status for shown in self.known.values()), "something was not told"
        return None


async def _fill(database: Database) -> Cast:
    site = await site_verbs.add(database, SITE, [BLOG], "http://localhost:8000")

    def write(tx: Tx) -> Cast:
        numbers, tokens = [], []
        for name in ("Ada", "Ben", "Cleo", "Mod"):
            numbers.append(people.add_person(tx, "member", name, "", ""))
            token, session = new_frame_session(numbers[-1], site.id, "github", tx.now)
            sessions.add_session(tx, session)
            tokens.append(token)
        people.set_standing(tx, site.id, numbers[-1], role="moderator")
        return Cast(tokens[:-1], tokens[-1], [ids.encode(number) for number in numbers[:-1]])

    return await database.write(write)


class Doing:
    """Deeds by chance; what cannot be done is refused, and nothing changes."""

    def __init__(self, connection: Connection, database: Database, cast: Cast, chance: random.Random) -> None:
        self._connection, self._database, self._cast, self._chance = connection, database, cast, chance
        self._comments: dict[str, list[str]] = {page: [] for page in PAGES}
        self.done: Counter[str] = Counter()

    async def one(self) -> None:
        chance, page = self._chance, self._chance.choice(PAGES)
        if chance.random() < ROLE:
            role = chance.choice(("reader", "author"))
            await people_verbs.set_role(self._database, SITE, chance.choice(self._cast.people), role)
            self.done["role"] += 1
            return
        deed = chance.choice(DEEDS)
        known = self._comments[page]
        target = chance.choice(known) if known else ""
        if deed in ("post", "answer") and len(known) < MOST:
            body = {"id": page, "url": f"{BLOG}/{page}", "text": make_text(chance)}
            parent = {"parent_id": target} if deed == "answer" and target else {}
            answer = await self._ask("POST", "comments", {**body, **parent}, chance.choice(self._cast.writers))
            if answer:
                known.append(answer["id"])
                self.done[deed] += 1
        elif deed in ("close", "open"):
            query = urlencode({"id": page, "url": f"{BLOG}/{page}"})
            await self._ask("PUT" if deed == "close" and chance.random() < 0.3 else "DELETE", f"lock?{query}")
        elif target:
            await self._on_comment(deed, target)

    async def _on_comment(self, deed: str, target: str) -> None:
        path = f"comments/{target}"
        if deed in ("hold", "approve", "spam"):
            status = {"hold": "pending", "approve": "approved", "spam": "spam"}[deed]
            found = await self._ask("PUT", f"{path}/status", {"status": status})
        elif deed in ("like", "unlike"):
            writer = self._chance.choice(self._cast.writers)
            found = await self._ask("PUT" if deed == "like" else "DELETE", f"{path}/like", None, writer)
        elif deed == "pin":
            found = await self._ask("PUT" if self._chance.random() < 0.5 else "DELETE", f"{path}/pin")
        elif deed == "edit":
            found = await self._ask("PATCH", path, {"text": make_text(self._chance)})
        else:
            found = await self._ask("DELETE", path)
        self.done[deed] += found is not None

    async def _ask(self, method: str, path: str, body: Any = None, token: str = "") -> Any:
        token = token or self._cast.moderator
        request = send(method, f"/api/v1/{SITE}/{path}", body, Authorization=f"Bearer {token}")
        answer = await self._connection.ask(request)
        assert answer.status < 500, answer.body
        return None if answer.status >= 400 else msgspec.json.decode(answer.body or b"{}")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.live_soak", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--streams", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="palaver-soak-") as name:
        folder = Path(name)
        migrate(database_url(folder))
        asyncio.run(_soak(Cores(), folder, given.seconds, given.streams, random.Random(given.seed)))


async def _soak(cores: Cores, folder: Path, seconds: float, streams: int, chance: random.Random) -> None:
    database = open_database(database_url(folder))
    try:
        cast = await _fill(database)
        with running(palaver(cores, folder)) as server:
            for number in (1, 2):  # what the first time leaves is what caches and pools hold
                await _play(server, database, cast, seconds / 2, streams, chance)
                print(f"after {number}: {server.memory():.1f} MB, {_files(server)} files, {server.cpu():.1f} s of CPU")
    finally:
        await database.close()


async def _play(
    server: Server, database: Database, cast: Cast, seconds: float, streams: int, chance: random.Random
) -> None:
    clients = [Client(server.port, PAGES[number % len(PAGES)]) for number in range(streams)]
    over, end = asyncio.Event(), time.monotonic() + seconds
    async with asyncio.TaskGroup() as group, connections(server.port, 1) as [connection]:
        following = [group.create_task(client.follow(random.Random(chance.random()), over)) for client in clients]
        doing = Doing(connection, database, cast, chance)
        while time.monotonic() < end:
            await doing.one()
            await asyncio.sleep(EVERY)
        over.set()
        await asyncio.gather(*following)
    await _compare(clients, seconds)
    print(f"{streams} readers have what new documents show, after {dict(doing.done)}")


async def _compare(clients: list[Client], seconds: float) -> None:
    """Each comes back once more, until it has all."""
    fresh = {page: Client(clients[0].port, page) for page in PAGES}
    for client in fresh.values():
        await client.read()

    async def catch_up(client: Client) -> None:
        new = fresh[client.page]
        if client.version < 0:
            await client.read()
        listening = asyncio.create_task(client.listen())
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(max(20, seconds)):
                while (client.version, client.closed) != (new.version, new.closed):
                    await asyncio.sleep(0.01)
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
        assert (client.version, client.count, client.closed) == (new.version, new.count, new.closed), client.page
        missing = {name: shown for name, shown in new.known.items() if client.known.get(name) != shown}
        assert client.known == new.known, (missing, client.known.keys() - new.known.keys())

    for client in clients:
        await catch_up(client)


def _files(server: Server) -> int:
    return sum(1 for _ in Path(f"/proc/{server.pid}/fd").iterdir())


if __name__ == "__main__":
    main()

"""Several processes behind Debian's nginx with our configuration: restarts, a migration and a crash are noticed by
nobody, and what was acknowledged is there.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import shutil
import signal
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx2
import pytest
from sqlalchemy import select

from tests.support.commands import PALAVER, environment, free_port, run, wait_until
from tests.support.postgres import Postgres
from tests.support.redis import RedisServer
from tests.support.require import require
from tests.support.service import BLOG, GUEST, PAGE
from widget import ids
from widget.db import open_database
from widget.models import comments

DEPLOY = Path(__file__).parents[2] / "deploy"
AT_ONCE = 4
MAIN = """daemon off; worker_processes 1; pid {folder}/pid; error_log stderr warn;
events {{}}
http {{ access_log off; client_body_temp_path {folder}/1; proxy_temp_path {folder}/2; fastcgi_temp_path {folder}/3;
uwsgi_temp_path {folder}/4; scgi_temp_path {folder}/5; {server} }}"""


class Process:
    """`palaver serve` on a port that it keeps over restarts."""

    def __init__(self, folder: Path, settings: dict[str, str]) -> None:
        self.port = free_port()
        self._folder, self._settings = folder, settings
        self._log = folder / f"log-{self.port}"
        self.start()

    def start(self) -> None:
        command = [*PALAVER, "serve", "--port", str(self.port)]
        with self._log.open("ab") as log:
            self._running = subprocess.Popen(
                command, cwd=self._folder, env=environment(**self._settings), stdout=log, stderr=log
            )
        wait_until(lambda: _answers(self.port), self._log.read_text)

    def stop(self, how: signal.Signals) -> int:
        self._running.send_signal(how)
        return self._running.wait(30)


def _answers(port: int) -> bool:
    with contextlib.suppress(httpx2.TransportError):
        return httpx2.get(f"http://127.0.0.1:{port}/readyz").status_code == 200
    return False


@pytest.fixture
def nginx_port() -> int:
    require(shutil.which("nginx") is not None, "nginx")
    return free_port()


@pytest.fixture
def settings(postgres: Postgres, redis_server: RedisServer, nginx_port: int) -> dict[str, str]:
    return {
        "PALAVER_DATABASE_URL": postgres.create_database(empty=True),
        "PALAVER_REDIS_URL": redis_server.url,
        "PALAVER_PUBLIC_URL": f"http://localhost:{nginx_port}",
        "PALAVER_SECRET_KEYS": "k" * 32,
        "PALAVER_TRUSTED_PROXIES": "127.0.0.1",
        "PALAVER_LIMITS": "off",
    }


@pytest.fixture
def processes(tmp_path: Path, settings: dict[str, str]) -> Iterator[list[Process]]:
    added = run(tmp_path, "site", "add", "blog", "--origin", BLOG, **settings)
    assert added.returncode == 0, added.stderr
    started = [Process(tmp_path, settings) for _ in range(2)]
    try:
        yield started
    finally:
        for process in started:
            process.stop(signal.SIGKILL)


@pytest.fixture
def service(tmp_path: Path, nginx_port: int, processes: list[Process]) -> Iterator[str]:
    """nginx in front of both; its address. Only names, ports and certificates of our file are others."""
    server = (DEPLOY / "nginx.conf").read_text()
    for port, process in zip((8001, 8002), processes, strict=True):
        server, number = re.subn(rf"127\.0\.0\.1:{port}\b", f"127.0.0.1:{process.port}", server)
        assert number == 1
    server, number = re.subn(r"listen 443 ssl;", f"listen 127.0.0.1:{nginx_port};", server)
    assert number == 1
    server = re.sub(r"ssl_certificate.*;", "", server)
    (tmp_path / "nginx.conf").write_text(MAIN.format(folder=tmp_path, server=server))
    with subprocess.Popen(["nginx", "-p", tmp_path, "-c", tmp_path / "nginx.conf", "-e", "stderr"]) as running:
        try:
            wait_until(lambda: _answers(nginx_port))
            yield f"http://localhost:{nginx_port}"
        finally:
            running.terminate()


class Load:
    """Readers and writers who go on until told to stop; what was answered with 201 and what was not well."""

    def __init__(self) -> None:
        self.posted: list[str] = []
        self.wrong: list[str] = []
        self.reads = 0
        self.stopped = False

    async def write(self, client: httpx2.AsyncClient, name: str) -> None:
        number = 0
        while not self.stopped:
            number += 1
            body = {"url": PAGE, "text": f"Number {number} of {name}.", "guest": GUEST}
            headers = {"Idempotency-Key": f"{name}-{number}"}
            answer = await client.post("/api/v1/blog/comments", json=body, headers=headers)
            if answer.status_code == 201:
                self.posted.append(answer.json()["id"])
            else:
                self.wrong.append(f"{answer.status_code} {answer.text[:200]}")

    async def read(self, client: httpx2.AsyncClient) -> None:
        while not self.stopped:
            answer = await client.get("/embed/blog", params={"url": PAGE})
            self.reads += 1
            if answer.status_code != 200:
                self.wrong.append(f"{answer.status_code} {answer.text[:200]}")

    async def goes_on(self) -> None:
        """Until each has been answered several times more."""
        posts, reads = len(self.posted) + 10, self.reads + 10
        async with asyncio.timeout(60):
            while len(self.posted) < posts or self.reads < reads:
                assert not self.wrong, self.wrong
                await asyncio.sleep(0.01)


@contextlib.asynccontextmanager
async def loaded(service: str) -> AsyncIterator[Load]:
    load = Load()
    async with httpx2.AsyncClient(base_url=service, timeout=60) as client, asyncio.TaskGroup() as group:
        for number in range(AT_ONCE):
            group.create_task(load.write(client, f"writer {number}"))
            group.create_task(load.read(client))
        try:
            await load.goes_on()
            yield load
        finally:
            load.stopped = True


async def _kept(url: str) -> set[int]:
    database = open_database(url)
    try:
        return set(await database.read(lambda tx: tx.conn.execute(select(comments.c.id)).scalars().all()))
    finally:
        await database.close()


async def _told_at_once(service: str) -> str:
    """The id of a comment that passed nginx while the stream stayed open."""
    async with (
        httpx2.AsyncClient(base_url=service, timeout=60) as client,
        client.stream("GET", "/live/blog", params={"url": PAGE}) as stream,
    ):
        pieces = stream.aiter_text()
        assert "retry: " in await anext(pieces)
        answer = await client.post("/api/v1/blog/comments", json={"url": PAGE, "text": "First.", "guest": GUEST})
        posted = str(answer.json()["id"])
        assert posted in await anext(pieces)
        return posted


async def test_restarts_and_a_migration_under_load_fail_no_request(
    service: str, processes: list[Process], settings: dict[str, str], tmp_path: Path
) -> None:
    first = await _told_at_once(service)
    async with loaded(service) as load:
        load.posted.append(first)
        for process in processes:
            assert await asyncio.to_thread(process.stop, signal.SIGTERM) == 0
            await load.goes_on()
            await asyncio.to_thread(process.start)
            await load.goes_on()
        migrated = await asyncio.to_thread(run, tmp_path, "migrate", **settings)
        assert migrated.returncode == 0
        await load.goes_on()
    assert load.wrong == []
    await _check(load, settings)


async def test_process_that_is_killed_under_load_loses_nothing_that_was_acknowledged(
    service: str, processes: list[Process], settings: dict[str, str]
) -> None:
    async with loaded(service) as load:
        await asyncio.to_thread(processes[0].stop, signal.SIGKILL)
        await load.goes_on()
        await asyncio.to_thread(processes[0].start)
        await asyncio.to_thread(processes[1].stop, signal.SIGKILL)
        await load.goes_on()
    assert load.wrong == []
    await _check(load, settings)


async def _check(load: Load, settings: dict[str, str]) -> None:
    """Each acknowledged comment is there, once, and no other."""
    assert len(load.posted) == len(set(load.posted))
    assert {ids.decode(name) for name in load.posted} == await _kept(settings["PALAVER_DATABASE_URL"])

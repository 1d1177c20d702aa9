"""A private PostgreSQL for the tests: its own cluster in a temporary folder, on a Unix socket, gone afterwards.

Each pytest process starts one (about a second), so that parallel runs share nothing. Debian's programs are used where
they lie; root runs them as the user `postgres`, because the server refuses root.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
import tempfile
from collections import deque
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from threading import Event, Thread
from typing import IO, Any
from urllib.parse import urlsplit

import asyncpg

from tests.support.require import require

ROLE = "palaver"
TEMPLATE = "migrated"
OPTIONS = ("listen_addresses=", "lc_messages=C")
# Nothing that tests write has to survive a crash.
FORGETFUL = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "autovacuum=off",
    "shared_buffers=32MB",
    "wal_level=minimal",
    "max_wal_senders=0",
)


class Postgres:
    """A running server, of which `pid` is the first process. `create_database` gives URLs as the setting
    `database_url` takes them.
    """

    def __init__(self, folder: Path, pid: int) -> None:
        self._folder = folder
        self.pid = pid
        self._numbers = count(1)
        self._has_template = False
        # A connection that stays open (a new one makes CREATE DATABASE five times slower), in a thread with a loop of
        # its own, so that plain functions can ask while the loop of the tests runs.
        self._thread = ThreadPoolExecutor(1, "postgres")
        self._runner = asyncio.Runner()
        self._connection = self._call(asyncpg.connect(self._url("postgres")))

    def make_template(self, migrate: Callable[[str], None]) -> None:
        """Let `migrate` fill a database by its URL, once; every database created from then on is a copy of it."""
        self._run(f"CREATE DATABASE {TEMPLATE}")
        migrate(self._url(TEMPLATE))
        self._has_template = True

    def create_database(self, *, empty: bool = False) -> str:
        """A new database, a copy of the template unless `empty`. Takes about 20 ms."""
        name = f"test_{next(self._numbers)}"
        template = TEMPLATE if self._has_template and not empty else "template1"
        self._run(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
        return self._url(name)

    def drop_database(self, url: str) -> None:
        """Remove a database, even with connections open, unless a test has done so."""
        self._run(f"DROP DATABASE IF EXISTS {urlsplit(url).path[1:]} WITH (FORCE)")

    def _url(self, name: str) -> str:
        return f"postgresql://{ROLE}@/{name}?host={self._folder}"

    def _run(self, sql: str) -> None:
        self._call(self._connection.execute(sql))

    def _call(self, asked: Coroutine[Any, Any, Any]) -> Any:
        return self._thread.submit(self._runner.run, asked).result()

    def close(self) -> None:
        self._call(self._connection.close())
        self._thread.submit(self._runner.close).result()
        self._thread.shutdown()


@contextmanager
def running_postgres(*, durable: bool = False) -> Iterator[Postgres]:
    """Start a server, and stop it at the end. Skips the test where PostgreSQL is not installed.

    A durable one is as its makers set it up, on a disk.
    """
    programs = _programs()
    require(programs is not None, "PostgreSQL (its server programs)")
    assert programs is not None
    with tempfile.TemporaryDirectory(prefix="palaver-pg-", dir="/var/tmp" if durable else _place()) as name:
        folder = Path(name)
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres", "postgres")
        data = folder / "data"
        initdb = (programs / "initdb", "-D", data, "-U", ROLE, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N")
        subprocess.run([*_as_server(), *initdb], check=True, cwd=folder, stdout=subprocess.DEVNULL, timeout=120)
        options = OPTIONS if durable else OPTIONS + FORGETFUL
        settings = [f"--{option}" for option in (*options, f"unix_socket_directories={folder}")]
        with _process([*_as_server(), programs / "postgres", "-D", data, *settings], folder) as pid:
            server = Postgres(folder, pid)
            try:
                yield server
            finally:
                server.close()


def is_installed() -> bool:
    return _programs() is not None


def _programs() -> Path | None:
    """The newest server's folder: Debian keeps these programs out of PATH."""
    found = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if found:
        return max(found, key=lambda path: float(path.parent.name))
    initdb = shutil.which("initdb")
    return Path(initdb).parent if initdb else None


def _place() -> str:
    """Memory where there is enough of it (a container often has 64 MB): a database is copied three times faster there.
    A short path either way, for a socket's has 107 bytes.
    """
    memory = Path("/dev/shm")
    return str(memory) if memory.is_dir() and shutil.disk_usage(memory).free > 1 << 30 else "/tmp"


def _as_server() -> list[str]:
    """What stands before the command: not root, and killed with us even when pytest itself is killed."""
    if not shutil.which("setpriv"):
        return []
    user = ["--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.geteuid() == 0 else []
    return ["setpriv", *user, "--pdeathsig=QUIT"]


@contextmanager
def _process(command: list[str | Path], folder: Path) -> Iterator[int]:
    """Its process id, once it accepts connections."""
    with subprocess.Popen(command, cwd=folder, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        log: deque[str] = deque(maxlen=50)
        ready = Event()
        reader = Thread(target=_follow, args=(process.stderr, log, ready))
        reader.start()
        try:
            if not ready.wait(60) or process.poll() is not None:
                raise RuntimeError("PostgreSQL did not start:\n" + "".join(log))
            yield process.pid
        finally:
            process.send_signal(signal.SIGQUIT)  # at once: the data is thrown away
            process.wait(30)
            reader.join()


def _follow(stream: IO[str], log: deque[str], ready: Event) -> None:
    for line in stream:
        log.append(line)
        if "ready to accept connections" in line:
            ready.set()
    ready.set()  # it has ended: nothing to wait for any more

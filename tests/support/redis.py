"""A private Redis for the tests, by Debian's program: on a Unix socket in a temporary folder, gone afterwards."""

from __future__ import annotations

import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

from tests.support.require import require

PATIENCE = 30  # seconds


class RedisServer:
    """Can be stopped and started again under the same `url`, as the setting `redis_url` takes it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._socket = folder / "redis.sock"
        self._process: subprocess.Popen[bytes] | None = None
        self.url = f"unix://{self._socket}"

    def start(self) -> None:
        options = (
            "--port",
            "0",
            "--unixsocket",
            self._socket,
            "--save",
            "",
            "--appendonly",
            "no",
            "--dir",
            self._folder,
        )
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(["redis-server", *options], stdout=log, stderr=log)
        deadline = time.monotonic() + PATIENCE
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("Redis did not start:\n" + (self._folder / "log").read_text())
            time.sleep(0.01)

    def _answers(self) -> bool:
        with socket.socket(socket.AF_UNIX) as asking:
            try:
                asking.connect(str(self._socket))
                asking.sendall(b"PING\r\n")
                return asking.recv(10).startswith(b"+PONG")
            except OSError:
                return False

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def __enter__(self) -> RedisServer:
        self.start()
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.stop()


@contextmanager
def running_redis() -> Iterator[RedisServer]:
    """Skips the test where Redis is not installed."""
    require(shutil.which("redis-server") is not None, "Redis (redis-server)")
    with (
        tempfile.TemporaryDirectory(prefix="palaver-redis-", dir="/tmp") as folder,
        RedisServer(Path(folder)) as server,
    ):
        yield server

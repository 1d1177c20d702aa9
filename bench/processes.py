"""Servers in processes of their own, pinned to one core, and what the kernel says of them."""

from __future__ import annotations

import contextlib
import copy
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).parent.parent
PALAVER = ("-c", "from widget.cli import main; main()")  # what the command `palaver` runs
_NOT_PASSED_ON = ("PALAVER_", "PYTHONDONTWRITEBYTECODE")
_PATIENCE = 180  # seconds, for a machine that is busy with something else


class Cores:
    """The first core for the servers, another for the load; with one core alone both share it."""

    def __init__(self) -> None:
        self._available = sorted(os.sched_getaffinity(0))
        self.servers, self.load = {self._available[0]}, {self._available[-1]}
        self.shared = len(self._available) == 1
        os.sched_setaffinity(0, self.load)

    def of_several(self) -> Cores:
        """The same, but for servers that share all cores which the load leaves."""
        wide = copy.copy(self)
        wide.servers = set(self._available[:-1]) or self.servers
        return wide

    @contextlib.contextmanager
    def as_server(self) -> Iterator[None]:
        """What is started meanwhile by whatever means runs where the servers do."""
        os.sched_setaffinity(0, self.servers)
        try:
            yield
        finally:
            os.sched_setaffinity(0, self.load)


class Process:
    """A process on the servers' core, of Python unless another `program` is named. Its working directory is `folder`,
    where no settings file lies. Python keeps the modules it compiled, whatever it is told here, for an installation has
    them compiled too.
    """

    def __init__(
        self, cores: Cores, folder: Path, arguments: Sequence[str], *, program: str = sys.executable, **environment: str
    ) -> None:
        others = {name: value for name, value in os.environ.items() if not name.startswith(_NOT_PASSED_ON)}
        self.folder = folder
        self._log = folder / f"{time.monotonic_ns()}.log"
        with self._log.open("wb") as log:
            self.started = time.perf_counter()
            self._popen = subprocess.Popen(
                [program, *arguments],
                cwd=folder,
                env={**others, "PYTHONPATH": str(ROOT), **environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self.pid = self._popen.pid
        os.sched_setaffinity(self.pid, cores.servers)  # threads that it starts inherit this

    def cpu(self) -> float:
        """Seconds of CPU used so far by all its threads, in user mode and in the kernel, to the nanosecond.

        By its clock, whose number is made from the process id (`clock_getcpuclockid` of the GNU C library): proc(5)
        counts in hundredths of a second, too coarse for some dozens of requests.
        """
        return time.clock_gettime((~self.pid << 3) | 2)

    def memory(self) -> float:
        """Resident memory in MB (10^6 bytes), by proc(5)."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0]) * 1024 / 1e6

    def wait(self) -> None:
        """Until it ends by itself. Raises `RuntimeError` where it fails."""
        if self._popen.wait():
            raise RuntimeError(f"{self._popen.args!r} failed: {self.said()}")

    def said(self) -> str:
        """The end of what it wrote."""
        return self._log.read_text(errors="replace")[-2_000:]

    def is_running(self) -> bool:
        return self._popen.poll() is None

    def stop(self) -> None:
        self._popen.terminate()
        self._popen.wait()


class Server(Process):
    """Serves on `port` once constructed; `ready_after` is the time from the start to the first answer, in seconds.

    It is told its port by `--port` unless one is given with the arguments, and `ready` is what it has to answer. Raises
    `RuntimeError` where it does not in time.
    """

    def __init__(
        self,
        cores: Cores,
        folder: Path,
        arguments: Sequence[str],
        *,
        port: int | None = None,
        ready: str = "/readyz",
        program: str = sys.executable,
        **environment: str,
    ) -> None:
        self.port = port or free_port()
        told = [] if port else ["--port", str(self.port)]
        super().__init__(cores, folder, [*arguments, *told], program=program, **environment)
        while not _is_ready(self.port, ready):
            if not self.is_running() or time.perf_counter() - self.started > _PATIENCE:
                self.stop()
                raise RuntimeError(f"{arguments!r} did not start: {self.said()}")
            time.sleep(0.002)
        self.ready_after = time.perf_counter() - self.started


def database_url(folder: Path) -> str:
    return f"sqlite:///{folder / 'bench.db'}"


def palaver(cores: Cores, folder: Path, **more: str) -> Server:
    """`palaver serve` as in production, but for the rate limits: all load comes from one address."""
    settings = {"PALAVER_DATABASE_URL": database_url(folder), "PALAVER_LIMITS": "off", **more}
    return Server(cores, folder, [*PALAVER, "serve"], **settings)  # type: ignore[arg-type]


@contextlib.contextmanager
def running(server: Server) -> Iterator[Server]:
    try:
        yield server
    finally:
        server.stop()


def tree_cpu(pid: int) -> float:
    """Seconds of CPU used so far by a process and all that descend from it, living or gone, to 10 ms (proc(5))."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        below = sum(tree_cpu(int(child)) for child in children)
        own = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()  # of children that ended, too: read last
    except (FileNotFoundError, ProcessLookupError):  # it has just ended
        return 0
    return below + sum(map(int, own[11:15])) / os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _is_ready(port: int, path: str) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), _PATIENCE) as connection:
            connection.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
            return b" 200 " in connection.recv(1024).partition(b"\r\n")[0]
    except OSError:
        return False

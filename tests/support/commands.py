"""The command `palaver`, run as a process of its own in an empty folder."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from subprocess import PIPE
from typing import NamedTuple

import httpx2

ROOT = Path(__file__).parents[2]
PALAVER = (str(Path(sys.executable).with_name("palaver")),)
PATIENCE = 60  # seconds, on a machine that has much else to do


def environment(**changes: str) -> dict[str, str]:
    """Ours without any setting, for the modules of this checkout."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PALAVER_")}
    return {**kept, "PYTHONPATH": str(ROOT), **changes}


def run(
    folder: Path, *arguments: str, program: Sequence[str] = PALAVER, **changes: str
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end, with `changes` in the environment."""
    command = [*program, *arguments]
    return subprocess.run(
        command, check=False, cwd=folder, env=environment(**changes), capture_output=True, text=True, timeout=PATIENCE
    )


def run_at_once(script: str, argument: str, folder: Path, *, processes: int) -> None:
    """Run a Python script as several processes, which begin together; fails unless all end well.

    The script prints `ready`, and goes on once a line comes in.
    """
    command = [sys.executable, "-c", script, argument]
    started = [
        subprocess.Popen(command, cwd=folder, env=environment(), stdin=PIPE, stdout=PIPE, stderr=PIPE, text=True)
        for _ in range(processes)
    ]
    for process in started:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in started:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    said = [process.communicate(timeout=PATIENCE)[1] for process in started]
    assert [process.returncode for process in started] == [0] * processes, said


class Served(NamedTuple):
    process: subprocess.Popen[bytes]
    url: str
    log: Path  # standard error


@contextlib.contextmanager
def serving(folder: Path, *arguments: str, program: Sequence[str] = PALAVER, **changes: str) -> Iterator[Served]:
    """A service that answers, on a port of its own; killed at the end, if it still runs."""
    port, log = free_port(), folder / "log"
    command = [*program, *(arguments or ("serve",)), "--port", str(port)]
    with (
        log.open("wb") as stderr,
        subprocess.Popen(
            command, cwd=folder, env=environment(**changes), stderr=stderr, stdout=subprocess.DEVNULL
        ) as process,
    ):
        try:
            served = Served(process, f"http://localhost:{port}", log)
            with httpx2.Client() as client:
                wait_until(lambda: _is_alive(served, client), log.read_text)
            yield served
        finally:
            process.kill()


def wait_until(condition: Callable[[], bool], told: Callable[[], str] = str) -> None:
    """Fails with what is `told` where the condition does not come true."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, told()
        time.sleep(0.01)


def _is_alive(served: Served, client: httpx2.Client) -> bool:
    assert served.process.poll() is None, served.log.read_text()
    try:
        return client.get(f"{served.url}/healthz").status_code == 200
    except httpx2.TransportError:
        return False


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port

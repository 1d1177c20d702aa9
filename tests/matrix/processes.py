"""Programs that a run starts: each in a group of its own, ended with the run, its output kept in a file."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import signal
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

PATIENCE = 60.0  # seconds; how long anything may take on a busy machine


class Failure(Exception):
    """What did not happen, in a sentence."""


class Program:
    def __init__(self, name: str, process: asyncio.subprocess.Process, log: Path) -> None:
        self.name = name
        self._process = process
        self._log = log

    async def said(self, pattern: str) -> str:
        """The first group of `pattern`, once that stands in its output. Raises `Failure`."""
        return await self.wrote(self._log, pattern)

    async def wrote(self, file: Path, pattern: str) -> str:
        """The same, of a file that it makes."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                while self._process.returncode is None:
                    if file.exists() and (found := re.search(pattern, file.read_text(errors="replace"))):
                        return found[1]
                    await asyncio.sleep(0.02)  # between looks; the condition is what it wrote
        raise Failure(f"{self.name} did not write {pattern!r}, but: {self._log.read_text(errors='replace')[-2000:]}")


@contextlib.asynccontextmanager
async def running(
    folder: Path, *command: str | Path, environment: Mapping[str, str] | None = None
) -> AsyncIterator[Program]:
    """The program, with its output in `folder`, and no proxy from the environment: all is on this machine."""
    name = Path(command[0]).name
    log = folder / f"{name}.log"
    surroundings = {key: value for key, value in os.environ.items() if not key.lower().endswith("_proxy")}
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env={**surroundings, **(environment or {})},
            start_new_session=True,
        )
    try:
        yield Program(name, process, log)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()

"""A screen of its own for each run: windows get focus there as before a person, and no run disturbs another."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

from tests.matrix.processes import Failure, running

WIDTH, HEIGHT = 1280, 1000


class Display:
    def __init__(self, number: str) -> None:
        self.environment = {"DISPLAY": f":{number}"}

    async def click_in_the_middle(self) -> None:
        """A real click, of which no browser knows that nobody made it. Firefox gives no page focus before one."""
        middle = (str(WIDTH // 2), str(HEIGHT // 2))
        command = ("xdotool", "mousemove", *middle, "click", "1")
        process = await asyncio.create_subprocess_exec(*command, env=self.environment)
        if await process.wait():
            raise Failure("xdotool could not click.")


@contextlib.asynccontextmanager
async def running_display(folder: Path) -> AsyncIterator[Display]:
    screen = ("-screen", "0", f"{WIDTH}x{HEIGHT}x24", "-nolisten", "tcp", "-displayfd", "1")
    async with running(folder, "Xvfb", *screen) as xvfb:
        display = Display(await xvfb.said(r"(?m)^(\d+)\n"))
        async with running(folder, "openbox", environment=display.environment):
            yield display

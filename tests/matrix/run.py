"""A cell, run: everything fresh, and what came of it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path

from tests.matrix.cells import Cell
from tests.matrix.certificates import Certificate
from tests.matrix.display import running_display
from tests.matrix.processes import Failure
from tests.matrix.reader import Findings, Reader
from tests.matrix.servers import running_world
from tests.matrix.webdriver import WebDriverError


@dataclass
class Result:
    cell: Cell
    findings: Findings = field(default_factory=Findings)
    version: str = ""  # of the browser
    problem: str = ""  # of the step at which it ended
    seconds: float = 0.0

    @property
    def is_evidence(self) -> bool:
        return self.findings.control == self.cell.control

    @property
    def passes(self) -> bool:
        return not self.problem and self.is_evidence


async def run_cell(cell: Cell, folder: Path, certificate: Certificate) -> Result:
    """With its files, logs and, where it fails, a picture of the browser in `folder`."""
    folder.mkdir(parents=True)
    result, started = Result(cell), time.perf_counter()
    try:
        await _walk(result, folder, certificate)
    except (Failure, WebDriverError) as error:
        result.problem = str(error)
    result.seconds = time.perf_counter() - started
    return result


async def _walk(result: Result, folder: Path, certificate: Certificate) -> None:
    page, browser = result.cell.page, result.cell.browser
    policies = {"blog_policy": page.blog_policy, "provider_policy": page.provider_policy}
    async with (
        running_display(folder) as display,
        running_world(folder, certificate, page.names, **policies) as world,
        browser.start(folder, display, certificate) as driver,
    ):
        result.version = driver.version
        try:
            await Reader(driver, display, world, result.findings, result.cell.session).walk()
        except (Failure, WebDriverError):
            await driver.screenshot(folder / "screen.png")
            raise

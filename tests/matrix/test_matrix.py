"""Three of the cells: one of each engine, and of each place where a frame may keep its session."""

from __future__ import annotations

import asyncio
import shutil
import sys
from pathlib import Path

import pytest

from tests.matrix.cells import CELLS
from tests.matrix.servers import ISSUER
from tests.support.require import require

ROOT = Path(__file__).parents[2]
CHOSEN = ("chromium-blocking/page-isolated", "firefox-blocking/plain", "webkit-itp/provider-isolated")


@pytest.mark.browser
@pytest.mark.parametrize("name", CHOSEN)
async def test_reader_signs_in_stays_so_and_logs_out(name: str) -> None:
    cell = next(cell for cell in CELLS if cell.name == name)
    for program in (*cell.browser.programs, "Xvfb", "openbox", "xdotool", "node"):
        require(shutil.which(program) is not None, program)
    require((ISSUER.parent / "node_modules" / "oidc-provider").is_dir(), "npm's oidc-provider (make tools)")
    # A process of its own, for it trusts a certificate that nobody else should.
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.matrix", name),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    assert process.returncode == 0, output.decode()
    assert "1 of 1 cells pass" in output.decode()

"""Run the cells and print what came of them."""

from __future__ import annotations

import argparse
import asyncio
import datetime
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.matrix.cells import CELLS, HOSTS, Cell
from tests.matrix.certificates import make_certificate
from tests.matrix.report import report, write_report
from tests.matrix.run import Result, run_cell
from tests.matrix.servers import trust


def main() -> None:
    by_name = {cell.name: cell for cell in CELLS}
    parser = argparse.ArgumentParser(prog="python -m tests.matrix", description="Sign in, in every browser.")
    parser.add_argument("cells", nargs="*", metavar="CELL", help=f"all, unless some are named: {', '.join(by_name)}")
    parser.add_argument("--write", type=Path, metavar="FILE", help="put the tables into this document as well")
    arguments = parser.parse_args()
    unknown = [name for name in arguments.cells if name not in by_name]
    if unknown:
        parser.error(f"no such cell: {', '.join(unknown)}")
    cells = [by_name[name] for name in arguments.cells] or CELLS
    folder = Path(tempfile.mkdtemp(prefix="palaver-matrix-"))
    results = asyncio.run(_run(cells, folder))
    text = report(results, datetime.datetime.now(datetime.UTC).date())
    print(text)
    if arguments.write:
        write_report(arguments.write, text)
    if not all(result.passes for result in results):
        sys.exit(f"Pictures and logs of what failed are in {folder}/")
    shutil.rmtree(folder)


async def _run(cells: Sequence[Cell], folder: Path) -> list[Result]:
    results = []
    certificate = make_certificate(folder, HOSTS)
    trust(certificate)
    for cell in cells:
        result = await run_cell(cell, folder / cell.name, certificate)
        _tell(result)
        results.append(result)
    return results


def _tell(result: Result) -> None:
    outcome = "passes" if result.is_evidence else f"no evidence, for {result.findings.control}"
    if result.problem:
        outcome = f"fails to {result.findings.step}: {result.problem}"
    print(f"{result.cell.name}: {outcome} ({result.seconds:.0f} s)", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()

"""How long a start takes, beyond importing the libraries that answering needs."""

from __future__ import annotations

import resource
import time
from pathlib import Path
from typing import NamedTuple

from bench.processes import Cores, Process, palaver, running
from bench.report import Row
from bench.rounds import Effort, spread

# What `palaver serve` imports. Alembic, Authlib and defusedxml load when they are first needed.
LIBRARIES = (
    *("brotli", "click", "httptools", "httpx2", "idna", "jinja2", "markdown_it", "msgspec", "nh3", "sqlalchemy"),
    *("starlette.applications", "uvicorn"),
)


class Cost(NamedTuple):
    seconds: float
    cpu: float


def measure_start(cores: Cores, folder: Path, effort: Effort) -> list[Row]:
    """`folder` holds a database that is up to date. One start before is not counted: it may write compiled modules."""
    _serve(cores, folder)
    _import(cores, folder)
    served, imported = [], []
    for _ in range(effort.starts):
        imported.append(_import(cores, folder))
        served.append(_serve(cores, folder))
    beyond = spread([one.seconds - other.seconds for one, other in zip(served, imported, strict=True)])
    cpu = spread([one.cpu - other.cpu for one, other in zip(served, imported, strict=True)])
    serve, libraries = (spread([cost.seconds for cost in costs]) for costs in (served, imported))
    return [
        Row("start: palaver serve to the first answer of /readyz", serve.median, " s", spread=serve),
        Row("start: importing the libraries alone", libraries.median, " s", spread=libraries),
        Row("start: beyond the libraries", beyond.median, " s", spread=beyond),
        Row("start: CPU beyond the libraries", cpu.median, " s", 0.5, spread=cpu),
    ]


def _serve(cores: Cores, folder: Path) -> Cost:
    with running(palaver(cores, folder)) as server:
        return Cost(server.ready_after, server.cpu())


def _import(cores: Cores, folder: Path) -> Cost:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    process = Process(cores, folder, ["-c", f"import {', '.join(LIBRARIES)}"])
    process.wait()
    seconds = time.perf_counter() - process.started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Cost(seconds, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)

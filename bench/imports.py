"""What an import costs: a made-up export of Disqus, read by ours and by Isso's importer.

`python -m bench.imports [--comments N] [--write docs/import.md]`: three quarters of an hour, so it is no part of `make
bench`. Each importer is a command in a process of its own, from its start to its end.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import resource
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from bench.disqus_export import Held, write_export
from bench.isso import Isso
from bench.processes import PALAVER, ROOT, tree_cpu
from bench.report import machine, write
from bench.world import BLOG, SITE
from tests.support.postgres import running_postgres
from widget import site_verbs
from widget.db import open_database
from widget.migrate import migrate

FEW = 100_000  # comments
MEMORY = 3 << 30  # bytes of addresses that an importer may take
PATIENCE = 1_800  # seconds for what Isso's does not end
_INSTALLED = ROOT / "build" / "peers" / "isso"
_KEPT = """SELECT (SELECT count(*) FROM comments), (SELECT count(*) FROM pages),
    (SELECT count(*) FROM pages WHERE locked), (SELECT count(*) FROM comments WHERE status = 'spam'),
    (SELECT count(*) FROM comments WHERE status = 'deleted'), (SELECT max(depth) + 1 FROM comments)"""
_KEPT_BY_ISSO = """SELECT (SELECT count(*) FROM comments), (SELECT count(*) FROM threads), 0, 0,
    (SELECT count(*) FROM comments WHERE mode = 4), (SELECT 1 + max(parent IS NOT NULL) FROM comments)"""
_COUNT = "SELECT count(*) FROM comments"


class Run(NamedTuple):
    name: str
    seconds: float
    cpu: float  # seconds, of the database too
    memory: float  # MB at most, of the command alone
    comments: int  # that came in
    failure: str  # "": it came to its end


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.imports", description="Measure imports.")
    parser.add_argument("--comments", type=int, default=1_000_000)
    parser.add_argument("--few", type=int, default=FEW, help="of the file that Isso's can read")
    parser.add_argument("--write", type=Path, metavar="PAGE", help="also put the figures into this Markdown page")
    given = parser.parse_args()
    started = time.perf_counter()
    Isso().install(_INSTALLED)
    with tempfile.TemporaryDirectory(prefix="palaver-bench-") as name:
        few, many = Path(name, "few"), Path(name, "many")
        few_held, few_runs = _measure(few, given.few, with_postgres=True)
        came = {"in the file": few_held, "Palaver": _kept(few / "ours.db", _KEPT)}
        came["Isso"] = _kept(few / "isso.db", _KEPT_BY_ISSO)
        many_held, many_runs = _measure(many, given.comments, with_postgres=False)
    rows = [*_rows(few_held, few_runs), *_rows(many_held, many_runs)]
    about = f"{machine()}; {Isso.packages[0]}; {time.perf_counter() - started:.0f} s."
    text = "\n\n".join(["\n".join([*_HEAD, *rows]), _table_of_what_came(came), about])
    print(text)
    if given.write:
        write(given.write, text)


def _measure(folder: Path, comments: int, *, with_postgres: bool) -> tuple[Held, list[Run]]:
    folder.mkdir()
    file = folder / "disqus.xml"
    _tell(f"writing {comments:,} comments")
    held = write_export(file, comments)
    _tell(f"{file.stat().st_size / 1e6:,.0f} MB: Palaver, SQLite")
    runs = [_ours("Palaver, SQLite", folder, file, f"sqlite:///{folder / 'ours.db'}")]
    if with_postgres:
        _tell("Palaver, PostgreSQL")
        with running_postgres(durable=True) as postgres:
            url = postgres.create_database(empty=True)
            runs.append(_ours("Palaver, PostgreSQL", folder, file, url, database=postgres.pid))
    _tell("Isso")
    return held, [*runs, _isso(folder, file)]


def _ours(name: str, folder: Path, file: Path, url: str, *, database: int = 0) -> Run:
    migrate(url)
    asyncio.run(_add_site(url))
    before = tree_cpu(database) if database else 0
    environment = {"PALAVER_DATABASE_URL": url, "PALAVER_SECRET_KEYS": "k" * 40, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, *PALAVER, "import", str(file), "--site", SITE, "--json"]
    found = _run(name, command, folder, environment)
    if found.failure:
        raise RuntimeError(found.failure)
    imported = json.loads(_said(folder).splitlines()[-1])["imported"]
    return found._replace(comments=imported, cpu=found.cpu + (tree_cpu(database) - before if database else 0))


async def _add_site(url: str) -> None:
    database = open_database(url)
    await site_verbs.add(database, SITE, [BLOG], "http://localhost:8000")
    await database.close()


def _isso(folder: Path, file: Path) -> Run:
    """It takes no thread for one that has no id of its own, as hardly any has, unless it is told to."""
    settings, database = folder / "isso.cfg", folder / "isso.db"
    settings.write_text(f"[general]\ndbpath = {database}\nhost = {BLOG}/\n")
    program = str(_INSTALLED / "bin" / "isso")
    found = _run("Isso", [program, "-c", str(settings), "import", "-t", "disqus", "--empty-id", str(file)], folder, {})
    with contextlib.closing(sqlite3.connect(database)) as connection:
        return found._replace(comments=connection.execute(_COUNT).fetchone()[0])


def _run(name: str, command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> Run:
    with (folder / "said").open("wb") as said:
        started = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=folder, env={**os.environ, **environment}, stdin=subprocess.DEVNULL, stdout=said, stderr=said
        )
    resource.prlimit(process.pid, resource.RLIMIT_AS, (MEMORY, MEMORY))
    before, memory = _cpu_of_children(), 0.0
    while process.poll() is None:
        memory = max(memory, _peak(process.pid))
        if time.perf_counter() - started > PATIENCE:
            process.kill()
        time.sleep(0.05)
    seconds = time.perf_counter() - started
    failure = f"ended after {seconds:,.0f} s: {_why(folder, process.returncode)}" if process.returncode else ""
    return Run(name, seconds, _cpu_of_children() - before, memory, 0, failure)


def _cpu_of_children() -> float:
    """Seconds of those that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _peak(pid: int) -> float:
    """Resident memory in MB at most so far, by proc(5): what getrusage(2) tells begins with that of this process."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int((status.partition("VmHWM:")[2].split() or ["0"])[0]) * 1024 / 1e6  # none of one that is just gone


def _why(folder: Path, code: int) -> str:
    if code == -signal.SIGKILL:
        return "it takes too long"
    last = next(reversed(_said(folder).splitlines()), "")
    return f"more than {MEMORY >> 30} GB of memory" if last.startswith("MemoryError") else last


def _said(folder: Path) -> str:
    return (folder / "said").read_text(errors="replace")


def _kept(database: Path, query: str) -> Held:
    with contextlib.closing(sqlite3.connect(database)) as connection:
        return Held(*connection.execute(query).fetchone())


_HEAD = (
    "| comments | | a second | a second of processor time | memory | |",
    "|---|---|---|---|---|---|",
)


def _rows(held: Held, runs: Sequence[Run]) -> Iterator[str]:
    for run in runs:
        speed = [f"{run.comments / spent:,.0f}" if run.comments else "–" for spent in (run.seconds, run.cpu)]
        cells = [f"{held.comments:,}", run.name, *speed, f"{run.memory:,.0f} MB", run.failure]
        yield f"| {' | '.join(cells)} |"


_NAMES = (
    *("comments", "pages, a tenth of them told apart by their query alone", "– closed"),
    *("comments marked as spam, and so not shown", "deleted comments whose place is kept", "levels of replies"),
)


def _table_of_what_came(came: Mapping[str, Held]) -> str:
    rows = zip(_NAMES, *came.values(), strict=True)
    lines = [f"| {name} | {' | '.join(f'{number:,}' for number in numbers)} |" for name, *numbers in rows]
    return "\n".join([f"| | {' | '.join(came)} |", "|---|---|---|---|", *lines])


def _tell(what: str) -> None:
    print(f"{what} …", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()

"""Isso from PyPI, served by gunicorn as its documentation shows (Reference, Deployment)."""

from __future__ import annotations

import contextlib
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from bench.client import Expected, get, send
from bench.comparing import Load
from bench.host_pages import HostPages
from bench.peers import RunningPeer
from bench.posting import guests
from bench.processes import Cores, Server, free_port, running
from bench.threads import Written

_URI, _POSTED = "/read", "/posted"  # pages
_PATH = f"/?uri={_URI}"
_NO_VOTERS = bytes(256)


class Isso:
    name = "Isso"
    packages = ("isso==0.14.0", "gunicorn==27.0.1")

    def install(self, folder: Path) -> None:
        if not (folder / "bin" / "isso").exists():
            subprocess.run([sys.executable, "-m", "venv", folder], check=True, timeout=300)
            subprocess.run([folder / "bin" / "pip", "install", "--quiet", *self.packages], check=True, timeout=600)

    @contextlib.contextmanager
    def serve(
        self, cores: Cores, installed: Path, folder: Path, page: Written, pages: HostPages
    ) -> Iterator[RunningPeer]:
        port, database, settings = free_port(), folder / "isso.db", folder / "isso.cfg"
        own = f"http://localhost:{port}"
        settings.write_text(
            f"[general]\ndbpath = {database}\nhost = {pages.origin}\n"
            f"[server]\npublic-endpoint = {own}\n[guard]\nenabled = false\n"
        )
        arguments = ["-b", f"127.0.0.1:{port}", "-w", "4", "--preload", "isso.run"]
        program = str(installed / "bin" / "gunicorn")
        environment = {"ISSO_SETTINGS": str(settings), "HOME": str(folder)}
        with running(
            Server(cores, folder, arguments, port=port, ready=_PATH, program=program, **environment)
        ) as server:
            with sqlite3.connect(database) as connection:
                _fill(connection, page)
            yield RunningPeer(
                self.name,
                server,
                get(_PATH, encoding="br, gzip"),
                Load("posts", _posts(), Expected(201)),
                f'<script data-isso="{own}/" src="{own}/js/embed.min.js" data-isso-max-comments-nested="inf"></script>'
                f'<section id="isso-thread" data-isso-id="{_URI}"></section>',
                ".isso-comment[id] .isso-text",
            )


def _fill(connection: sqlite3.Connection, page: Written) -> None:
    """Isso knows replies to roots alone, and hangs deeper ones there too."""
    connection.executemany("INSERT INTO threads (uri, title) VALUES (?, 'A page')", [(_URI,), (_POSTED,)])
    places = {comment_id: place for place, comment_id in enumerate(page.ids, 1)}
    for comment in page.comments():
        parent = None if comment.id == comment.root else places[comment.root]
        connection.execute(
            "INSERT INTO comments (tid, id, parent, created, mode, remote_addr, text, author, email, voters) "
            "VALUES (1, ?, ?, ?, 1, '127.0.0.0', ?, ?, ?, ?)",
            (places[comment.id], parent, comment.time / 1000, comment.text, comment.name, comment.email, _NO_VOTERS),
        )


def _posts() -> Iterator[bytes]:
    for name, email, text in guests():
        yield send("POST", f"/new?uri={_POSTED}", {"author": name, "email": email, "text": text, "parent": None})

"""Waline from npm, served by its own Node server as its documentation shows, on SQLite."""

from __future__ import annotations

import contextlib
import json
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from bench.client import OK, get, send
from bench.comparing import Load
from bench.host_pages import HostPages
from bench.peers import RunningPeer
from bench.posting import guests
from bench.processes import Cores, Server, free_port, running
from bench.threads import Written

_PAGE, _POSTED = "/read", "/posted"
_PATH = f"/api/comment?path={_PAGE}&pageSize=100&page=1&lang=en-US&sortBy=insertedAt_desc"
# Its tables, empty, as far as reading and posting use them.
_TABLES = """
CREATE TABLE wl_Comment (
    id INTEGER PRIMARY KEY AUTOINCREMENT, user_id INTEGER, comment TEXT, insertedAt DATETIME, ip TEXT, link TEXT,
    mail TEXT, nick TEXT, rid INTEGER, pid INTEGER, sticky NUMERIC, status TEXT NOT NULL, "like" INTEGER, ua TEXT,
    url TEXT, createdAt DATETIME DEFAULT CURRENT_TIMESTAMP, updatedAt DATETIME DEFAULT CURRENT_TIMESTAMP
);
CREATE TABLE wl_Users (
    id INTEGER PRIMARY KEY AUTOINCREMENT, display_name TEXT, email TEXT, password TEXT, type TEXT, label TEXT,
    url TEXT, avatar TEXT
);
"""


class Waline:
    name = "Waline"
    packages = ("@waline/vercel@1.39.3", "@waline/client@3.15.2")

    def install(self, folder: Path) -> None:
        """Raises `FileNotFoundError` where there is no npm."""
        if not (folder / "node_modules" / "sqlite3" / "build" / "Release" / "node_sqlite3.node").exists():
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "package.json").write_text(json.dumps({"private": True}))
            subprocess.run(["npm", "install", "--silent", *self.packages], cwd=folder, check=True, timeout=900)

    @contextlib.contextmanager
    def serve(
        self, cores: Cores, installed: Path, folder: Path, page: Written, pages: HostPages
    ) -> Iterator[RunningPeer]:
        packages, port = installed / "node_modules" / "@waline", free_port()
        with contextlib.closing(sqlite3.connect(folder / "waline.sqlite")) as connection, connection:
            _fill(connection, page)
        for file in ("waline.js", "waline.css"):
            pages.add(f"/{file}", (packages / "client" / "dist" / file).read_bytes())
        # It asks for its sign-in providers before it answers anything, by default its makers' server.
        pages.add("/oauth", b'{"services": []}')
        environment = {
            "SQLITE_PATH": str(folder),
            "SQLITE_DB": "waline",
            "JWT_TOKEN": "bench",
            "SITE_NAME": "Bench",
            "SITE_URL": pages.origin,
            "OAUTH_URL": f"{pages.origin}/oauth",
            "AKISMET_KEY": "false",
            "IPQPS": "0",  # all load comes from one address
        }
        node = shutil.which("node") or "node"
        arguments = [str(packages / "vercel" / "vanilla.js"), str(port)]
        with running(Server(cores, folder, arguments, port=port, ready=_PATH, program=node, **environment)) as server:
            yield RunningPeer(
                self.name,
                server,
                get(_PATH, encoding="br, gzip"),
                Load("posts", _posts(), OK),
                f'<link rel="stylesheet" href="{pages.elsewhere}/waline.css"><div id="waline"></div>'
                f'<script type="module">import {{ init }} from "{pages.elsewhere}/waline.js";'
                f'init({{ el: "#waline", serverURL: "http://localhost:{port}", path: "{_PAGE}", pageSize: 100, '
                "emoji: false });</script>",
                ".wl-card .wl-content",
            )


def _fill(connection: sqlite3.Connection, page: Written) -> None:
    connection.executescript(_TABLES)
    places = {comment_id: place for place, comment_id in enumerate(page.ids, 1)}
    for comment in page.comments():
        time = datetime.fromtimestamp(comment.time / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S")
        is_root = comment.id == comment.root
        connection.execute(
            "INSERT INTO wl_Comment (id, comment, insertedAt, ip, mail, nick, rid, pid, status, ua, url) "
            "VALUES (?, ?, ?, '127.0.0.1', ?, ?, ?, ?, 'approved', '', ?)",
            (
                *(places[comment.id], comment.text, time, comment.email, comment.name),
                *(None if is_root else places[comment.root], None if is_root else places[comment.parent], _PAGE),
            ),
        )


def _posts() -> Iterator[bytes]:
    for name, email, text in guests():
        yield send("POST", "/api/comment", {"nick": name, "mail": email, "comment": text, "url": _POSTED, "ua": ""})

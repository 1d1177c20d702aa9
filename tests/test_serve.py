"""The service as a process: it starts, answers, says what it does, and stops when it is told to."""

from __future__ import annotations

import json
import signal
import socket
import sqlite3
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx2
import pytest

from tests.support.commands import run, serving, wait_until
from tests.support.html import Html

BLOG = "https://blog.example"
PAGE = f"{BLOG}/posts/bread"


def lines_of(log: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.read_text().splitlines()]


def test_service_starts_in_an_empty_folder_answers_and_stops(tmp_path: Path) -> None:
    assert run(tmp_path, "site", "add", "blog", "--origin", BLOG).returncode == 0
    with serving(tmp_path) as served, httpx2.Client(base_url=served.url) as client:
        assert client.get("/healthz").text == "ok\n"
        assert client.get("/readyz").text == "ok\n"
        frame = client.get("/embed/blog", params={"url": PAGE})
        assert frame.status_code == 200
        assert Html(frame.text).all(".//form")
        posted = client.post(
            "/api/v1/blog/comments",
            json={"url": PAGE, "text": "Hello.", "guest": {"name": "Gwen", "email": "gwen@example.org"}},
        )
        assert posted.status_code == 201
        served.process.send_signal(signal.SIGTERM)
        assert served.process.wait(30) == 0
    lines = lines_of(served.log)
    assert [line["level"] for line in lines] == ["info"] * len(lines)
    assert lines[0]["message"].startswith("listening on 127.0.0.1:")
    with sqlite3.connect(tmp_path / "palaver.db") as connection:
        assert connection.execute("SELECT text FROM comments").fetchall() == [("Hello.",)]
    connection.close()


def test_request_under_way_is_answered_before_the_service_stops(tmp_path: Path) -> None:
    run(tmp_path, "site", "add", "blog", "--origin", BLOG)
    body = b'{"text": "Good *bread*."}'
    head = "POST /api/v1/blog/preview HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    with serving(tmp_path) as served:
        port = int(served.url.rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port)) as connection:
            connection.sendall(f"{head}Content-Length: {len(body)}\r\nExpect: 100-continue\r\n\r\n".encode())
            assert connection.recv(1024).startswith(b"HTTP/1.1 100 "), "now it waits for the body"
            served.process.send_signal(signal.SIGTERM)
            wait_until(lambda: _is_closed(port))
            connection.sendall(body)
            answer = b"".join(iter(lambda: connection.recv(65536), b""))
        assert b"<em>bread</em>" in answer
        assert served.process.wait(30) == 0


def _is_closed(port: int) -> bool:
    """Whether nobody takes new connections there."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_being_stopped_is_no_failure(tmp_path: Path, stop: signal.Signals) -> None:
    with serving(tmp_path) as served:
        served.process.send_signal(stop)
        assert served.process.wait(30) == 0
    assert "Traceback" not in served.log.read_text()


def test_provider_of_the_demo_does_not_exist_in_production(tmp_path: Path) -> None:
    run(tmp_path, "site", "add", "blog", "--origin", BLOG)
    with serving(tmp_path) as served, httpx2.Client(base_url=served.url) as client:
        for path in ("", "/authorize", "/token", "/.well-known/openid-configuration", "/jwks", "/userinfo"):
            assert client.get(f"/demo/provider{path}").status_code == 404, path
            assert client.post(f"/demo/provider{path}").status_code == 404, path
        start = client.post(
            "/auth/demo/start",
            data={"site": "blog", "url": PAGE, "secret": "v" * 43},
            headers={"Origin": served.url, "Sec-Fetch-Site": "same-origin"},
        )
        assert "/demo/" not in start.headers.get("location", "")
        assert "Demo" not in client.get(f"/embed/blog?url={quote(PAGE, safe='')}").text


def test_demo_says_that_it_is_one_and_serves_its_provider(tmp_path: Path) -> None:
    with serving(tmp_path, "demo", "--folder", "data") as served, httpx2.Client() as client:
        document = client.get(f"{served.url}/demo/provider/.well-known/openid-configuration").json()
        assert document["issuer"].startswith(served.url)
        blog = client.get(served.url.replace("localhost", "127.0.0.1"), follow_redirects=True)
        assert blog.status_code == 200
        served.process.send_signal(signal.SIGINT)
        assert served.process.wait(30) == 0
    (line,) = lines_of(served.log)
    assert (line["level"], line["message"].partition(":")[0]) == ("warning", "Demo mode")


def test_port_that_is_taken_is_told(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        ended = run(tmp_path, "serve", "--port", str(other.getsockname()[1]))
    assert ended.returncode == 1
    (line,) = ended.stderr.splitlines()
    assert "address already in use" in json.loads(line)["message"]


def test_service_without_its_database_does_not_start(tmp_path: Path) -> None:
    (tmp_path / "palaver.db").write_text("Dear diary, " * 100)
    ended = run(tmp_path, "serve")
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr == "The database cannot be used: file is not a database.\n"


def test_service_with_a_wrong_configuration_does_not_start(tmp_path: Path) -> None:
    (tmp_path / "palaver.toml").write_text('public_url = "http://comments.example"\nprot = 80\n')
    ended = run(tmp_path, "serve", PALAVER_LOG_LEVEL="loud")
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.splitlines() == [
        "The configuration cannot be used:",
        "  - palaver.toml: there is no setting “prot”; did you mean port?",
        "  - PALAVER_LOG_LEVEL takes one of debug, info, warning, error.",
        "  - palaver.toml: public_url takes https, or an address on loopback.",
    ]
    assert [path.name for path in tmp_path.iterdir()] == ["palaver.toml"]


def test_service_that_stops_sends_those_away_who_have_a_thread_open(tmp_path: Path) -> None:
    run(tmp_path, "site", "add", "blog", "--origin", BLOG)
    with serving(tmp_path) as served:
        port = int(served.url.rpartition(":")[2])
        ask = f"GET /live/blog?url={quote(PAGE, safe='')} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
        readers = [socket.create_connection(("127.0.0.1", port)) for _ in range(20)]
        for reader in readers:
            reader.sendall(ask)
            assert reader.recv(4096).startswith(b"HTTP/1.1 200 ")
        served.process.send_signal(signal.SIGTERM)
        for reader in readers:
            answer = b"".join(iter(lambda: reader.recv(4096), b""))  # noqa: B023
            assert answer.endswith(b"0\r\n\r\n"), "it ends well"
            assert b"retry: " in answer
            reader.close()
        assert served.process.wait(30) == 0
    assert "Traceback" not in served.log.read_text()

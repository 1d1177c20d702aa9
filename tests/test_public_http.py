"""The client for addresses that somebody else named reaches the public internet, and nothing beside it."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import anyio
import httpx2
import pytest

from tests.support.tls import Tls, make_tls
from widget.public_http import MAX_BYTES, NotPublic, Place, Resolve, TooLarge, is_public, public_client

PRIVATE = """
    0.0.0.0 0.1.2.3 10.0.0.1 100.64.0.1 127.0.0.1 127.255.255.254 169.254.169.254 172.16.0.1 172.31.255.255 192.0.0.1
    192.0.2.1 192.88.99.1 192.168.0.1 198.18.0.1 198.51.100.1 203.0.113.1 224.0.0.1 239.255.255.250 240.0.0.1
    255.255.255.255 :: ::1 ::127.0.0.1 ::ffff:127.0.0.1 ::ffff:8.8.8.8 ::ffff:0:127.0.0.1 64:ff9b::127.0.0.1
    64:ff9b::a00:1 64:ff9b:1::808:808 100::1 2001::1 2001:db8::1 2002:7f00:1:: 2002:808:808:: 3fff::1 5f00::1
    fc00::1 fd00:ec2::254 fe80::1 fe80::1%eth0 fec0::1 ff02::1 ff0e::1
""".split()  # noqa: SIM905 - one on a line would hide the rest
PUBLIC = ["1.1.1.1", "8.8.8.8", "172.32.0.1", "192.0.1.1", "2606:4700::1111", "2a00:1450:4001::1", "64:ff9b::808:808"]


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_of_this_machine_or_its_network_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_an_address_of_the_internet_is_public(address: str) -> None:
    assert is_public(address)


class Names:
    """A name server: each question takes the next answer, the last one stays."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self._answers = list(answers)
        self.asked: list[str] = []

    async def __call__(self, host: str) -> Sequence[str]:
        self.asked.append(host)
        return self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]


@pytest.fixture
def connected(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """Where connections were asked for; none comes about."""
    places: list[tuple[str, int]] = []

    async def connect(remote_host: str, remote_port: int, **_options: Any) -> None:
        places.append((remote_host, remote_port))
        raise OSError("no network here")

    monkeypatch.setattr(anyio, "connect_tcp", connect)
    return places


@contextlib.asynccontextmanager
async def client(resolve: Resolve | None = None, **options: Any) -> AsyncIterator[httpx2.AsyncClient]:
    certificates = options.pop("certificates", None) or ssl.create_default_context()
    async with public_client(certificates, resolve=resolve, **options) as http:
        yield http


LITERALS = """
    http://127.0.0.1/ http://127.1/ http://0177.0.0.1/ http://0x7f.0.0.1/ http://0x7f000001/ http://2130706433/
    http://0/ http://localhost/ http://[::1]/ http://[::]/ http://[::ffff:127.0.0.1]/ http://[::ffff:7f00:1]/
    http://[64:ff9b::7f00:1]/ http://169.254.169.254/latest/meta-data/ http://10.0.0.1/ https://192.168.1.1/
    http://127.0.0.1:80/ https://[fd00::1]:443/
""".split()  # noqa: SIM905 - as above


@pytest.mark.parametrize("url", LITERALS)
async def test_a_private_address_is_refused_in_every_spelling(url: str, connected: list[tuple[str, int]]) -> None:
    """The machine's own resolver reads them, as it would for the connection."""
    async with client() as http:
        with pytest.raises((NotPublic, httpx2.InvalidURL)):
            await http.get(url)
    assert connected == []


@pytest.mark.parametrize(
    "url",
    [
        "http://public.example:22/",
        "http://public.example:8080/",
        "https://public.example:6379/",
        "http://me:secret@public.example/",
        "http://me@public.example/",
    ],
)
async def test_other_ports_and_user_names_are_refused(url: str, connected: list[tuple[str, int]]) -> None:
    names = Names(["8.8.8.8"])
    async with client(names) as http:
        with pytest.raises(NotPublic):
            await http.get(url)
    assert connected == []
    assert names.asked == []


@pytest.mark.parametrize("addresses", [["10.0.0.1"], ["8.8.8.8", "127.0.0.1"], ["2606:4700::1111", "::1"], []])
async def test_a_name_with_a_private_address_is_refused(addresses: list[str], connected: list[tuple[str, int]]) -> None:
    async with client(Names(addresses)) as http:
        with pytest.raises(NotPublic):
            await http.get("https://inside.example/")
    assert connected == []


async def test_a_name_that_changes_its_address_is_asked_once(connected: list[tuple[str, int]]) -> None:
    """Rebinding: public when looked at, private when connected to."""
    names = Names(["8.8.8.8"], ["127.0.0.1"])
    async with client(names) as http:
        with pytest.raises(httpx2.ConnectError):
            await http.get("http://rebinding.example/")
        assert connected == [("8.8.8.8", 80)]
        with pytest.raises(NotPublic):
            await http.get("http://rebinding.example/")
    assert names.asked == ["rebinding.example"] * 2


async def test_every_address_of_a_name_is_tried(connected: list[tuple[str, int]]) -> None:
    async with client(Names(["2606:4700::1111", "1.1.1.1"])) as http:
        with pytest.raises(httpx2.ConnectError):
            await http.get("https://münchen.example/")
    assert connected == [("2606:4700::1111", 443), ("1.1.1.1", 443)]


async def test_a_name_without_address_is_told(connected: list[tuple[str, int]]) -> None:
    async def resolve(_host: str) -> list[str]:
        raise OSError("Name or service not known")

    async with client(resolve) as http:
        with pytest.raises(httpx2.ConnectError, match="no address"):
            await http.get("https://nowhere.example/")
    assert connected == []


async def test_the_environments_proxy_is_not_used(
    monkeypatch: pytest.MonkeyPatch, connected: list[tuple[str, int]]
) -> None:
    for variable in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(variable, "http://127.0.0.1:3128")
    async with client(Names(["8.8.8.8"])) as http:
        with pytest.raises(httpx2.ConnectError):
            await http.get("https://public.example/")
    assert connected == [("8.8.8.8", 443)]


class Web:
    """A server on loopback that answers what a test tells it to, under any name."""

    def __init__(self, *answer: bytes, hangs: bool = False) -> None:
        self._answer, self._hangs = answer, hangs
        self._end = asyncio.Event()
        self.requests: list[bytes] = []
        self.port = 0

    @contextlib.asynccontextmanager
    async def serving(self, tls: ssl.SSLContext | None = None) -> AsyncIterator[Web]:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=tls)
        self.port = server.sockets[0].getsockname()[1]
        async with server:
            yield self
            self._end.set()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
            self.requests.append(await reader.readuntil(b"\r\n\r\n"))
            for part in self._answer:
                writer.write(part)
                await writer.drain()
            if self._hangs:
                await self._end.wait()
        writer.close()

    def places(self, *hosts: str) -> dict[str, Place]:
        return {host: Place("127.0.0.1", self.port) for host in hosts}


def _answer(body: bytes = b"hello", *headers: str, status: str = "200 OK") -> bytes:
    head = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


@pytest.fixture
def tls(tmp_path: Path) -> Tls:
    return make_tls(tmp_path, ["one.example"])


async def test_a_host_is_asked_under_its_name_and_must_prove_it(tls: Tls) -> None:
    async with Web(_answer()).serving(tls.server) as web:
        places = web.places("one.example", "two.example")
        async with client(certificates=tls.client, instead=places) as http:
            answer = await http.get("https://one.example/path?x=1")
            assert (answer.status_code, answer.text, str(answer.url)) == (200, "hello", "https://one.example/path?x=1")
            with pytest.raises(httpx2.ConnectError, match=r"two\.example"):
                await http.get("https://two.example/")
    [request] = web.requests
    assert request.startswith(b"GET /path?x=1 HTTP/1.1\r\n")
    assert b"\r\nHost: one.example\r\n" in request
    assert b"\r\nAccept-Encoding: identity\r\n" in request


async def test_no_cookie_is_kept_from_one_request_to_the_next() -> None:
    answer = _answer(b"", "Set-Cookie: id=1; Path=/")
    async with Web(answer).serving() as web, client(instead=web.places("one.example")) as http:
        for _ in range(2):
            assert (await http.get("http://one.example/")).status_code == 200
    assert [b"cookie" in request.lower() for request in web.requests] == [False, False]


REDIRECTS = [
    "http://127.0.0.1/",
    "http://[::1]/",
    "http://localhost/",
    "http://169.254.169.254/",
    "http://x.example:22/",
]


@pytest.mark.parametrize("target", REDIRECTS)
async def test_a_redirect_to_a_private_address_is_refused(target: str) -> None:
    async with (
        Web(_answer(b"", f"Location: {target}", status="302 Found")).serving() as web,
        client(instead=web.places("one.example")) as http,
    ):
        assert (await http.get("http://one.example/")).status_code == 302
        with pytest.raises(NotPublic):
            await http.get("http://one.example/", follow_redirects=True)


async def test_redirects_come_to_an_end() -> None:
    async with (
        Web(_answer(b"", "Location: /again", status="302 Found")).serving() as web,
        client(instead=web.places("one.example")) as http,
    ):
        with pytest.raises(httpx2.TooManyRedirects):
            await http.get("http://one.example/", follow_redirects=True)
    assert len(web.requests) == 6


@pytest.mark.parametrize("size", [MAX_BYTES + 1, 10 * MAX_BYTES])
async def test_an_answer_that_is_too_large_is_not_read_to_its_end(size: int) -> None:
    async with Web(_answer(b"x" * size)).serving() as web, client(instead=web.places("one.example")) as http:
        with pytest.raises(TooLarge):
            await http.get("http://one.example/")
        async with client(instead=web.places("one.example"), max_bytes=size) as patient:
            assert len((await patient.get("http://one.example/")).content) == size


async def test_a_compressed_answer_is_refused() -> None:
    async with (
        Web(_answer(b"\x1f\x8b", "Content-Encoding: gzip")).serving() as web,
        client(instead=web.places("one.example")) as http,
    ):
        with pytest.raises(httpx2.DecodingError):
            await http.get("http://one.example/")


@pytest.mark.parametrize("sent", [(), (b"HTTP/1.1 200",), (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", b"he")])
async def test_an_answer_that_does_not_come_to_its_end_is_given_up(sent: tuple[bytes, ...]) -> None:
    async with Web(*sent, hangs=True).serving() as web, client(instead=web.places("one.example"), seconds=0.2) as http:
        with pytest.raises(httpx2.TimeoutException):
            await http.get("http://one.example/")


async def test_an_answer_that_drips_is_given_up_as_a_whole() -> None:
    """Each part comes in time; only all of them together take too long."""

    async def drip(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n")
        with contextlib.suppress(ConnectionError):
            while not writer.is_closing():
                writer.write(b"x")
                await writer.drain()
                await asyncio.sleep(0)

    server = await asyncio.start_server(drip, "127.0.0.1", 0)
    async with server:
        places = {"one.example": Place("127.0.0.1", server.sockets[0].getsockname()[1])}
        async with client(instead=places, seconds=0.3, max_bytes=10**9) as http:
            with pytest.raises(httpx2.ReadTimeout, match="too long"):
                await http.get("http://one.example/")

"""Requests to addresses that somebody else named: a Mastodon server, a picture, a page to look at.

Such an address may lead to this machine or into the network it stands in (server-side request forgery: OWASP SSRF
Prevention Cheat Sheet). So a name is resolved here, every address it has must be one of the public internet, and the
connection goes to exactly the address that was looked at: whoever resolves the name again may get another answer.
"""

from __future__ import annotations

import asyncio
import http.cookiejar
import ipaddress
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from typing import NamedTuple

import httpx2

SECONDS = 10.0
CONNECT_SECONDS = 3.0  # for each address of a name: the next one may answer
MAX_BYTES = 256 * 1024
MAX_REDIRECTS = 5
PORTS = (80, 443)
_NAT64 = ipaddress.ip_network("64:ff9b::/96")  # holds an IPv4 address (RFC 6052)
_UNICAST = ipaddress.ip_network("2000::/3")  # all that is given out of IPv6
# Not for use, though not private: relays of 6to4 (RFC 7526), documentation (RFC 9637).
_UNUSED = tuple(ipaddress.ip_network(text) for text in ("192.88.99.0/24", "3fff::/20"))

Resolve = Callable[[str], Awaitable[Sequence[str]]]


class NotPublic(httpx2.ConnectError):
    """The address leads to no public host, or to a port that is not the web's."""


class TooLarge(httpx2.ReadError):
    """The answer has more bytes than were asked for."""


class Place(NamedTuple):
    address: str
    port: int


def public_client(
    certificates: ssl.SSLContext,
    *,
    max_bytes: int = MAX_BYTES,
    seconds: float = SECONDS,
    instead: Mapping[str, Place] | None = None,
    resolve: Resolve | None = None,
) -> httpx2.AsyncClient:
    """A client that reaches public hosts alone, on ports 80 and 443. The caller closes it.

    An answer has at most `max_bytes` and takes at most `seconds`. Redirects are followed only where a request asks for
    it (`follow_redirects=True`), at most five, each looked at like the first address. Nothing comes from the
    environment, no cookie is kept, and no answer may be compressed, since a small one can grow without end.

    `instead` is for tests: hosts that are reached at a place on this machine, unchecked. `resolve` gives the IP
    addresses of a host name and raises `OSError`.

    Requests raise `httpx2.HTTPError`: `NotPublic`, `TooLarge`, `httpx2.DecodingError` for a compressed answer,
    `httpx2.TimeoutException`, or what else can happen on the way; `httpx2.InvalidURL` for what is no address at all.
    """
    return httpx2.AsyncClient(
        transport=_PublicTransport(certificates, max_bytes, seconds, instead or {}, resolve or _resolve),
        headers={"User-Agent": "Palaver", "Accept-Encoding": "identity"},
        timeout=httpx2.Timeout(seconds, connect=min(seconds, CONNECT_SECONDS)),
        max_redirects=MAX_REDIRECTS,
        cookies=http.cookiejar.CookieJar(http.cookiejar.DefaultCookiePolicy(allowed_domains=[])),
        trust_env=False,
    )


def is_public(address: str) -> bool:
    """Whether an IP address belongs to one host of the public internet (IANA's special-purpose registries)."""
    ip = ipaddress.ip_address(address)
    if ip in _NAT64:
        ip = ipaddress.IPv4Address(int(ip) & 0xFFFF_FFFF)
    if isinstance(ip, ipaddress.IPv6Address) and (ip not in _UNICAST or ip.sixtofour or ip.teredo):
        return False
    return ip.is_global and not ip.is_multicast and not any(ip in network for network in _UNUSED)


class _PublicTransport(httpx2.AsyncBaseTransport):
    def __init__(
        self,
        certificates: ssl.SSLContext,
        max_bytes: int,
        seconds: float,
        instead: Mapping[str, Place],
        resolve: Resolve,
    ) -> None:
        # A connection is used once: for the pool all names at one address are one, for TLS they are not.
        limits = httpx2.Limits(max_connections=50, max_keepalive_connections=0)
        self._network = httpx2.AsyncHTTPTransport(verify=certificates, trust_env=False, limits=limits)
        self._max_bytes = max_bytes
        self._seconds = seconds
        self._instead = instead
        self._resolve = resolve

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        deadline = asyncio.get_running_loop().time() + self._seconds
        try:
            async with asyncio.timeout_at(deadline):
                response = await self._send(request)
        except TimeoutError as error:
            raise httpx2.ReadTimeout(f"more than {self._seconds:g} s") from error
        if response.headers.get("content-encoding", "identity") != "identity":
            await response.aclose()
            raise httpx2.DecodingError("compressed, and not asked for")
        assert isinstance(response.stream, httpx2.AsyncByteStream)
        stream = _Limited(response.stream, self._max_bytes, deadline)
        return httpx2.Response(
            response.status_code, headers=response.headers, stream=stream, extensions=response.extensions
        )

    async def _send(self, request: httpx2.Request) -> httpx2.Response:
        *others, last = await self._places(request.url)
        for place in others:
            try:
                return await self._network.handle_async_request(_at(request, place))
            except (httpx2.ConnectError, httpx2.ConnectTimeout):
                continue
        return await self._network.handle_async_request(_at(request, last))

    async def _places(self, url: httpx2.URL) -> list[Place]:
        """Where a host can be reached, at least one place. Raises `NotPublic`."""
        if (host := _host(url)) in self._instead:
            return [self._instead[host]]
        port = url.port or {"http": 80, "https": 443}.get(url.scheme, 0)
        if port not in PORTS or url.userinfo:
            raise NotPublic("no plain address of the web")
        try:
            addresses = await self._resolve(host)
        except (OSError, UnicodeError) as error:
            raise httpx2.ConnectError("the name has no address") from error
        if not addresses or not all(is_public(address) for address in addresses):
            raise NotPublic("the name leads to no public host")
        return [Place(address, port) for address in addresses]

    async def aclose(self) -> None:
        await self._network.aclose()


class _Limited(httpx2.AsyncByteStream):
    """A body that may not be longer, nor take longer, than it may."""

    def __init__(self, stream: httpx2.AsyncByteStream, max_bytes: int, deadline: float) -> None:
        self._stream = stream
        self._left = max_bytes
        self._deadline = deadline

    async def __aiter__(self) -> AsyncIterator[bytes]:
        chunks = aiter(self._stream)
        while True:
            try:
                async with asyncio.timeout_at(self._deadline):
                    chunk = await anext(chunks)
            except StopAsyncIteration:
                return
            except TimeoutError as error:
                raise httpx2.ReadTimeout("the answer took too long") from error
            self._left -= len(chunk)
            if self._left < 0:
                raise TooLarge("the answer is too large")
            yield chunk

    async def aclose(self) -> None:
        await self._stream.aclose()


def _at(request: httpx2.Request, place: Place) -> httpx2.Request:
    """The same request to one address. `Host` stays, and so does the name that the certificate must have."""
    return httpx2.Request(
        request.method,
        request.url.copy_with(host=place.address, port=place.port),
        headers=request.headers,
        stream=request.stream,
        extensions={**request.extensions, "sni_hostname": _host(request.url)},
    )


def _host(url: httpx2.URL) -> str:
    return url.raw_host.decode("ascii")


async def _resolve(host: str) -> list[str]:
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))

"""What a whole sign-in costs: the reader's window to a provider and back, and the form that asks for its session."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from html import unescape
from urllib.parse import urlsplit

from auth.tokens import new_token
from bench.client import Answer, Connection, Expected, WrongAnswer, ask_once, connections, get, send, submit
from bench.comparing import cost_of, let_answer
from bench.processes import Cores, Server, free_port, palaver, running
from bench.provider import CLIENT, issuer_at
from bench.reading import load_of
from bench.report import Row
from bench.rounds import Effort, ratios
from bench.world import SITE, World, frame_path
from widget.demo.provider import NAME, PATH

_ARTICLE = "https://blog.example/read"
_LEAVES = re.compile(rb'<meta http-equiv="refresh" content="0; url=([^"]+)">')
_HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')


async def measure_signing_in(cores: Cores, floor: Server, world: World, page: str, effort: Effort) -> list[Row]:
    """By a person who is known, against requests for a cached thread; the provider's own work is not counted."""
    at_provider, secret = free_port(), secrets.token_urlsafe(32)
    prefix = f"PALAVER_OIDC_{NAME.upper()}"
    keys = {f"{prefix}_ISSUER": issuer_at(at_provider), f"{prefix}_ID": CLIENT, f"{prefix}_SECRET": secret}
    with running(palaver(cores, world.folder, **keys)) as service:
        of_provider = ["-m", "bench.provider", f"http://localhost:{service.port}", secret, "--port", str(at_provider)]
        with running(Server(cores, world.folder, of_provider, port=at_provider)) as provider:
            thread = await load_of("cached thread", service, get(frame_path(page)))
            await let_answer(floor, await ask_once(service.port, next(thread.requests)))
            floors, values = [], []
            for _ in range(effort.rounds + 1):
                floors.append((await cost_of(floor, thread, effort.floor)).cpu)
                values.append(await _cpu_of(service, provider, effort.sign_ins))
    ratio = ratios(values[1:], floors[1:])
    return [Row("a whole sign-in: CPU in floor requests", ratio.median, "×", spread=ratio, digits=0)]


async def _cpu_of(service: Server, provider: Server, number: int) -> float:
    """Seconds of the service's CPU for each of so many sign-ins, one after another."""
    async with connections(service.port, 1) as [to_service], connections(provider.port, 1) as [to_provider]:
        before = service.cpu()
        for _ in range(number):
            await _sign_in(Window(to_service, service.port), Window(to_provider, provider.port), to_service)
        return (service.cpu() - before) / number


class Window:
    """What a reader's window does at one server: it keeps cookies, and says where its requests come from."""

    def __init__(self, connection: Connection, port: int) -> None:
        self._connection, self._port = connection, port
        self._cookies: dict[str, str] = {}

    async def go(self, address: str, status: int = 200) -> Answer:
        path = address.removeprefix(f"http://localhost:{self._port}")
        return await self._ask(get(path, encoding="identity", **self._headers()), status)

    async def submit(self, path: str, fields: Mapping[str, str], status: int = 303) -> Answer:
        return await self._ask(submit(self._port, path, [*fields.items()], **self._headers()), status)

    def _headers(self) -> dict[str, str]:
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        return {"Sec-Fetch-Mode": "navigate", "Accept": "text/html", **({"Cookie": cookies} if cookies else {})}

    async def _ask(self, request: bytes, status: int) -> Answer:
        answer = await self._connection.ask(request)
        Expected(status).check(answer)
        for cookie in answer.headers(b"set-cookie"):
            name, _, value = cookie.partition(";")[0].partition("=")
            self._cookies[name] = value
        return answer


async def _sign_in(at_service: Window, at_provider: Window, form: Connection) -> None:
    secret = new_token()
    started = await at_service.submit(f"/auth/{NAME}/start", {"site": SITE, "url": _ARTICLE, "secret": secret})
    window = await at_service.go(_location(started))
    leaves = _LEAVES.search(window.body)
    if leaves is None:
        raise WrongAnswer("The window does not lead to the provider.")
    page = await at_provider.go(unescape(leaves[1].decode()))
    fields = {name: unescape(value) for name, value in _HIDDEN.findall(page.body.decode())}
    chosen = await at_provider.submit(f"{PATH}/authorize", {**fields, "person": "mara"})
    done = await at_service.go(_location(chosen), 303)
    await at_service.go(_location(done))
    asked = await form.ask(send("POST", "/auth/redeem", {"site": SITE, "secret": secret}))
    if b'"done"' not in asked.body:
        raise WrongAnswer(f"The form is not signed in: {asked.body!r}")


def _location(answer: Answer) -> str:
    [location] = answer.headers(b"location")
    parts = urlsplit(location)
    return f"{parts.path}?{parts.query}"

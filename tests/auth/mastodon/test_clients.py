"""What a server knows us by is kept once, and readable by the secret keys of the process alone."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
from starlette.responses import Response

from auth import MastodonSetup
from auth.clients import Client, Clients
from auth.errors import SignInFailed
from tests.auth.conftest import KEYS
from tests.auth.mastodon.fediverse import HOST, TOKEN, Instance
from tests.auth.world import HOME, Clock

SERVER = f"https://{HOST}"
CALLBACK = f"{HOME}/auth/mastodon/{HOST}/callback"


class Process:
    """A process with these secret keys, under that address."""

    def __init__(self, setup: MastodonSetup, clock: Clock, keys: Sequence[str] = KEYS, home: str = HOME) -> None:
        self._clients = Clients(setup.store, setup.http, keys, clock)
        self._home = home
        self._callback = CALLBACK.replace(HOME, home)

    async def get(self) -> Client:
        return await self._clients.get(SERVER, self._callback, self._home)

    async def find(self) -> Client | None:
        return await self._clients.find(SERVER, self._callback)


async def test_another_process_knows_it_too(mastodon_setup: MastodonSetup, clock: Clock, social: Instance) -> None:
    client = await Process(mastodon_setup, clock).get()
    assert client == Client("client-0", f"secret-of-{HOST}-0", "profile")
    assert await Process(mastodon_setup, clock).find() == client
    assert await Process(mastodon_setup, clock).get() == client
    assert len(social.apps) == 1


async def test_the_first_key_encrypts_and_all_decrypt(mastodon_setup: MastodonSetup, clock: Clock) -> None:
    first, second, new = *KEYS, "n" * 32
    client = await Process(mastodon_setup, clock, [first, second]).get()
    assert await Process(mastodon_setup, clock, [new, first]).find() == client
    assert await Process(mastodon_setup, clock, [second]).find() is None


async def test_who_lost_the_key_registers_anew(mastodon_setup: MastodonSetup, clock: Clock, social: Instance) -> None:
    await Process(mastodon_setup, clock).get()
    later = Process(mastodon_setup, clock, ["n" * 32])
    client = await later.get()
    assert (client.id, len(social.apps)) == ("client-1", 2)
    assert await later.find() == client
    assert await Process(mastodon_setup, clock).find() is None


async def test_who_moved_registers_anew(mastodon_setup: MastodonSetup, clock: Clock, social: Instance) -> None:
    """A server sends nobody back to an address that it was not told."""
    await Process(mastodon_setup, clock).get()
    moved = Process(mastodon_setup, clock, home="https://moved.example")
    assert await moved.find() is None
    assert (await moved.get()).id == "client-1"
    assert social.apps["client-1"]["redirect_uris"] == CALLBACK.replace(HOME, "https://moved.example")


async def test_two_that_register_at_once_agree_on_one(mastodon_setup: MastodonSetup, clock: Clock) -> None:
    process = Process(mastodon_setup, clock)
    got = await asyncio.gather(*(process.get() for _ in range(4)))
    assert set(got) == {await process.find()}
    assert await process.get() == got[0]


async def test_a_server_that_is_away_keeps_its_client(
    mastodon_setup: MastodonSetup, clock: Clock, social: Instance
) -> None:
    process = Process(mastodon_setup, clock)
    client = await process.get()
    social.bent["/oauth/token"] = lambda _request: Response("Back soon.", 503)
    with pytest.raises(SignInFailed, match="unreachable"):
        await process.get()
    social.bent.clear()
    assert await process.get() == client
    assert social.asked.count(TOKEN) == 2

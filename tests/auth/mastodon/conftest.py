"""A service that offers Mastodon, and servers to sign in with."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from auth import MastodonSetup, Provider, known_provider
from tests.auth.conftest import KEYS
from tests.auth.mastodon.fediverse import HOST, Fediverse, Instance
from widget.db import Database
from widget.public_http import public_client
from widget.store.clients import ClientStore


@pytest.fixture
def fediverse() -> Fediverse:
    return Fediverse(HOST, "other.example")


@pytest.fixture
def social(fediverse: Fediverse) -> Instance:
    return fediverse.instances[HOST]


@pytest.fixture
async def mastodon_setup(db: Database, fediverse: Fediverse, tmp_path: Path) -> AsyncIterator[MastodonSetup]:
    """Every name that the test does not know leads into our own network."""

    async def inside(_host: str) -> list[str]:
        return ["10.0.0.5"]

    async with (
        fediverse.serving(tmp_path) as tls,
        public_client(tls.client, instead=fediverse.places(), resolve=inside) as http,
    ):
        yield MastodonSetup(http, ClientStore(db), KEYS)


@pytest.fixture
def providers() -> dict[str, Provider]:
    return {"mastodon": known_provider("mastodon", {"enabled": "on"})}

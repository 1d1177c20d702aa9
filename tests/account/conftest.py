"""The service with two providers to sign in at, and people in their browsers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import pytest

from tests.support.accounts import Person, Providers, running_providers
from tests.support.service import Clock, World, open_world


@pytest.fixture(scope="session")
async def running() -> AsyncIterator[Providers]:
    async with running_providers() as providers:
        yield providers


@pytest.fixture
def providers(running: Providers) -> Providers:
    running.pictures.clear()
    running.asked.clear()
    return running


@pytest.fixture
async def world(database_url: str, clock: Clock, providers: Providers) -> AsyncIterator[World]:
    instead = {"pictures.example": providers.place}
    async with open_world(database_url, clock, extend=providers.extend, instead=instead) as opened:
        yield opened


@pytest.fixture
def new_person(world: World) -> Callable[[], Person]:
    """Somebody in a browser of their own."""
    return lambda: Person(world)


@pytest.fixture
def person(new_person: Callable[[], Person]) -> Person:
    return new_person()

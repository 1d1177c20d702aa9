"""A code that was mailed proves an address, so that what a guest wrote with it can be claimed."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.support.accounts import Person, Providers
from tests.support.mail import Mailbox, running_mail_server
from tests.support.service import Clock, World, open_world
from widget.mail_settings import Sender

ADDRESS = "ann@example.org"


@pytest.fixture
async def mailbox() -> AsyncIterator[Mailbox]:
    async with running_mail_server() as running:
        yield running


@pytest.fixture
async def world(database_url: str, clock: Clock, providers: Providers, mailbox: Mailbox) -> AsyncIterator[World]:
    """One that sends mail."""
    sender = Sender("", "comments", "blog.example")
    extend, server = providers.extend, mailbox.server
    async with open_world(database_url, clock, extend=extend, mail_url=server, mail_from=sender) as opened:
        yield opened


async def prove(person: Person, mailbox: Mailbox) -> None:
    """The address, in the window that the button has opened."""
    await person.choose("E-mail")
    await person.choose("Send the code", email=ADDRESS)
    await person.choose("Sign in", code=(await mailbox.next()).code)


async def test_person_signs_in_by_mail_and_claims(person: Person, world: World, mailbox: Mailbox) -> None:
    await world.post(guest={"name": "Annie", "email": ADDRESS})
    await person.account()
    await prove(person, mailbox)
    await person.choose("Sign in", name="Ann Reed")
    await person.choose("This is mine")
    assert (await world.thread())["comments"][0]["author"]["name"] == "Ann Reed"


async def test_person_proves_a_further_address_and_claims(person: Person, world: World, mailbox: Mailbox) -> None:
    await world.post(guest={"name": "Annie", "email": ADDRESS})
    page = await person.sign_in("ann", "mill")
    assert "Written as a guest" not in page.text(".//main")
    await prove(person, mailbox)
    assert person.notice == "The account is linked to yours. You can sign in with it from now on."
    await person.choose("This is mine")
    assert (await world.thread())["comments"][0]["author"]["name"] == "Ann"

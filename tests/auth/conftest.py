"""Sign-in on a real database file, with the demo's provider and one whose answers a test can bend."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import jinja2
import pytest
from starlette.routing import Mount
from starlette.types import Receive, Scope, Send

from auth import Auth, EmailSetup, MastodonSetup, Provider, TooMany, email_provider, openid_provider
from tests.auth.issuer import ISSUER, Issuer
from tests.auth.world import BLOG, HOME, SHOP, Browser, Clock, Service, Sites
from tests.support.mail import Mailbox, running_mail_server
from widget.core import Core
from widget.db import Database, open_database
from widget.demo.provider import PATH, demo_provider
from widget.limits import Limits
from widget.mail import Mailer
from widget.mail_settings import Sender
from widget.names import clean_email, clean_name
from widget.store.auth import Store
from widget.store.email import EmailStore
from widget.store.sites import add_site

TEMPLATES = Path(__file__).parents[2] / "templates"
KEYS = ("k" * 32, "l" * 32)  # the second is an older one


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def db(database_url: str, clock: Clock) -> AsyncIterator[Database]:
    database = open_database(database_url, clock=clock)
    for site in (BLOG, SHOP):
        await database.write(add_site, site.id, site.name, site.origins)
    yield database
    await database.close()


@pytest.fixture
def issuer(clock: Clock) -> Issuer:
    return Issuer(clock)


class Limit:
    """Raises for sign-ins, or for the mails to one address, once it is told to."""

    def __init__(self) -> None:
        self.reached = False
        self.reached_mails: set[str] = set()
        self.mails: list[str] = []  # a key for each that was asked for

    async def __call__(self, rule: str, key: str) -> None:
        if rule == "mail":
            self.mails.append(key)
        else:
            assert (rule, key) == ("sign-in", "192.0.2.1")
        if key in self.reached_mails if rule == "mail" else self.reached:
            raise TooMany(f"Too many: {rule}.", retry_after=60)


@pytest.fixture
def limit() -> Limit:
    return Limit()


@pytest.fixture
async def mailbox() -> AsyncIterator[Mailbox]:
    """A mail server, and what the service sent to it."""
    async with running_mail_server() as running:
        yield running


@pytest.fixture
def email_setup(db: Database, clock: Clock, mailbox: Mailbox) -> EmailSetup:
    sender = Sender("Comments", "comments", "comments.example")
    mailer = Mailer(mailbox.server, sender, host="comments.example", tls=ssl.create_default_context(), clock=clock)
    return EmailSetup(mailer.send, EmailStore(db), Core(db, Limits(enabled=False), KEYS).fingerprints)


@pytest.fixture
def providers() -> dict[str, Provider]:
    """Further rows for a test, beside the demo's and the bent one's."""
    return {}


@pytest.fixture
def hosts() -> dict[str, httpx2.AsyncBaseTransport]:
    """Further hosts that can be asked, by their origin."""
    return {}


@pytest.fixture
def mastodon_setup() -> MastodonSetup | None:
    return None


@pytest.fixture
async def service(
    db: Database,
    clock: Clock,
    issuer: Issuer,
    limit: Limit,
    providers: dict[str, Provider],
    hosts: dict[str, httpx2.AsyncBaseTransport],
    email_setup: EmailSetup,
    mastodon_setup: MastodonSetup | None,
) -> AsyncIterator[Service]:
    templates = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES), autoescape=True, undefined=jinja2.StrictUndefined
    )
    templates.globals["asset"] = "/static/{}".format
    demo, demo_row = demo_provider(HOME, templates, clock)
    rows = {
        "demo": demo_row,
        "idp": openid_provider("idp", ISSUER, "palaver-client", "client-secret", label="Id & Co."),
        "other": openid_provider("other", f"{ISSUER}/other", "palaver-client", "client-secret"),
        "email": email_provider(),
        **providers,
    }
    store = Store(db)
    ours: list[Service] = []

    async def ourselves(scope: Scope, receive: Receive, send: Send) -> None:
        await ours[0](scope, receive, send)

    mounts: dict[str, httpx2.AsyncBaseTransport] = {
        HOME: httpx2.ASGITransport(ourselves),
        ISSUER: httpx2.ASGITransport(issuer),
        "http://127.0.0.1": httpx2.AsyncHTTPTransport(),
        **hosts,
    }
    async with httpx2.AsyncClient(transport=httpx2.MockTransport(_nowhere), mounts=mounts) as http:
        auth = Auth(
            public_url=HOME,
            providers=rows,
            store=store,
            sites=Sites(BLOG, SHOP),
            templates=templates,
            http=http,
            now=clock,
            limit=limit,
            clean_name=clean_name,
            clean_email=clean_email,
            email=email_setup,
            mastodon=mastodon_setup,
        )
        ours.append(Service(auth, store, db, clock, [Mount(PATH, demo)]))
        yield ours[0]


@pytest.fixture
def browser(service: Service) -> Browser:
    return Browser(service)


@pytest.fixture
def other_browser(service: Service) -> Browser:
    return Browser(service)


def _nowhere(request: httpx2.Request) -> httpx2.Response:
    raise AssertionError(f"nobody may ask {request.url}")

"""Puts the parts together: settings in, one ASGI application out."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import logging
import re
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import httpx2
import jinja2
from starlette.applications import Starlette
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from auth import Auth, EmailSetup, MastodonSetup, Provider, email_provider, known_provider, openid_provider
from auth import TooMany as TooManySignIns
from widget import looks
from widget.asking import Teacher, verify_key
from widget.assets import Assets
from widget.avatars import MAX_BYTES as PICTURE_BYTES
from widget.avatars import Pictures
from widget.backup.making import Kept, Plan
from widget.backup.scheduling import Scheduled
from widget.cache import DocumentCache
from widget.core import Core
from widget.db import Clock, open_database, unix_ms
from widget.doctor.examine import Doctor
from widget.errors import TooMany
from widget.fast_path import FastPath
from widget.handlers import errors
from widget.html import Html, provider_views
from widget.limits import Limits
from widget.live import Live
from widget.logs import RequestLog
from widget.names import clean_email, clean_name
from widget.public_http import Place, public_client
from widget.retention import keep_forgetting
from widget.routes import routes
from widget.service import Service
from widget.settings import Settings
from widget.site_directory import SiteDirectory, SitesForAuth
from widget.spam.akismet import Akismet
from widget.store.auth import Store as AuthStore
from widget.store.clients import ClientStore
from widget.store.email import EmailStore
from widget.transfer.files import Files, folder_of
from widget.transfer.working import Importer
from widget.url_parts import split_url

if TYPE_CHECKING:
    from widget.mail import Mailer
    from widget.sharing import Shared

logger = logging.getLogger("palaver.app")
LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
Extend = Callable[[jinja2.Environment], tuple[Sequence[Provider], Sequence[BaseRoute]]]


class Application:
    """The service: an ASGI application, and what commands and tests reach of it."""

    def __init__(self, asgi: ASGIApp, service: Service, starlette: Starlette) -> None:
        self._asgi = asgi
        self.service = service
        self.lifespan = starlette.router.lifespan_context
        self.starlette = starlette

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._asgi(scope, receive, send)


def create_app(
    settings: Settings,
    *,
    clock: Clock = unix_ms,
    extend: Extend | None = None,
    instead: Mapping[str, Place] | None = None,
) -> Application:
    """Build the application; its lifespan closes what it opened. `extend` adds what the demo alone has; `instead` is
    `public_client`'s.
    """
    database = open_database(settings.database_url, clock=clock)
    assets = Assets()
    html = Html(assets)
    certificates = _certificates()
    # Past any proxy of the environment: the demo's provider, and an issuer beside us, are on this machine.
    here = {f"all://{host}": httpx2.AsyncHTTPTransport(verify=certificates) for host in LOOPBACK}
    http = httpx2.AsyncClient(verify=certificates, mounts=here)
    akismet = Akismet(http, settings.akismet_url, settings.akismet_key) if settings.akismet_key else None
    shared = _shared(settings.redis_url)
    core = Core(database, Limits(settings.limits, shared), settings.secret_keys, akismet)
    public = public_client(certificates, instead=instead)
    directory = SiteDirectory(core)
    extra_providers, extra_routes = extend(html.environment) if extend else ((), ())
    providers = offered_providers(settings, extra_providers)
    mailer = _mailer(settings, certificates, clock)
    cache = DocumentCache(now=clock, max_bytes=settings.cache_megabytes << 20)
    pictures_client = public_client(certificates, max_bytes=PICTURE_BYTES, instead=instead)
    pictures = Pictures(core, pictures_client, offered=settings.avatars)
    teacher = Teacher(core)
    live = Live(core, html)
    for hear in (
        directory.hear,
        cache.hear,
        live.hear,
        pictures.hear,
        teacher.hear,
        *([shared.hear] if shared else []),
    ):
        database.subscribe(hear)

    auth = Auth(
        public_url=settings.public_url,
        providers=providers,
        store=AuthStore(database),
        sites=SitesForAuth(core, directory),
        templates=html.environment,
        http=http,
        now=clock,
        limit=_limit(core, clock),
        clean_name=clean_name,
        clean_email=clean_email,
        email=EmailSetup(mailer.send, EmailStore(database), core.fingerprints) if mailer else None,
        mastodon=MastodonSetup(public, ClientStore(database), settings.secret_keys),
    )
    backups = _scheduled_backups(settings, clock)
    importer = Importer(core, Files(folder_of(settings.import_folder, settings.database_url)), settings.public_url)
    service = Service(
        origin=settings.public_url,
        core=core,
        sites=directory,
        auth=auth,
        html=html,
        providers=provider_views(list(providers.values())),
        cache=cache,
        pictures=pictures,
        doctor=Doctor(settings.public_url, providers, http, certificates, instead),
        importer=importer,
        backups=backups,
        live=live,
    )

    @contextlib.asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        preparing = [asyncio.create_task(asyncio.to_thread(prepare)) for prepare in (assets.prepare, looks.prepare)]
        beside = [
            asyncio.create_task(verify_key(core, settings.public_url)),
            asyncio.create_task(keep_forgetting(core)),
            asyncio.create_task(live.run()),
            asyncio.create_task(importer.keep_working()),
            *([asyncio.create_task(backups.keep_making())] if backups else []),
            *([asyncio.create_task(shared.listen(directory.hear, cache.hear, live.hear))] if shared else []),
        ]
        for task in beside:
            task.add_done_callback(_tell_if_failed)
        yield
        await asyncio.gather(*preparing)
        for task in beside:
            task.cancel()
        await asyncio.gather(*beside, return_exceptions=True)
        if shared:
            await shared.close()
        await teacher.close()
        await pictures.close()
        await public.aclose()
        await http.aclose()
        await database.close()

    starlette = Starlette(
        routes=[*extra_routes, *routes(auth)],
        exception_handlers=errors.HANDLERS,
        lifespan=lifespan,
    )
    starlette.router.redirect_slashes = False  # it would build an address from `Host`
    starlette.state.service = service
    # Outside Starlette, so that the answer to an unforeseen error is logged and has its number too.
    logged = RequestLog(starlette, settings.trusted_proxies)
    return Application(FastPath(logged, cache, assets.by_name.values()), service, starlette)


def _tell_if_failed(task: asyncio.Task[None]) -> None:
    """Of what goes on beside the requests: else it would be missed only when the process ends."""
    if not task.cancelled() and (error := task.exception()) is not None:
        logger.error("something that goes on by itself has ended", exc_info=error)


def _shared(redis_url: str) -> Shared | None:
    if not redis_url:
        return None
    from widget.sharing import Shared  # noqa: PLC0415 - its library is an extra, and takes time and memory

    return Shared(redis_url)


def _scheduled_backups(settings: Settings, clock: Clock) -> Scheduled | None:
    if not settings.backup_every:
        return None
    kept = Kept(settings.backup_keep_daily, settings.backup_keep_weekly)
    return Scheduled(Plan(settings.database_url, settings.backup_folder, settings.backup_every, kept), clock)


@functools.cache
def _certificates() -> ssl.SSLContext:
    """Those this machine trusts; reading them takes a tenth of a second."""
    return httpx2.create_ssl_context()


def offered_providers(settings: Settings, extra: Sequence[Provider] = ()) -> dict[str, Provider]:
    """Those with keys, by name, in the order they were configured; e-mail last, where mail is sent."""
    known = [known_provider(keys.name, keys.keys) for keys in settings.providers.values()]
    issuers = [
        openid_provider(keys.name, keys.issuer, keys.id, keys.secret, label=keys.label)
        for keys in settings.oidc.values()
    ]
    email = [email_provider()] if settings.mail_url else []
    return {provider.name: provider for provider in (*extra, *known, *issuers, *email)}


def _mailer(settings: Settings, certificates: ssl.SSLContext, clock: Clock) -> Mailer | None:
    if settings.mail_url is None or settings.mail_from is None:
        return None
    from widget.mail import Mailer  # noqa: PLC0415 - its library of headers is slow to load

    host = re.sub(":[0-9]+$", "", split_url(settings.public_url).netloc)
    return Mailer(settings.mail_url, settings.mail_from, host=host, tls=certificates, clock=clock)


def _limit(core: Core, clock: Clock) -> Callable[[str, str], Awaitable[None]]:
    """The limits as sign-in asks for them: it answers its own error by a page without the form's secret."""

    async def limit(rule: str, address: str) -> None:
        try:
            await core.limits.check(rule, address, clock())
        except TooMany as error:
            raise TooManySignIns(error.message, retry_after=error.retry_after) from error

    return limit

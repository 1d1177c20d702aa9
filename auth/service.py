"""What the handlers share."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from auth.attempts import Attempts
from auth.errors import NotFound, SignInFailed
from auth.identity import Identity
from auth.oauth import OAuth
from auth.origins import host_of, return_url
from auth.pages import Pages
from auth.providers import Provider
from auth.store import Attempt, AuthSite, AuthStore, Member, SiteDirectory
from auth.visitors import Visitors


@dataclass(frozen=True, slots=True)
class Service:
    origin: str  # our own: the public URL
    providers: Mapping[str, Provider]
    store: AuthStore
    sites: SiteDirectory
    pages: Pages
    now: Callable[[], int]
    limit: Callable[[str, str], Awaitable[None]]
    clean_name: Callable[[str], str]
    clean_email: Callable[[str], str | None]
    attempts: Attempts
    oauth: OAuth
    visitors: Visitors

    async def site(self, fields: Mapping[str, str], field: str = "site") -> AuthSite:
        """The site that a form names. Raises `NotFound`."""
        site = await self.sites.get(fields.get(field, ""))
        if site is None:
            raise NotFound("This comment form belongs to no site of this service.", code="unknown_site")
        return site

    def provider(self, name: str) -> Provider:
        """Raises `SignInFailed` for one that is not offered (any more)."""
        if name not in self.providers:
            raise SignInFailed("unknown_provider", name[:40])
        return self.providers[name]

    def label(self, provider: str) -> str:
        return self.providers[provider].label if provider in self.providers else ""

    def member(self, provider: str, identity: Identity) -> Member:
        """What is kept of an identity, made fit to be shown."""
        names = (self.clean_name(name) for name in (identity.name, identity.username) if name)
        name = next((name for name in names if name), "")
        email = (self.clean_email(identity.email) if identity.email else None) or ""
        row = self.providers.get(provider)  # a site's own accounts have none
        verified = bool(email and identity.email_verified and row is not None and row.verifies_email)
        return Member(identity.issuer, identity.subject, provider, name, email, verified, identity.avatar or "")

    async def site_of(self, attempt: Attempt) -> AuthSite | None:
        return await self.sites.get_by_id(attempt.site_id) if attempt.site_id is not None else None

    async def takes(self, attempt: Attempt, provider: str) -> bool:
        """Whether who signed in with that provider can take part where the attempt began."""
        site = await self.site_of(attempt)
        return site is None or not site.providers or provider in site.providers

    async def place(self, attempt: Attempt) -> tuple[str, str]:
        """Where somebody came from: the host to name, and the address that leads back ("" unless it is safe)."""
        site = await self.site_of(attempt)
        origins = site.origins if site is not None else ()
        return host_of(attempt.page_url) or host_of(next(iter(origins), "")), return_url(attempt.page_url, origins)

"""What readers know the ways to sign in by."""

from __future__ import annotations

from collections.abc import Sequence

from auth import SSO
from widget.store.sites import Site
from widget.views import AccountsView, ProviderView


def accounts_view(site: Site) -> AccountsView:
    """The site's own accounts, called by its host."""
    return AccountsView(next(iter(site.origins), "").partition("://")[2] or site.name, site.sso_url)


def provider_label(site: Site, provider: str, providers: Sequence[ProviderView]) -> str:
    """“Google”, or the host of a site with accounts of its own."""
    if provider == SSO:
        return accounts_view(site).label
    return next((row.label for row in providers if row.name == provider), provider)

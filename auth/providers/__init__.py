"""The providers: each is a file with its row of data.

To add one, add its file here, its mark in `static/icons/`, its page in `docs/providers/`, and its answer to the tests.
Endpoints, scopes and fields are from the provider's own documentation, which the file names; scopes are the least that
tell who somebody is and, where the provider has it, the e-mail address for the notices they ask for.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from importlib import import_module
from pkgutil import iter_modules

from auth.origins import is_loopback, origin_of
from auth.providers.row import Provider

__all__ = ["PROVIDER_KEYS", "PROVIDER_NAMES", "Provider", "known_provider", "openid_provider", "provider_label"]

PROVIDER_NAMES = tuple(sorted(found.name for found in iter_modules(__path__) if found.name != "row"))
_ROWS: dict[str, Provider] = {name: import_module(f"{__name__}.{name}").ROW for name in PROVIDER_NAMES}
# What to configure for each: {provider: {key: whether it is needed}}.
PROVIDER_KEYS: dict[str, dict[str, bool]] = {
    name: dict.fromkeys(row.needs, True) | dict.fromkeys(row.takes, False) for name, row in _ROWS.items()
}


def known_provider(name: str, keys: Mapping[str, str]) -> Provider:
    """The row `name` (one of `PROVIDER_NAMES`) with what was configured for it (`PROVIDER_KEYS`)."""
    host = keys.get("host") or _ROWS[name].host
    row = _ROWS[name].at(host) if host else _ROWS[name]
    client_id, client_secret = keys.get("id", ""), keys.get("secret", "")
    return replace(row, keys=keys, client_id=client_id, client_secret=client_secret, icon=name)


def provider_label(name: str) -> str:
    """What a provider is called unless its configuration says otherwise."""
    return _ROWS[name].label if name in _ROWS else name.replace("-", " ").title()


def openid_provider(
    name: str, issuer: str, client_id: str, client_secret: str = "", *, label: str = "", icon: str = "openid"
) -> Provider:
    """Any OpenID Connect issuer, found by discovery. Raises `ValueError` with a sentence for the administrator."""
    if re.fullmatch(r"[a-z0-9][a-z0-9-]{0,39}", name) is None or name in _ROWS:
        raise ValueError(f"“{name}” cannot name an issuer: use a-z, 0-9 and -, and no name of a known provider.")
    if origin_of(issuer) is None or "?" in issuer or "#" in issuer:
        raise ValueError(f"The issuer of “{name}” must be an address like https://login.example.org.")
    if not issuer.startswith("https://") and not is_loopback(issuer):
        raise ValueError(f"The issuer of “{name}” must begin with https:// (http:// is for this machine alone).")
    return Provider(
        name=name,
        label=label or provider_label(name),
        issuer=issuer,
        choose={"prompt": "login"},  # the one that every issuer knows (OpenID Connect Core, 3.1.2.1)
        discover=True,
        icon=icon,
        client_id=client_id,
        client_secret=client_secret,
    )

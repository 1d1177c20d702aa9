"""The keys of sign-in providers. Which ones each takes is told by `auth`; what they may be, and whether all are there,
is found out here. A mistake is told without the value, as everywhere in the settings.
"""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from widget.settings_sources import OIDC_FIELDS, Given, KeyNames, Sources
from widget.url_parts import BadUrl, is_loopback, split_url

RESERVED = ("email", "sso")  # ways to sign in that have no keys


@dataclass(frozen=True)
class ProviderKeys:
    """What a built-in provider knows us by: {key: text}."""

    name: str
    keys: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True)
class OidcKeys:
    """An issuer of OpenID Connect, with its address as written: it is compared exactly (Discovery 1.0, 4.3)."""

    name: str
    issuer: str
    id: str
    secret: str = field(repr=False)
    label: str


def provider_keys(sources: Sources, providers: KeyNames, *, loopback: bool) -> dict[str, ProviderKeys]:
    """The built-in providers that are configured; `loopback` is whether we are on loopback ourselves."""
    found = {}
    for name, row in _rows("providers", sources).items():
        keys = _checked(row, sources, loopback=loopback)
        needed = [key for key, is_needed in providers[name].items() if is_needed]
        if _is_complete(row, f"providers.{name}", needed, sources) and keys.get("enabled") != "off":
            found[name] = ProviderKeys(name, keys)
    return found


def oidc_keys(sources: Sources, providers: Collection[str], *, loopback: bool) -> dict[str, OidcKeys]:
    keys = {}
    for name, row in _rows("oidc", sources).items():
        if not _is_complete(row, f"oidc.{name}", OIDC_FIELDS[:3], sources):
            continue
        if name in providers or name in RESERVED:
            sources.problems.append(f"oidc.{name} has the name of a built-in provider; choose another.")
        if not _is_https(row["issuer"].text, loopback):
            sources.problems.append(f"{row['issuer'].where} takes the issuer's https address, without query.")
        label = row["label"].text if "label" in row else name
        keys[name] = OidcKeys(name, row["issuer"].text, row["id"].text, row["secret"].text, label)
    return keys


def _rows(table: str, sources: Sources) -> dict[str, dict[str, Given]]:
    """{name: {field: Given}} of one table of providers."""
    rows: dict[str, dict[str, Given]] = {}
    for setting, given in sources.given.items():
        if setting.startswith(f"{table}."):
            _, name, part = setting.split(".")
            rows.setdefault(name, {})[part] = given
    return rows


def _is_complete(row: Mapping[str, Given], name: str, needed: Collection[str], sources: Sources) -> bool:
    missing = [part for part in needed if part not in row or not row[part].text]
    if missing:
        where = next(iter(row.values())).where
        sources.problems.append(f"{where} is set, but {name} has no {' and no '.join(missing)}.")
    return not missing


def _checked(row: Mapping[str, Given], sources: Sources, *, loopback: bool) -> dict[str, str]:
    keys = {}
    for key, given in row.items():
        try:
            keys[key] = _check(key, given.text, loopback=loopback) if given.text else ""
        except ValueError as error:
            sources.problems.append(f"{given.where} takes {error}.")
    return keys


def _check(key: str, text: str, *, loopback: bool) -> str:
    """The key as it is used. Raises `ValueError` with what is expected."""
    if key == "host" and not _is_https(text, loopback):
        raise ValueError("the server's https address, without query")
    if key == "enabled" and text not in {"on", "off"}:
        raise ValueError("on or off")
    if key == "private_key":
        return _private_key(text)
    return text.rstrip("/") if key == "host" else text


def _is_https(text: str, loopback: bool) -> bool:
    """https without query and fragment (OpenID Connect Discovery 1.0, 2); http on loopback, if we are there too."""
    try:
        parts = split_url(text)
    except BadUrl:
        return False
    secure = parts.scheme == "https" or (loopback and is_loopback(text))
    return secure and parts.query is None and parts.fragment is None


def _private_key(text: str) -> str:
    r"""The PEM of a P-256 key (RFC 7518, 3.4); `\n` for its line breaks, where a variable cannot hold them."""
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415 - only for who has such a key
    from cryptography.hazmat.primitives.serialization import load_pem_private_key  # noqa: PLC0415

    def is_p256(key: object) -> bool:
        return isinstance(key, ec.EllipticCurvePrivateKey) and isinstance(key.curve, ec.SECP256R1)

    pem = text.replace("\\n", "\n")
    with contextlib.suppress(ValueError, TypeError):  # TypeError: there is a password on it
        if is_p256(load_pem_private_key(pem.encode(), None)):
            return pem
    raise ValueError("the text of the .p8 file, from -----BEGIN PRIVATE KEY----- to -----END PRIVATE KEY-----")

"""The settings of the process, read and checked once, at the start. Those of a site are in `sites.py`.

`settings_table.py` says what there is, `settings_sources.py` where it comes from. All mistakes are told at once, and
none of them repeats a value, for it may be a secret.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from widget.key_file import is_readable_by_others, key_file, read_key_file, write_key_file
from widget.mail_settings import MailServer, Sender
from widget.settings_sources import OIDC_FIELDS, PROVIDER_FIELDS, Given, Sources, read_sources
from widget.settings_table import SETTINGS, Network
from widget.url_parts import BadUrl, split_url

__all__ = ["SETTINGS", "ConfigurationError", "OidcKeys", "ProviderKeys", "Settings", "ensure_key_file", "load"]


RESERVED = ("email", "sso")  # ways to sign in that have no keys


class ConfigurationError(Exception):
    """Every mistake of the configuration, a sentence each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class ProviderKeys:
    """What a built-in provider knows us by."""

    name: str
    id: str
    secret: str = field(repr=False)


@dataclass(frozen=True)
class OidcKeys:
    """An issuer of OpenID Connect, with its address as written: it is compared exactly (Discovery 1.0, 4.3)."""

    name: str
    issuer: str
    id: str
    secret: str = field(repr=False)
    label: str


@dataclass(frozen=True, kw_only=True)
class Settings:
    """`public_url` is an origin. `secret_keys`: the first signs, all verify; empty until the key file is written."""

    database_url: str = field(repr=False)
    public_url: str
    secret_keys: tuple[str, ...] = field(repr=False)
    limits: bool
    host: str
    port: int
    trusted_proxies: tuple[Network, ...]
    mail_url: MailServer | None
    mail_from: Sender | None  # None where there is no server
    log_level: str
    providers: Mapping[str, ProviderKeys]
    oidc: Mapping[str, OidcKeys]
    warnings: tuple[str, ...]


def load(
    path: Path | None,
    environ: Mapping[str, str],
    *,
    production: bool,
    providers: Collection[str],
    options: Mapping[str, str] | None = None,
) -> Settings:
    """Read and check all settings.

    `path` is the file (else `PALAVER_CONFIG`, else `palaver.toml` where there is one); `providers` are the names of the
    built-in sign-in providers; `options` is what the command line gave, by setting; `production` is `serve`.
    Raises `ConfigurationError`. What deserves a line in the log is in `warnings`.
    """
    sources = read_sources(path, environ, options or {}, providers)
    values = _values(sources)
    values["public_url"] = values["public_url"] or f"http://localhost:{values['port']}"
    loopback = is_loopback(values["public_url"])
    if production and not loopback and not values["public_url"].startswith("https:"):
        sources.problems.append(f"{sources.given['public_url'].where} takes https, or an address on loopback.")
    if not values["limits"] and not loopback:
        sources.problems.append(f"{sources.given['limits'].where} takes off only where the public URL is on loopback.")
    if bool(sources.given["mail_url"].text) != bool(sources.given["mail_from"].text):
        sources.problems.append("mail_url and mail_from are set together, or neither is.")
    keys = _provider_keys(sources)
    oidc = _oidc_keys(sources, providers, loopback=loopback)
    values["secret_keys"] = values["secret_keys"] or _keys_beside(values["database_url"], sources)
    if sources.problems:
        raise ConfigurationError(sources.problems)
    return Settings(**values, providers=keys, oidc=oidc, warnings=tuple(sources.warnings))


def ensure_key_file(settings: Settings) -> Settings:
    """The settings with their secret keys, which are made and kept beside the SQLite file where there are none.

    Raises `ConfigurationError` where the file cannot be written.
    """
    path = key_file(settings.database_url)
    if settings.secret_keys or path is None:
        return settings
    try:
        write_key_file(path)
        return replace(settings, secret_keys=read_key_file(path))
    except OSError as error:
        raise ConfigurationError([f"{path}: the file of secret keys cannot be made: {error.strerror}."]) from error
    except ValueError as error:
        raise ConfigurationError([f"{path} takes {error}."]) from error


def is_loopback(origin: str) -> bool:
    """Whether browsers reach `origin` only on their own machine (W3C Secure Contexts, 3.1)."""
    host = split_url(origin).netloc
    host = host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0]
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _values(sources: Sources) -> dict[str, Any]:
    """What each row of the table parses to; its default after a mistake, so that the rest is still checked."""
    values = {}
    for setting in SETTINGS:
        given = sources.given[setting.name]
        try:
            values[setting.name] = setting.parse(given.text)
        except ValueError as error:
            sources.problems.append(f"{given.where} takes {error}.")
            values[setting.name] = setting.parse(setting.default)
    return values


def _keys_beside(database_url: str, sources: Sources) -> tuple[str, ...]:
    path = key_file(database_url)
    if path is None:
        sources.problems.append("secret_keys (PALAVER_SECRET_KEYS) must be set with PostgreSQL.")
        return ()
    try:
        keys = read_key_file(path)
        if is_readable_by_others(path):
            sources.warnings.append(f"{path} can be read by others: chmod 600 {path}.")
    except FileNotFoundError:
        return ()
    except OSError as error:
        sources.problems.append(f"{path}: the file cannot be read: {error.strerror}.")
    except ValueError as error:
        sources.problems.append(f"{path} takes {error}.")
    else:
        return keys
    return ()


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


def _provider_keys(sources: Sources) -> dict[str, ProviderKeys]:
    return {
        name: ProviderKeys(name, row["id"].text, row["secret"].text)
        for name, row in _rows("providers", sources).items()
        if _is_complete(row, f"providers.{name}", PROVIDER_FIELDS, sources)
    }


def _oidc_keys(sources: Sources, providers: Collection[str], *, loopback: bool) -> dict[str, OidcKeys]:
    keys = {}
    for name, row in _rows("oidc", sources).items():
        if not _is_complete(row, f"oidc.{name}", OIDC_FIELDS[:3], sources):
            continue
        if name in providers or name in RESERVED:
            sources.problems.append(f"oidc.{name} has the name of a built-in provider; choose another.")
        if not _is_issuer(row["issuer"].text, loopback):
            sources.problems.append(f"{row['issuer'].where} takes the issuer's https address, without query.")
        label = row["label"].text if "label" in row else name
        keys[name] = OidcKeys(name, row["issuer"].text, row["id"].text, row["secret"].text, label)
    return keys


def _is_issuer(text: str, loopback: bool) -> bool:
    """https without query and fragment (OpenID Connect Discovery 1.0, 2); http on loopback, if we are there too."""
    try:
        parts = split_url(text)
    except BadUrl:
        return False
    secure = parts.scheme == "https" or (loopback and is_loopback(text))
    return secure and parts.query is None and parts.fragment is None

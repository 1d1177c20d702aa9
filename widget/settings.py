"""The settings of the process, read and checked once, at the start. Those of a site are in `sites.py`.

`settings_table.py` says what there is, `settings_sources.py` where it comes from. All mistakes are told at once, and
none of them repeats a value, for it may be a secret.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from widget.key_file import is_readable_by_others, key_file, read_key_file, write_key_file
from widget.mail_settings import MailServer, Sender
from widget.settings_providers import OidcKeys, ProviderKeys, oidc_keys, provider_keys
from widget.settings_sources import KeyNames, Sources, read_sources
from widget.settings_table import SETTINGS, Network
from widget.url_parts import is_loopback

__all__ = ["SETTINGS", "ConfigurationError", "OidcKeys", "ProviderKeys", "Settings", "ensure_key_file", "load"]


class ConfigurationError(Exception):
    """Every mistake of the configuration, a sentence each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, kw_only=True)
class Settings:
    """`public_url` is an origin. `secret_keys`: the first signs, all verify; empty until the key file is written."""

    database_url: str = field(repr=False)
    redis_url: str = field(repr=False)
    public_url: str
    secret_keys: tuple[str, ...] = field(repr=False)
    limits: bool
    avatars: bool
    cache_megabytes: int
    host: str
    port: int
    trusted_proxies: tuple[Network, ...]
    mail_url: MailServer | None
    mail_from: Sender | None  # None where there is no server
    akismet_key: str = field(repr=False)  # "": not asked
    akismet_url: str
    import_folder: str  # "": where `transfer.files` says
    backup_folder: str  # "": none
    backup_every: int  # hours; 0: the service makes none
    backup_keep_daily: int
    backup_keep_weekly: int
    log_level: str
    providers: Mapping[str, ProviderKeys]
    oidc: Mapping[str, OidcKeys]
    warnings: tuple[str, ...]


def load(
    path: Path | None,
    environ: Mapping[str, str],
    *,
    production: bool,
    providers: KeyNames,
    options: Mapping[str, str] | None = None,
) -> Settings:
    """Read and check all settings.

    `path` is the file (else `PALAVER_CONFIG`, else `palaver.toml` where there is one); `providers` are the built-in
    sign-in providers and what each takes; `options` is what the command line gave, by setting; `production` is `serve`.
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
    if values["backup_every"] and not values["backup_folder"]:
        sources.problems.append("backup_every needs a backup_folder.")
    keys = provider_keys(sources, providers, loopback=loopback)
    oidc = oidc_keys(sources, providers, loopback=loopback)
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

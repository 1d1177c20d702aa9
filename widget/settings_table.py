"""Every setting of the process as one row: what it is called, means and takes. `docs/settings.md` is tested against it.

A parser gets text, wherever that came from, and raises `ValueError` with what it takes: never with the value, which may
be a secret.
"""

from __future__ import annotations

import importlib.util
import ipaddress
import re
from collections.abc import Callable
from typing import Any, NamedTuple

from widget.key_file import parse_keys
from widget.mail_settings import parse_mail_from, parse_mail_url
from widget.url_parts import BadUrl, split_url

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

LOG_LEVELS = ("debug", "info", "warning", "error")


class Setting(NamedTuple):
    name: str
    env: str | None
    default: str
    help: str
    parse: Callable[[str], Any]


def parse_origin(value: str) -> str:
    expected = "an origin such as https://comments.example: scheme and host, no path, no user name"
    try:
        parts = split_url(value)
    except BadUrl:
        raise ValueError(expected) from None
    if parts.path not in {"", "/"} or parts.query is not None or parts.fragment is not None:
        raise ValueError(expected)
    return f"{parts.scheme}://{parts.netloc}"


def _words(value: str) -> tuple[str, ...]:
    return tuple(word for word in re.split(r"[\s,]+", value) if word)


def _database_url(value: str) -> str:
    if re.fullmatch(r"sqlite:///[^:?#]*[^:?#/]", value):
        return value
    if not re.fullmatch(r"postgresql://[^/?#]*/[^/?#]+(\?.*)?", value):
        raise ValueError("sqlite:///FILE or postgresql://USER:PASSWORD@HOST/DATABASE")
    if importlib.util.find_spec("asyncpg") is None:
        raise ValueError("PostgreSQL only together with its driver: install palaver[postgres]")
    return value


def _redis_url(value: str) -> str:
    if value and not re.fullmatch(r"(rediss?://|unix:///)\S+", value):
        raise ValueError("redis://HOST:6379/0, rediss://… or unix:///FILE, or nothing")
    if value and importlib.util.find_spec("redis") is None:
        raise ValueError("Redis only together with its client: install palaver[redis]")
    return value


def _public_url(value: str) -> str:
    return parse_origin(value) if value else ""


def _on_off(value: str) -> bool:
    if value not in {"on", "off"}:
        raise ValueError("on or off")
    return value == "on"


def _host(value: str) -> str:
    if not re.fullmatch(r"[0-9A-Za-z.:_-]+", value):
        raise ValueError("an address or a host name")
    return value


def _number(low: int, high: int) -> Callable[[str], int]:
    def parse(value: str) -> int:
        if not re.fullmatch(r"[0-9]{1,9}", value) or not low <= int(value) <= high:
            raise ValueError(f"a number from {low} to {high}")
        return int(value)

    return parse


def _networks(value: str) -> tuple[Network, ...]:
    try:
        return tuple(ipaddress.ip_network(word) for word in _words(value))
    except ValueError:
        raise ValueError("addresses or networks such as 10.0.0.0/8") from None


def _akismet_key(value: str) -> str:
    if not re.fullmatch(r"[0-9A-Za-z]{0,100}", value):
        raise ValueError("letters and digits")
    return value


def _log_level(value: str) -> str:
    if value not in LOG_LEVELS:
        raise ValueError(f"one of {', '.join(LOG_LEVELS)}")
    return value


SETTINGS = (
    Setting(
        "database_url",
        "PALAVER_DATABASE_URL",
        "sqlite:///palaver.db",
        "Where comments are kept: `sqlite:///FILE` (four slashes before an absolute path) or "
        "`postgresql://USER:PASSWORD@HOST/DATABASE`.",
        _database_url,
    ),
    Setting(
        "redis_url",
        "PALAVER_REDIS_URL",
        "",
        "Where several processes count rate limits together and tell each other at once what changed: "
        "`redis://:PASSWORD@HOST:6379/0`, also of Valkey. Empty: each counts for itself, and notices what others "
        "changed within a second.",
        _redis_url,
    ),
    Setting(
        "public_url",
        "PALAVER_PUBLIC_URL",
        "",
        "The origin under which browsers reach the service, such as `https://comments.example`. "
        "Empty: `http://localhost:PORT`. Only there, on loopback, may it be plain http.",
        _public_url,
    ),
    Setting(
        "secret_keys",
        "PALAVER_SECRET_KEYS",
        "",
        "Random keys of at least 32 characters each: the first signs, all verify. Empty: the keys in `palaver.key` "
        "beside the SQLite file, which the first start makes. PostgreSQL needs them here.",
        parse_keys,
    ),
    Setting(
        "limits",
        "PALAVER_LIMITS",
        "on",
        "`off` lifts all rate limits; refused unless the public URL is on loopback.",
        _on_off,
    ),
    Setting(
        "avatars",
        "PALAVER_AVATARS",
        "on",
        "`off`: no picture is fetched from where a provider says it is; those that are kept stay.",
        _on_off,
    ),
    Setting(
        "cache_megabytes",
        "PALAVER_CACHE_MEGABYTES",
        "32",
        "How much memory each process may take for threads that are ready to be sent: about 60 of them to a megabyte.",
        _number(1, 100_000),
    ),
    Setting("host", "PALAVER_HOST", "127.0.0.1", "The address to listen on, also `--host`.", _host),
    # No variable: Kubernetes sets PALAVER_PORT to something else beside a service of this name.
    Setting("port", None, "8000", "The port to listen on, also `--port`.", _number(1, 65_535)),
    Setting(
        "trusted_proxies",
        "PALAVER_TRUSTED_PROXIES",
        "",
        "Networks whose `X-Forwarded-For` is believed, such as `127.0.0.1, 10.0.0.0/8`.",
        _networks,
    ),
    Setting(
        "mail_url",
        "PALAVER_MAIL_URL",
        "",
        "The server that takes mail: `smtp://USER:PASSWORD@HOST:587`, with STARTTLS unless it is on this machine, or "
        "`smtps://…` (port 465). Empty: no mail is sent, and nobody signs in by e-mail.",
        parse_mail_url,
    ),
    Setting(
        "mail_from",
        "PALAVER_MAIL_FROM",
        "",
        "Who mail is from, such as `Comments <comments@blog.example>`. Set together with `mail_url`.",
        parse_mail_from,
    ),
    Setting(
        "akismet_key",
        "PALAVER_AKISMET_KEY",
        "",
        "The key of an account at Akismet, which is then asked about every comment of all sites. Empty: it is not.",
        _akismet_key,
    ),
    Setting(
        "akismet_url",
        "PALAVER_AKISMET_URL",
        "https://rest.akismet.com",
        "The origin under which Akismet, or a service with its interface, answers.",
        parse_origin,
    ),
    Setting(
        "import_folder",
        "PALAVER_IMPORT_FOLDER",
        "",
        "Where files that owners give to `/admin` lie until they are imported; one that all machines reach, where "
        "there are several. Empty: beside the SQLite file, or with PostgreSQL among the machine's temporary files.",
        str,
    ),
    Setting(
        "backup_folder",
        "PALAVER_BACKUP_FOLDER",
        "",
        "Where `palaver backup` puts backups, and removes old ones.",
        str,
    ),
    Setting(
        "backup_every",
        "PALAVER_BACKUP_EVERY",
        "0",
        "Hours after which the service makes a backup by itself, in `backup_folder`; 0: it makes none.",
        _number(0, 8_760),
    ),
    Setting(
        "backup_keep_daily",
        "PALAVER_BACKUP_KEEP_DAILY",
        "7",
        "Of so many days the newest backup stays.",
        _number(1, 10_000),
    ),
    Setting(
        "backup_keep_weekly",
        "PALAVER_BACKUP_KEEP_WEEKLY",
        "4",
        "Of so many weeks, too.",
        _number(0, 10_000),
    ),
    Setting("log_level", "PALAVER_LOG_LEVEL", "info", "`debug`, `info`, `warning` or `error`.", _log_level),
)

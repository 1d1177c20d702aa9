"""What commands share: settings, the database, and how they fail."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click

from auth import PROVIDER_KEYS
from widget.errors import PalaverError
from widget.settings import ConfigurationError, Settings, ensure_key_file, load

if TYPE_CHECKING:
    from widget.db import Database

T = TypeVar("T")


class Group(click.Group):
    """Turns what is told to people into one line on standard error and exit code 1."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except PalaverError as error:
            fail(error.message)
        except ConfigurationError as error:
            fail("The configuration cannot be used:", *(f"  - {problem}" for problem in error.problems))


def fail(*lines: str) -> NoReturn:
    for line in lines:
        click.echo(line, err=True)
    sys.exit(1)


def read_settings(
    ctx: click.Context, *, production: bool = False, options: dict[str, str | None] | None = None
) -> Settings:
    given = {name: value for name, value in (options or {}).items() if value is not None}
    settings = load(ctx.obj, os.environ, production=production, providers=PROVIDER_KEYS, options=given)
    for warning in settings.warnings:
        click.echo(f"Warning: {warning}", err=True)
    return settings


def migrated(settings: Settings) -> Settings:
    """The settings, once the database is up to date and there are secret keys."""
    from widget.migrate import migrate  # noqa: PLC0415

    settings = ensure_key_file(settings)
    migrate(settings.database_url)
    return settings


def counting(what: str) -> Callable[[int], None] | None:
    """Shows on a terminal how far it is, `what` with `{}` for the number; nothing where a program or a file listens."""
    if not sys.stderr.isatty():
        return None
    total = 0

    def tell(more: int) -> None:
        nonlocal total
        total += more
        click.echo(f"{what.format(f'{total:,}')}\r", nl=False, err=True)  # and what is said next stands there

    return tell


def run_verb(settings: Settings, work: Callable[[Database], Coroutine[Any, Any, T]]) -> T:
    """Run a verb with the database open."""
    from widget.db import open_database  # noqa: PLC0415

    async def run() -> T:
        database = open_database(settings.database_url)
        try:
            return await work(database)
        finally:
            await database.close()

    return asyncio.run(run())

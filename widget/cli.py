"""The command `palaver`. Each command is a function here; what it does is elsewhere."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from auth import PROVIDER_KEYS
from widget.errors import PalaverError
from widget.logs import configure
from widget.settings import ConfigurationError, Settings, ensure_key_file, load

if TYPE_CHECKING:
    from widget.db import Database
    from widget.transfer.plan import Report


class Group(click.Group):
    """Turns what is told to people into one line on standard error and exit code 1."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except PalaverError as error:
            _fail(error.message)
        except ConfigurationError as error:
            _fail("The configuration cannot be used:", *(f"  - {problem}" for problem in error.problems))


def _fail(*lines: str) -> NoReturn:
    for line in lines:
        click.echo(line, err=True)
    sys.exit(1)


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="palaver")
@click.option("--config", type=click.Path(path_type=Path, dir_okay=False), help="The settings file (TOML).")
@click.pass_context
def main(ctx: click.Context, config: Path | None) -> None:
    """Comments for any page: serve them, manage sites, bring them in."""
    ctx.obj = config


def _settings(
    ctx: click.Context, *, production: bool = False, options: dict[str, str | None] | None = None
) -> Settings:
    given = {name: value for name, value in (options or {}).items() if value is not None}
    settings = load(ctx.obj, os.environ, production=production, providers=PROVIDER_KEYS, options=given)
    for warning in settings.warnings:
        click.echo(f"Warning: {warning}", err=True)
    return settings


@main.command()
@click.option("--host", help="The address to listen on.")
@click.option("--port", help="The port to listen on.")
@click.pass_context
def serve(ctx: click.Context, host: str | None, port: str | None) -> None:
    """Serve comments (production: a public URL with https, or loopback)."""
    from widget.server import run  # noqa: PLC0415  (other commands need no server)

    settings = _settings(ctx, production=True, options={"host": host, "port": port})
    configure(settings.log_level)
    run(_migrated(settings))


@main.command()
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="The port to listen on.")
@click.option("--folder", default="demo-data", show_default=True, type=click.Path(path_type=Path, file_okay=False))
def demo(port: int, folder: Path) -> None:
    """Serve a small blog with comments, and accounts to sign in with: a look around, on this machine only."""
    from widget.demo.start import start  # noqa: PLC0415

    start(port, folder)


@main.command()
@click.pass_context
def migrate(ctx: click.Context) -> None:
    """Bring the database up to date, and make the secret keys where there are none."""
    _migrated(_settings(ctx))
    click.echo("The database is up to date.")


def _migrated(settings: Settings) -> Settings:
    from widget.migrate import migrate as run_migrations  # noqa: PLC0415

    settings = ensure_key_file(settings)
    run_migrations(settings.database_url)
    return settings


@main.group()
def site() -> None:
    """Add, list, change and remove sites."""


@site.command("add")
@click.argument("name")
@click.option("--origin", "origins", multiple=True, required=True, help="Where its pages are, as https://blog.example.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def site_add(ctx: click.Context, name: str, origins: tuple[str, ...], as_json: bool) -> None:
    """Add a site and print the tag to paste into its pages."""
    from widget import site_verbs  # noqa: PLC0415

    settings = _migrated(_settings(ctx))
    added = _run(settings, lambda db: site_verbs.add(db, name, origins, settings.public_url))
    tag = site_verbs.tag(added, settings.public_url)
    click.echo(json.dumps({**site_verbs.described(added), "tag": tag}) if as_json else tag)


@site.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def site_list(ctx: click.Context, as_json: bool) -> None:
    """List sites with their settings."""
    from widget import site_verbs  # noqa: PLC0415

    sites = _run(_migrated(_settings(ctx)), site_verbs.list_all)
    if as_json:
        click.echo(json.dumps([site_verbs.described(found) for found in sites]))
        return
    for found in sites:
        click.echo(f"{found.name}  {' '.join(found.origins)}")
        for setting, value in site_verbs.described(found)["settings"].items():
            click.echo(f"    {setting}={value}")


@site.command("set")
@click.argument("name")
@click.argument("changes", nargs=-1, required=True, metavar="KEY=VALUE…")
@click.pass_context
def site_set(ctx: click.Context, name: str, changes: tuple[str, ...]) -> None:
    """Change settings of a site; `origins=` takes several, separated by commas."""
    from widget import site_verbs  # noqa: PLC0415

    pairs = dict(change.partition("=")[::2] for change in changes)
    unclear = [change for change in changes if "=" not in change]
    if unclear:
        raise click.UsageError(f"“{unclear[0]}” is not KEY=VALUE.")
    settings = _migrated(_settings(ctx))
    _run(settings, lambda db: site_verbs.change(db, name, pairs, settings.public_url))
    click.echo(f"{name}: {', '.join(f'{key}={value}' for key, value in pairs.items())}")


@site.command("key")
@click.argument("name")
@click.option("--new", "renew", is_flag=True, help="Make a new key; the old one counts no more.")
@click.pass_context
def site_key(ctx: click.Context, name: str, renew: bool) -> None:
    """Print the key with which a site signs for its own accounts."""
    from widget import site_verbs  # noqa: PLC0415

    settings = _migrated(_settings(ctx))
    click.echo(_run(settings, lambda db: site_verbs.sso_key(db, name, settings.secret_keys, renew=renew)))


@site.command("remove")
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_context
def site_remove(ctx: click.Context, name: str, yes: bool) -> None:
    """Remove a site with all its pages and comments."""
    from widget import site_verbs  # noqa: PLC0415

    if not yes:
        click.confirm(f"Remove the site “{name}” with all its comments? This cannot be undone", abort=True)
    _run(_migrated(_settings(ctx)), lambda db: site_verbs.remove(db, name))
    click.echo(f"{name} is removed.")


@main.command("import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--site", "site_name", required=True, help="The site that gets the comments.")
@click.option("--format", "source_format", help="The file's format; without it, it is recognised by content.")
@click.option("--any-host", is_flag=True, help="Take pages of hosts that are not the site's as they are.")
@click.option("--dry-run", is_flag=True, help="Say what would be imported, and write nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@click.pass_context
def import_(
    ctx: click.Context,
    file: Path,
    site_name: str,
    source_format: str | None,
    any_host: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Bring comments in from another system (WordPress WXR). Importing again adds nothing."""
    from widget.transfer.formats import FORMATS, import_file  # noqa: PLC0415

    if source_format is not None and source_format not in FORMATS:
        raise click.BadParameter(f"there are: {', '.join(FORMATS)}.", ctx, param_hint="--format")
    settings = _migrated(_settings(ctx))

    def work(db: Database) -> Coroutine[Any, Any, Report]:
        return import_file(
            db,
            site_name,
            file,
            source_format=source_format,
            any_host=any_host,
            dry_run=dry_run,
            progress=_progress(),
        )

    report = _run(settings, work)
    click.echo(json.dumps(report.as_json()) if as_json else "\n".join(report.as_lines(dry_run=dry_run)))


def _progress() -> Callable[[int], None] | None:
    """Counts on a terminal; nothing where a program or a file listens."""
    if not sys.stderr.isatty():
        return None
    done = 0

    def tell(count: int) -> None:
        nonlocal done
        done += count
        click.echo(f"\r{done:,} comments", nl=False, err=True)

    return tell


@main.command()
@click.pass_context
def openapi(ctx: click.Context) -> None:
    """Print the OpenAPI document of the JSON interface."""
    from widget.openapi import document  # noqa: PLC0415

    click.echo(json.dumps(document(_settings(ctx).public_url), indent=2))


def _run(settings: Settings, work: Callable[[Any], Coroutine[Any, Any, Any]]) -> Any:
    """Run a verb with the database open."""
    from widget.db import open_database  # noqa: PLC0415

    async def run() -> Any:
        database = open_database(settings.database_url)
        try:
            return await work(database)
        finally:
            await database.close()

    return asyncio.run(run())

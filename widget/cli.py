"""The command `palaver`; groups and larger commands are in `commands/`. What a command does is elsewhere."""

from __future__ import annotations

import json
from pathlib import Path

import click

from widget.commands.admin import admin
from widget.commands.backup import backup, restore
from widget.commands.base import Group, migrated, read_settings
from widget.commands.doctor import doctor
from widget.commands.pages import pages
from widget.commands.people import people
from widget.commands.sites import site
from widget.commands.transfer import export, import_
from widget.logs import configure


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="palaver")
@click.option("--config", type=click.Path(path_type=Path, dir_okay=False), help="The settings file (TOML).")
@click.pass_context
def main(ctx: click.Context, config: Path | None) -> None:
    """Comments for any page: serve them, manage sites, bring them in."""
    ctx.obj = config


@main.command()
@click.option("--host", help="The address to listen on.")
@click.option("--port", help="The port to listen on.")
@click.pass_context
def serve(ctx: click.Context, host: str | None, port: str | None) -> None:
    """Serve comments (production: a public URL with https, or loopback)."""
    from widget.server import run  # noqa: PLC0415  (other commands need no server)

    settings = read_settings(ctx, production=True, options={"host": host, "port": port})
    configure(settings.log_level)
    run(migrated(settings))


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
    migrated(read_settings(ctx))
    click.echo("The database is up to date.")


@main.command()
@click.pass_context
def openapi(ctx: click.Context) -> None:
    """Print the OpenAPI document of the JSON interface."""
    from widget.openapi import document  # noqa: PLC0415

    click.echo(json.dumps(document(read_settings(ctx).public_url), indent=2))


for command in (site, pages, people, admin, import_, export, backup, restore, doctor):
    main.add_command(command)

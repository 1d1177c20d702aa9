"""`palaver admin`: how owners come in."""

from __future__ import annotations

import click

from widget.commands.base import migrated, read_settings, run_verb


@click.group()
def admin() -> None:
    """Let owners in: they look after every site, on the service's page /admin."""


@admin.command("link")
@click.pass_context
def admin_link(ctx: click.Context) -> None:
    """Print an address that makes whoever opens it an owner: once, within an hour."""
    from widget.moderation import owners  # noqa: PLC0415

    settings = migrated(read_settings(ctx))
    click.echo(run_verb(settings, lambda db: owners.make_link(db, settings.public_url)))

"""`palaver admin`: how owners and moderators come in."""

from __future__ import annotations

import json
from collections.abc import Mapping

import click

from auth import Provider
from widget.commands.base import migrated, read_settings, run_verb
from widget.settings import Settings


@click.group()
def admin() -> None:
    """Let owners and moderators in, who look after comments on the service's page /admin."""


@admin.command("link")
@click.pass_context
def admin_link(ctx: click.Context) -> None:
    """Print an address that makes whoever opens it an owner: once, within an hour."""
    from widget.moderation import owners  # noqa: PLC0415

    settings = migrated(read_settings(ctx))
    click.echo(run_verb(settings, lambda db: owners.make_link(db, settings.public_url)))


@admin.command("appoint")
@click.argument("named", metavar="PROVIDER:ACCOUNT")
@click.option("--site", "site_name", default="", help="The site on which they get the role.")
@click.option("--role", default="moderator", show_default=True, type=click.Choice(["author", "moderator"]))
@click.option("--owner", is_flag=True, help="An owner, of every site.")
@click.pass_context
def admin_appoint(ctx: click.Context, named: str, site_name: str, role: str, owner: bool) -> None:
    """Give a role to whoever signs in with that account: its id at the provider, or an address that it proves."""
    from widget.moderation import appointing  # noqa: PLC0415

    if owner == bool(site_name):
        raise click.UsageError("Say either --site or --owner.")
    settings = migrated(read_settings(ctx))
    given = "owner" if owner else role
    run_verb(settings, lambda db: appointing.appoint(db, named, _offered(settings), given, site_name))
    click.echo(f"Whoever signs in as {named} will be {given} {f'on {site_name}' if site_name else 'of every site'}.")


@admin.command("appointments")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def admin_appointments(ctx: click.Context, as_json: bool) -> None:
    """List the roles that wait for somebody to sign in."""
    from widget.moderation import appointing  # noqa: PLC0415

    found = run_verb(migrated(read_settings(ctx)), appointing.list_all)
    if as_json:
        click.echo(json.dumps([row._asdict() for row in found]))
        return
    for row in found:
        click.echo(f"{row.provider}:{row.account}  {row.role}  {row.site or 'every site'}")


@admin.command("dismiss")
@click.argument("named", metavar="PROVIDER:ACCOUNT")
@click.option("--site", "site_name", default="", help="The site; without it, as an owner.")
@click.pass_context
def admin_dismiss(ctx: click.Context, named: str, site_name: str) -> None:
    """Take back a role that still waits; one that was given is taken by `palaver people role`."""
    from widget.moderation import appointing  # noqa: PLC0415

    run_verb(migrated(read_settings(ctx)), lambda db: appointing.dismiss(db, named, site_name))
    click.echo(f"Nothing waits for {named} any more {f'on {site_name}' if site_name else 'as an owner'}.")


def _offered(settings: Settings) -> Mapping[str, Provider]:
    from widget.app import offered_providers  # noqa: PLC0415

    return offered_providers(settings)

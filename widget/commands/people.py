"""`palaver people`: who reads and writes on a site, and who has a role there."""

from __future__ import annotations

import json

import click

from widget.commands.base import migrated, read_settings, run_verb


@click.group()
def people() -> None:
    """List the people of a site, and give them roles."""


@people.command("list")
@click.argument("site_name", metavar="SITE")
@click.option("--name", default="", help="Only those whose name holds this.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def people_list(ctx: click.Context, site_name: str, name: str, as_json: bool) -> None:
    """List who has signed in and written on a site, the most active first."""
    from widget import people_verbs  # noqa: PLC0415

    found = run_verb(migrated(read_settings(ctx)), lambda db: people_verbs.list_members(db, site_name, name))
    if as_json:
        click.echo(json.dumps([people_verbs.described(member) for member in found]))
        return
    for member in found:
        about = people_verbs.described(member)
        click.echo(f"{about['id']}  {about['role']:9}  {about['comments']:>6}  {about['name']} ({about['providers']})")


@people.command("role")
@click.argument("site_name", metavar="SITE")
@click.argument("person_id", metavar="ID")
@click.argument("role", metavar="ROLE")
@click.pass_context
def people_role(ctx: click.Context, site_name: str, person_id: str, role: str) -> None:
    """Make somebody reader, author or moderator on a site, or owner of all; `palaver people list` shows their ID."""
    from widget import people_verbs  # noqa: PLC0415

    settings = migrated(read_settings(ctx))
    name = run_verb(settings, lambda db: people_verbs.set_role(db, site_name, person_id, role))
    click.echo(f"{name} is now {role} on {site_name}.")

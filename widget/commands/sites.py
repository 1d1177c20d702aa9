"""`palaver site`: the sites that have comments here."""

from __future__ import annotations

import json
from collections.abc import Collection

import click

from widget.commands.base import migrated, read_settings, run_verb
from widget.settings import Settings


@click.group()
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

    settings = migrated(read_settings(ctx))
    added = run_verb(settings, lambda db: site_verbs.add(db, name, origins, settings.public_url))
    tag = site_verbs.tag(added, settings.public_url)
    click.echo(json.dumps({**site_verbs.described(added), "tag": tag}) if as_json else tag)


@site.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def site_list(ctx: click.Context, as_json: bool) -> None:
    """List sites with their settings."""
    from widget import site_verbs  # noqa: PLC0415

    sites = run_verb(migrated(read_settings(ctx)), site_verbs.list_all)
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
    settings = migrated(read_settings(ctx))
    offered = _offered(settings) if "providers" in pairs else ()
    run_verb(settings, lambda db: site_verbs.change(db, name, pairs, settings.public_url, offered))
    click.echo(f"{name}: {', '.join(f'{key}={value}' for key, value in pairs.items())}")


def _offered(settings: Settings) -> Collection[str]:
    from widget.app import offered_providers  # noqa: PLC0415

    return offered_providers(settings)


@site.command("rename")
@click.argument("name")
@click.argument("new")
@click.pass_context
def site_rename(ctx: click.Context, name: str, new: str) -> None:
    """Give a site another name; the old one leads to it still, until another site takes it."""
    from widget import site_verbs  # noqa: PLC0415

    renamed = run_verb(migrated(read_settings(ctx)), lambda db: site_verbs.rename(db, name, new))
    click.echo(f"{name} is {renamed.name} now.")


@site.command("key")
@click.argument("name")
@click.option("--new", "renew", is_flag=True, help="Make a new key; the old one counts no more.")
@click.pass_context
def site_key(ctx: click.Context, name: str, renew: bool) -> None:
    """Print the key with which a site signs for its own accounts."""
    from widget import site_verbs  # noqa: PLC0415

    settings = migrated(read_settings(ctx))
    click.echo(run_verb(settings, lambda db: site_verbs.sso_key(db, name, settings.secret_keys, renew=renew)))


@site.command("remove")
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_context
def site_remove(ctx: click.Context, name: str, yes: bool) -> None:
    """Remove a site with all its pages and comments."""
    from widget import site_verbs  # noqa: PLC0415

    if not yes:
        click.confirm(f"Remove the site “{name}” with all its comments? This cannot be undone", abort=True)
    run_verb(migrated(read_settings(ctx)), lambda db: site_verbs.remove(db, name))
    click.echo(f"{name} is removed.")

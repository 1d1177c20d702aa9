"""`palaver pages`: the pages of a site, and moving, merging and splitting their threads."""

from __future__ import annotations

import json
from collections.abc import Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from widget.commands.base import counting, migrated, read_settings, run_verb
from widget.counted import counted

if TYPE_CHECKING:
    from widget.db import Database
    from widget.moving.moving import Gather, Report


@click.group()
def pages() -> None:
    """List the pages of a site; move, merge and split their threads."""


@pages.command("list")
@click.argument("site_name", metavar="SITE")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def pages_list(ctx: click.Context, site_name: str, as_json: bool) -> None:
    """List the pages that have comments, with ids and numbers of approved comments."""
    from widget import page_verbs  # noqa: PLC0415

    found = run_verb(migrated(read_settings(ctx)), lambda db: page_verbs.list_all(db, site_name))
    about = [page_verbs.described(page) for page in found]
    if as_json:
        click.echo(json.dumps(about))
        return
    for page in about:
        part = f"  (part of {page['part_of']})" if page["part_of"] else ""
        click.echo(f"{page['id']}  {page['comments']:>6}  {page['url'] or page['key']}{part}")


@pages.command("merge")
@click.argument("site_name", metavar="SITE")
@click.argument("page")
@click.argument("into")
@click.pass_context
def pages_merge(ctx: click.Context, site_name: str, page: str, into: str) -> None:
    """Make PAGE a part of INTO, each named by address or id: both addresses lead to the comments of both."""
    from widget import page_verbs  # noqa: PLC0415

    whole = run_verb(migrated(read_settings(ctx)), lambda db: page_verbs.merge(db, site_name, page, into))
    click.echo(f"{whole.url or whole.key} has {counted(whole.count, 'comment')} now.")


@pages.command("split")
@click.argument("site_name", metavar="SITE")
@click.argument("parts", metavar="PAGE…", nargs=-1, required=True)
@click.pass_context
def pages_split(ctx: click.Context, site_name: str, parts: tuple[str, ...]) -> None:
    """Take each PAGE, which moved or was merged into another, out again, with its comments."""
    from widget import page_verbs  # noqa: PLC0415

    for part in run_verb(migrated(read_settings(ctx)), lambda db: page_verbs.split(db, site_name, parts)):
        click.echo(f"{part.url or part.key} has {counted(part.count, 'comment')} of its own again.")


@pages.command("move")
@click.argument("site_name", metavar="SITE")
@click.argument("pair", nargs=-1, metavar="[OLD NEW]")
@click.option("--csv", "file", type=click.Path(path_type=Path, dir_okay=False), help="Many, as rows of old,new.")
@click.option("--map", "maps", multiple=True, metavar="OLD=NEW", help="All pages that begin with OLD; see `import`.")
@click.option("--redirects", is_flag=True, help="All that the site itself redirects for good, as its pages answer now.")
@click.option("--add-origins", is_flag=True, help="Let the site list the origins of new addresses that it lacks.")
@click.option("--dry-run", is_flag=True, help="Say what would be moved, and write nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@click.pass_context
def pages_move(
    ctx: click.Context,
    site_name: str,
    pair: tuple[str, ...],
    file: Path | None,
    maps: tuple[str, ...],
    redirects: bool,
    add_origins: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Bring comments to the addresses that their pages have now. The old addresses lead there from then on."""
    from widget.moving.moving import MoveOptions, move  # noqa: PLC0415

    if [bool(pair), bool(file), bool(maps), redirects].count(True) != 1 or len(pair) not in (0, 2):
        raise click.UsageError("Say which pages by one of OLD NEW, --csv, --map and --redirects.")
    gather = _gathering(ctx, pair, file, maps)
    settings = migrated(read_settings(ctx))

    def work(db: Database) -> Coroutine[Any, Any, Report]:
        options = MoveOptions(add_origins, dry_run, counting("Moved: {} pages"))
        return move(db, site_name, gather, settings.public_url, options)

    report = run_verb(settings, work)
    click.echo(json.dumps(report.as_json()) if as_json else "\n".join(report.as_lines()))
    ctx.exit(bool(report.plan.conflicts))


def _gathering(ctx: click.Context, pair: tuple[str, ...], file: Path | None, maps: tuple[str, ...]) -> Gather:
    """Where the wishes come from."""
    from widget.errors import Invalid  # noqa: PLC0415
    from widget.mapping import parse_mapping  # noqa: PLC0415
    from widget.moving import moving  # noqa: PLC0415

    if pair:
        return moving.by_pair(*pair)
    if file:
        return moving.by_csv(file)
    if not maps:
        return moving.by_redirects(counting("Asked: {} pages"))
    try:
        return moving.by_mappings([parse_mapping(text) for text in maps])
    except Invalid as error:
        raise click.BadParameter(error.message, ctx, param_hint="--map") from error

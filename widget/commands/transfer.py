"""`palaver import`: comments from elsewhere; `palaver export`: a site to take along."""

from __future__ import annotations

import json
import sys
from collections.abc import Coroutine, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from widget.commands.base import migrated, read_settings, run_verb

if TYPE_CHECKING:
    from click._termui_impl import ProgressBar

    from widget.db import Database
    from widget.transfer.plan import Progress
    from widget.transfer.report import Report


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--site", "site_name", required=True, help="The site that gets the comments.")
@click.option("--format", "source_format", help="The file's format; without it, it is recognised by content.")
@click.option("--any-host", is_flag=True, help="Take pages of hosts that are not the site's as they are.")
@click.option(
    "--map",
    "maps",
    multiple=True,
    metavar="OLD=NEW",
    help="Pages whose addresses begin with OLD are now at NEW: https://… or the beginning of a path. May be repeated.",
)
@click.option("--dry-run", is_flag=True, help="Say what would be imported, and write nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@click.pass_context
def import_(
    ctx: click.Context,
    file: Path,
    site_name: str,
    source_format: str | None,
    any_host: bool,
    maps: Sequence[str],
    dry_run: bool,
    as_json: bool,
) -> None:
    """Bring comments in from another system. Importing again adds nothing."""
    from widget.errors import Invalid  # noqa: PLC0415
    from widget.mapping import parse_mapping  # noqa: PLC0415
    from widget.transfer.formats import FORMATS, import_file  # noqa: PLC0415
    from widget.transfer.plan import Options  # noqa: PLC0415

    if source_format is not None and source_format not in FORMATS:
        raise click.BadParameter(f"there are: {', '.join(FORMATS)}.", ctx, param_hint="--format")
    try:
        options = Options(any_host, [parse_mapping(text) for text in maps])
    except Invalid as error:
        raise click.BadParameter(error.message, ctx, param_hint="--map") from error
    settings = migrated(read_settings(ctx))

    def work(db: Database) -> Coroutine[Any, Any, Report]:
        return import_file(
            db,
            site_name,
            file,
            options,
            source_format=source_format,
            secret_keys=settings.secret_keys,
            own_origin=settings.public_url,
            dry_run=dry_run,
            progress=progress(),
        )

    report = run_verb(settings, work)
    click.echo(json.dumps(report.as_json()) if as_json else "\n".join(report.as_lines(dry_run=dry_run)))


def progress() -> Progress | None:
    """Counts on a terminal, then a bar; nothing where a program or a file listens."""
    if not sys.stderr.isatty():
        return None
    read = 0
    bar: ProgressBar[int] | None = None

    def tell(count: int, total: int | None) -> None:
        nonlocal read, bar
        if total is None:
            read += count
            click.echo(f"\rReading: {read:,} comments", nl=False, err=True)
            return
        if bar is None:
            bar = click.progressbar(length=total, label="Importing", file=sys.stderr)
        bar.update(count)
        if bar.finished:
            bar.render_finish()

    return tell


@click.command()
@click.option("--site", "site_name", required=True, help="The site.")
@click.option("--format", "name", default="jsonl", show_default=True, help="jsonl (everything), wxr, disqus or html.")
@click.option("--page", default="", metavar="URL", help="Only what is on this page.")
@click.option("--person", default="", metavar="ID|PROVIDER:ACCOUNT", help="Only what this person wrote.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, allow_dash=True),
    default="-",
    help="The file to write (html: the folder), else standard output.",
)
@click.pass_context
def export(ctx: click.Context, site_name: str, name: str, page: str, person: str, out: Path) -> None:
    """Write what a site has: everything, comments for another system, or what readers see as files."""
    from widget.transfer.exports import FORMATS, SNAPSHOT, open_export, open_snapshot  # noqa: PLC0415

    if name not in (*FORMATS, SNAPSHOT):
        raise click.BadParameter(f"there are: {', '.join(FORMATS)}, {SNAPSHOT}.", ctx, param_hint="--format")
    if name == SNAPSHOT and str(out) == "-":
        raise click.BadParameter("html needs a folder.", ctx, param_hint="--out")
    settings = migrated(read_settings(ctx))

    async def work(db: Database) -> None:
        _, parts = await open_export(db, site_name, name, page=page, person=person)
        with click.open_file(str(out), "wb") as file:
            async for part in parts:
                file.write(part)

    if name == SNAPSHOT:
        made = run_verb(settings, lambda db: open_snapshot(db, site_name, out, page=page, person=person))
        click.echo(f"Pages: {made.pages:,}; files that changed: {made.changed:,}")
    else:
        run_verb(settings, work)

"""`palaver import`: comments from elsewhere."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from widget.commands.base import migrated, read_settings, run_verb

if TYPE_CHECKING:
    from widget.db import Database
    from widget.transfer.plan import Report


@click.command("import")
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
    settings = migrated(read_settings(ctx))

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

    report = run_verb(settings, work)
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

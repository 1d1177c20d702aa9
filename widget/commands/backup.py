"""`palaver backup` and `palaver restore`: the whole database in a file, and back."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from widget.commands.base import counting, read_settings
from widget.counted import counted

if TYPE_CHECKING:
    from widget.backup.archive import Manifest


@click.command()
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="Where to, instead of backup_folder; nothing is removed there.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def backup(ctx: click.Context, folder: Path | None, as_json: bool) -> None:
    """Write the whole database to a file, also while the service runs."""
    from widget.backup.making import Kept, back_up  # noqa: PLC0415

    settings = read_settings(ctx)
    if folder is None and not settings.backup_folder:
        raise click.UsageError("Say where to: --folder, or the setting backup_folder.")
    kept = None if folder else Kept(settings.backup_keep_daily, settings.backup_keep_weekly)
    to = folder or Path(settings.backup_folder)
    made = back_up(settings.database_url, to, kept, datetime.now(UTC), counting("Written: {} bytes"))
    if as_json:
        about = {"file": str(made.file), "bytes": made.size, "removed": made.removed}
        click.echo(json.dumps({**about, **_described(made.manifest)}))
        return
    click.echo(f"{made.file}: {made.size:,} bytes, {_told(made.manifest)}")
    if made.removed:
        click.echo(f"Older backups removed: {made.removed}")


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--check", "only_check", is_flag=True, help="Only try it, in a database that is thrown away.")
@click.option("--replace", is_flag=True, help="Let go what is in the database.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def restore(ctx: click.Context, file: Path, only_check: bool, replace: bool, as_json: bool) -> None:
    """Bring a backup back into an empty database, or try whether that can be done. FILE may be a folder: its newest."""
    from widget.backup import restoring  # noqa: PLC0415

    if only_check and replace:
        raise click.UsageError("Say either --check or --replace.")
    settings = read_settings(ctx)
    chosen = restoring.newest_in(file) if file.is_dir() else file
    if only_check:
        manifest = restoring.check(chosen, settings.database_url)
    else:
        manifest = restoring.restore(chosen, settings.database_url, replace=replace)
    if as_json:
        click.echo(json.dumps({"file": str(chosen), **_described(manifest)}))
        return
    done = "can be restored" if only_check else "is restored"
    click.echo(f"{chosen} {done}: of {manifest.created_at}, {_told(manifest)}")
    if not only_check and not settings.secret_keys:
        click.echo("There is no palaver.key: bring it back, too, or the next start makes a new one.", err=True)


def _described(manifest: Manifest) -> dict[str, object]:
    return {
        "created_at": manifest.created_at,
        "palaver": manifest.palaver,
        "database": manifest.database,
        "schema": manifest.schema,
        "counts": manifest.counts,
    }


def _told(manifest: Manifest) -> str:
    nouns = {"sites": "site", "pages": "page", "comments": "comment", "people": "person"}
    return ", ".join(counted(manifest.counts.get(table, 0), one, table) for table, one in nouns.items())

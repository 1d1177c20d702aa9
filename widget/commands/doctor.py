"""`palaver doctor`: what will not work on a page, and why."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from widget.commands.base import migrated, read_settings, run_verb
from widget.settings import Settings

if TYPE_CHECKING:
    from widget.db import Database
    from widget.doctor.findings import Finding

_SIGNS = {"ok": "✓", "warning": "!", "problem": "✗"}


@click.command()
@click.argument("url")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def doctor(ctx: click.Context, url: str, as_json: bool) -> None:
    """Look at the page URL, and say what of its comments will not work, and why. Exit code 1 if there is something."""
    settings = migrated(read_settings(ctx))
    findings = run_verb(settings, lambda db: _examine(url, settings, db))
    if as_json:
        click.echo(json.dumps([finding._asdict() for finding in findings]))
    else:
        for finding in findings:
            click.echo(
                f"{_SIGNS[finding.level]} {finding.what}" + (f"\n    → {finding.remedy}" if finding.remedy else "")
            )
    ctx.exit(any(finding.level == "problem" for finding in findings))


async def _examine(url: str, settings: Settings, db: Database) -> list[Finding]:
    import httpx2  # noqa: PLC0415  (other commands need none of these)

    from widget.app import offered_providers  # noqa: PLC0415
    from widget.doctor.examine import Doctor  # noqa: PLC0415
    from widget.store.sites import list_sites  # noqa: PLC0415

    certificates = httpx2.create_ssl_context()
    async with httpx2.AsyncClient(verify=certificates, timeout=10) as http:
        doctor = Doctor(settings.public_url, offered_providers(settings), http, certificates)
        return await doctor.examine(url, await db.read(list_sites))

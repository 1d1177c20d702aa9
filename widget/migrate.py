"""Bring a database up to date. Several processes may start at once: one migrates, the others wait for it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import sqlalchemy as sa

from widget.db import failures_of, is_unavailable, postgres_url, reason_of
from widget.errors import Conflict, Unavailable
from widget.sqlite import sync_engine

_FOLDER = Path(__file__).parent / "migrations"
_LOCK = 0x50414C41  # "PALA": any number that is only ours (PostgreSQL, 13.3.5)


def migrate(database_url: str) -> None:
    """Run all migrations that are not in yet.

    Raises `Unavailable` with what the database says, or `Conflict` where it is newer than this program.
    """
    try:
        if database_url.startswith("sqlite:"):
            _migrate_sqlite(database_url)
        else:
            asyncio.run(_migrate_postgres(database_url))
    except failures_of(database_url) as error:
        if not is_unavailable(error):
            raise
        raise Unavailable(f"The database cannot be used: {reason_of(error)}.") from error


def _migrate_sqlite(database_url: str) -> None:
    engine = sync_engine(database_url, busy_timeout=60_000)
    try:
        with engine.connect() as connection:
            if _is_current(connection):
                return
            # Where a table can only be altered by copying it, dropping the old one would delete what refers to it
            # (https://www.sqlite.org/lang_altertable.html, 7).
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            connection.exec_driver_sql("BEGIN EXCLUSIVE")
            upgrade(connection)
            assert connection.exec_driver_sql("PRAGMA foreign_key_check").first() is None
            connection.commit()
    finally:
        engine.dispose()


async def _migrate_postgres(database_url: str) -> None:
    from sqlalchemy.ext.asyncio import create_async_engine  # noqa: PLC0415  (SQLite need not pay for it)

    engine = create_async_engine(postgres_url(database_url), hide_parameters=True)
    try:
        async with engine.begin() as connection:
            await connection.execute(sa.text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            await connection.run_sync(upgrade)
    finally:
        await engine.dispose()


def upgrade(connection: sa.Connection) -> None:
    """Run the migrations inside the connection's transaction. Raises `Conflict` for a migration of the future."""
    from alembic import command  # noqa: PLC0415  (start-up without migrations need not pay for it)
    from alembic.config import Config  # noqa: PLC0415
    from alembic.util import CommandError  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        sentence = "The database belongs to a newer version of Palaver than this one."
        raise Conflict(sentence, code="newer_database") from error


def _is_current(connection: sa.Connection) -> bool:
    """Whether the newest migration of ours is in: known by name alone, without loading Alembic."""
    newest = max(file.stem.partition("_")[0] for file in (_FOLDER / "versions").glob("[0-9]*.py"))
    if not sa.inspect(connection).has_table("alembic_version"):
        return False
    return connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() == newest

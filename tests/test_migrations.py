"""Migrations make exactly the tables of `models/`, keep what is there, and run once however many start them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.ext.asyncio import create_async_engine

from tests.support.commands import run_at_once
from tests.support.postgres import Postgres
from widget import migrate as migrating
from widget.db import postgres_url
from widget.errors import Unavailable
from widget.migrate import migrate
from widget.models import metadata
from widget.sqlite import sync_engine

T = TypeVar("T")
FOLDER = Path(migrating.__file__).with_name("migrations")
PROCESSES = 3
MIGRATING = """
import sys
import alembic.command, alembic.config
from widget.migrate import migrate

print("ready", flush=True)
sys.stdin.readline()
migrate(sys.argv[1])
"""
# What stands for a value of each type, in a row of which every table gets one.
VALUES: dict[type, Any] = {int: 1, str: "x", bytes: b"x" * 8, bool: False}


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database of either kind with nothing in it."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'palaver.db'}"
        return
    server: Postgres = request.getfixturevalue("postgres")
    url = server.create_database(empty=True)
    yield url
    server.drop_database(url)


def within(url: str, work: Callable[[sa.Connection], T]) -> T:
    """Run `work` in a transaction of its own."""
    if not url.startswith("sqlite:"):
        return asyncio.run(_within_postgres(url, work))
    engine = sync_engine(url)
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            result = work(connection)
            connection.commit()
            return result
    finally:
        engine.dispose()


async def _within_postgres(url: str, work: Callable[[sa.Connection], T]) -> T:
    engine = create_async_engine(postgres_url(url))
    try:
        async with engine.begin() as connection:
            return await connection.run_sync(work)
    finally:
        await engine.dispose()


def config_of(connection: sa.Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["connection"] = connection
    return config


def differences(connection: sa.Connection) -> Any:
    return compare_metadata(MigrationContext.configure(connection), metadata)


def described(connection: sa.Connection) -> dict[str, Any]:
    """The tables as the database describes them, but for the order of their columns."""
    inspector = sa.inspect(connection)
    return {
        name: {
            "columns": {c["name"]: (str(c["type"]), c["nullable"], c["default"]) for c in inspector.get_columns(name)},
            "key": inspector.get_pk_constraint(name),
            "references": sorted(map(str, inspector.get_foreign_keys(name))),
            "unique": sorted(map(str, inspector.get_unique_constraints(name))),
        }
        for name in inspector.get_table_names()
        if name != "alembic_version"
    }


def indexes(connection: sa.Connection) -> dict[str, str]:
    """How the database itself words each index: with its columns, their order and its condition."""
    sqlite = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
    postgres = "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"
    found = connection.exec_driver_sql(sqlite if connection.dialect.name == "sqlite" else postgres)
    return {name: sql for name, sql in found if name != "alembic_version_pkc"}


def test_empty_database_gets_exactly_the_tables_of_the_models(empty_url: str) -> None:
    within(empty_url, metadata.create_all)
    tables, wanted = within(empty_url, described), within(empty_url, indexes)
    within(empty_url, metadata.drop_all)
    migrate(empty_url)
    assert within(empty_url, differences) == []
    assert within(empty_url, described) == tables
    assert within(empty_url, indexes) == wanted


def test_indexes_that_reading_needs_are_partial(empty_url: str) -> None:
    migrate(empty_url)
    partial = {name for name, sql in within(empty_url, indexes).items() if " WHERE " in sql}
    assert partial >= {"ix_comments_roots_by_time", "ix_comments_roots_by_score", "ix_comments_replies"}


def test_migrating_again_changes_nothing(empty_url: str) -> None:
    migrate(empty_url)
    within(empty_url, fill)
    before = within(empty_url, rows)
    migrate(empty_url)
    assert within(empty_url, rows) == before
    assert within(empty_url, differences) == []


def test_every_step_keeps_what_is_there(empty_url: str) -> None:
    """Also where SQLite copies a table: dropping the old one must not take along what refers to it."""
    within(empty_url, lambda connection: command.upgrade(config_of(connection), "0001"))
    within(empty_url, fill)
    before = within(empty_url, rows)
    assert all(len(found) == 1 for found in before.values())
    migrate(empty_url)
    after = within(empty_url, rows)
    for table, (row,) in before.items():
        if table != "alembic_version":
            assert len(after[table]) == 1, table
            assert after[table][0].items() >= row.items(), table


def fill(connection: sa.Connection) -> None:
    """A row in every table, each with the number 1, so that they belong together."""
    found = sa.MetaData()
    found.reflect(connection)
    for table in found.sorted_tables:
        if table.name != "alembic_version":
            connection.execute(sa.insert(table), {column.name: VALUES[column.type.python_type] for column in table.c})


def rows(connection: sa.Connection) -> dict[str, list[dict[str, Any]]]:
    found = sa.MetaData()
    found.reflect(connection)
    return {name: [dict(row._mapping) for row in connection.execute(sa.select(t))] for name, t in found.tables.items()}


def test_migration_that_fails_leaves_nothing_behind(empty_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(connection: sa.Connection) -> None:
        command.upgrade(config_of(connection), "head")
        raise sa.exc.OperationalError("x", {}, OSError("no space is left"))

    with monkeypatch.context() as patched:
        patched.setattr(migrating, "upgrade", fail)
        with pytest.raises(Unavailable, match=r"The database cannot be used: no space is left\."):
            migrate(empty_url)
    assert within(empty_url, rows) == {}
    migrate(empty_url)
    assert within(empty_url, differences) == []


def test_processes_that_start_at_once_migrate_once(empty_url: str, tmp_path: Path) -> None:
    run_at_once(MIGRATING, empty_url, tmp_path, processes=PROCESSES)
    assert within(empty_url, differences) == []
    (version,) = within(empty_url, rows)["alembic_version"]
    assert version == {"version_num": ScriptDirectory(str(FOLDER)).get_current_head()}


def test_every_migration_follows_the_one_before() -> None:
    """One line from the first to the newest, in the order of the files, which `migrate` knows them by."""
    steps = list(ScriptDirectory(str(FOLDER)).walk_revisions())[::-1]
    assert [step.down_revision for step in steps] == [None, *(step.revision for step in steps[:-1])]
    files = sorted(path.stem.partition("_")[0] for path in (FOLDER / "versions").glob("[0-9]*.py"))
    assert [step.revision for step in steps] == files

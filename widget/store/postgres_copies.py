"""SQL of whole PostgreSQL databases, and the programs that come with it: `copies.Copying` says what these do."""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any, TypeVar

import sqlalchemy as sa

from widget.db import failures_of, is_unavailable, postgres_url, reason_of
from widget.errors import Conflict, Invalid, Unavailable
from widget.store.copies import Contents, Sink, contents_of

T = TypeVar("T")
CHUNK = 1 << 20  # bytes
ASIDE = "palaver_replaced"  # the schema where tables stand while others take their place
# How the driver calls what libpq takes from the environment (PostgreSQL, 34.15). A command line can be read by anybody.
_VARIABLES = {
    "host": "PGHOST",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "database": "PGDATABASE",
    "ssl": "PGSSLMODE",
}


def copy(url: str, to: Sink, folder: Path) -> Contents:  # noqa: ARG001 - it takes no room
    """By pg_dump, in a snapshot in which the rows are counted, too."""

    def dump(conn: sa.Connection) -> Contents:
        conn.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = 0")
        snapshot = conn.exec_driver_sql("SELECT pg_export_snapshot()").scalar_one()
        contents = contents_of(conn)
        options = ("--format=custom", "--compress=0", "--no-owner", "--no-privileges", "--no-password")
        with _running(url, "pg_dump", *options, f"--snapshot={snapshot}", stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            _write(process.stdout, to)
        return contents

    return _within(url, dump, isolation_level="REPEATABLE READ", postgresql_readonly=True)


def _write(from_: IO[bytes], to: Sink) -> None:
    try:
        shutil.copyfileobj(from_, to, CHUNK)
    except OSError as error:  # which would pass for the database's
        raise Unavailable(f"The backup cannot be written: {error.strerror or error}.") from error


def load(url: str, source: IO[bytes]) -> None:
    options = ("--single-transaction", "--no-owner", "--no-privileges", "--no-password")
    database = _parameters(url)["database"]
    try:
        with _running(url, "pg_restore", *options, f"--dbname={database}", stdin=subprocess.PIPE) as process:
            assert process.stdin is not None
            with contextlib.suppress(BrokenPipeError), process.stdin:  # what it did not like, it says
                shutil.copyfileobj(source, process.stdin, CHUNK)
    except Unavailable as error:
        raise Invalid(f"The database in the backup cannot be used: {error.message}", code="bad_backup") from error
    _within(url, lambda conn: conn.exec_driver_sql("ANALYZE"))


def contents(url: str) -> Contents:
    return _within(url, contents_of, isolation_level="REPEATABLE READ", postgresql_readonly=True)


@contextlib.contextmanager
def scratch(url: str) -> Iterator[str]:
    """Another database on the same server. Raises `Conflict` where the role may make none."""
    name = f"palaver_check_{secrets.token_hex(4)}"
    try:
        _within(url, lambda conn: conn.exec_driver_sql(f"CREATE DATABASE {name}"), isolation_level="AUTOCOMMIT")
    except sa.exc.ProgrammingError as error:
        sentence = f"A backup is tried in a database of its own, and the server makes none: {reason_of(error)}."
        raise Conflict(sentence, code="no_scratch") from error
    try:
        yield postgres_url(url).set(drivername="postgresql", database=name).render_as_string(hide_password=False)
    finally:
        drop = f"DROP DATABASE {name} WITH (FORCE)"
        _within(url, lambda conn: conn.exec_driver_sql(drop), isolation_level="AUTOCOMMIT")


@contextlib.contextmanager
def replacing(url: str) -> Iterator[str]:
    """What is there stands aside in a schema of its own until the end."""
    _within(url, _set_aside)
    try:
        yield url
    except BaseException:
        _within(url, _bring_back)
        raise
    _within(url, lambda conn: conn.exec_driver_sql(f"DROP SCHEMA {ASIDE} CASCADE"))


def _set_aside(conn: sa.Connection) -> None:
    if ASIDE in sa.inspect(conn).get_schema_names():
        raise Conflict(
            f"The schema {ASIDE} is there: a restore was broken off, and what was there before stands in it. "
            "Move its tables back, or drop it.",
            code="broken_off",
        )
    conn.exec_driver_sql("SET LOCAL lock_timeout = '5s'")
    conn.exec_driver_sql(f"CREATE SCHEMA {ASIDE}")
    _move_tables(conn, None, ASIDE)


def _bring_back(conn: sa.Connection) -> None:
    for name in sa.inspect(conn).get_table_names():
        conn.exec_driver_sql(f"DROP TABLE {_quoted(conn, name)} CASCADE")
    _move_tables(conn, ASIDE, str(conn.dialect.default_schema_name))
    conn.exec_driver_sql(f"DROP SCHEMA {ASIDE}")


def _move_tables(conn: sa.Connection, from_: str | None, to: str) -> None:
    """With their indexes and constraints."""
    prefix = f"{from_}." if from_ else ""
    for name in sa.inspect(conn).get_table_names(from_):
        conn.exec_driver_sql(f"ALTER TABLE {prefix}{_quoted(conn, name)} SET SCHEMA {_quoted(conn, to)}")


def _quoted(conn: sa.Connection, name: str) -> str:
    return conn.dialect.identifier_preparer.quote(name)


def _within(url: str, work: Callable[[sa.Connection], T], **options: Any) -> T:
    """In a transaction of its own."""
    return asyncio.run(_within_async(url, work, options))


async def _within_async(url: str, work: Callable[[sa.Connection], T], options: dict[str, Any]) -> T:
    from sqlalchemy.ext.asyncio import create_async_engine  # noqa: PLC0415  (it loads the whole ORM)

    engine = create_async_engine(postgres_url(url), hide_parameters=True)
    try:
        async with engine.connect() as connection:
            await connection.execution_options(**options)
            async with connection.begin():
                return await connection.run_sync(work)
    except failures_of(url) as error:
        if not is_unavailable(error):
            raise
        raise Unavailable(f"The database cannot be used: {reason_of(error)}.") from error
    finally:
        await engine.dispose()


@contextlib.contextmanager
def _running(
    url: str, program: str, *arguments: str, stdin: int | None = None, stdout: int | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """One of PostgreSQL's programs, ended well afterwards. Raises `Unavailable` with what it says otherwise."""
    found = shutil.which(program)
    if found is None:
        raise Unavailable(
            f"{program} is missing: install PostgreSQL's client programs, of the server's version or newer."
        )
    given = {_VARIABLES[name]: str(value) for name, value in _parameters(url).items() if name in _VARIABLES}
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(  # noqa: S603 - a program of the machine's, with arguments of ours
            [found, *arguments], env={**os.environ, **given, "LC_ALL": "C"}, stdin=stdin, stdout=stdout, stderr=said
        )
        try:
            yield process
        except BaseException:
            process.kill()
            raise
        finally:
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    pipe.close()
            code = process.wait()
        if code:
            said.seek(0)
            lines = said.read(10_000).decode(errors="replace").strip().splitlines() or [f"exit code {code}"]
            why = lines[0].removeprefix(f"{program}: ").removeprefix("error: ")
            raise Unavailable(f"{program} failed: {why.rstrip('.')}.")


def _parameters(url: str) -> dict[str, Any]:
    """As the driver gets them."""
    parsed = postgres_url(url)
    _, parameters = parsed.get_dialect()().create_connect_args(parsed)
    hosts = parameters.get("host")
    joined = {name: ",".join(map(str, parameters[name])) for name in ("host", "port") if isinstance(hosts, list)}
    return {**parameters, **joined}

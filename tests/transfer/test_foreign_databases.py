"""SQLite files of other systems are read, whatever their age, and never run."""

from __future__ import annotations

import gzip
import sqlite3
from pathlib import Path

import pytest

from tests.support.exports import EXPORTS
from widget.transfer import isso
from widget.transfer.containers import open_parts
from widget.transfer.records import ImportedComment, ImportFailed, Record

ISSO = EXPORTS["isso"][1]


def read(file: Path) -> list[Record]:
    with open_parts(file) as parts:
        return [record for part in parts for record in isso.read(part)]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "comments.db"
    path.write_bytes(ISSO)
    return path


def change(file: Path, script: str) -> Path:
    connection = sqlite3.connect(file)
    connection.executescript(script)
    connection.close()
    return file


def test_database_may_come_packed(file: Path) -> None:
    plain = read(file)
    file.write_bytes(gzip.compress(ISSO))
    assert read(file) == plain


def test_columns_that_an_old_version_lacks_are_empty(file: Path) -> None:
    change(file, "ALTER TABLE comments DROP COLUMN dislikes; ALTER TABLE threads DROP COLUMN title;")
    (first, *_) = [record for record in read(file) if isinstance(record, ImportedComment)]
    assert (first.likes, first.score) == (3, 3)


def test_database_in_wal_mode_is_read_where_nothing_can_be_written(file: Path) -> None:
    change(file, "PRAGMA journal_mode = WAL; UPDATE comments SET likes = 9; PRAGMA wal_checkpoint(TRUNCATE);")
    file.chmod(0o400)
    file.parent.chmod(0o500)
    try:
        assert max(record.likes for record in read(file) if isinstance(record, ImportedComment)) == 9
        assert [path.name for path in file.parent.iterdir()] == [file.name]
    finally:
        file.parent.chmod(0o700)


@pytest.mark.parametrize(
    "script",
    [
        "DROP TABLE threads; CREATE VIEW threads AS SELECT 1 AS id, '/a' AS uri, 'A' AS title;",
        "DROP TABLE threads; CREATE VIRTUAL TABLE threads USING fts5(id, uri, title);",
        "DROP TABLE threads;",
        "DROP TABLE threads; CREATE TABLE threads (other TEXT);",
    ],
)
def test_file_without_the_tables_is_refused(file: Path, script: str) -> None:
    with pytest.raises(ImportFailed, match=r"comments\.db: The file has no table “threads” as an export has it\."):
        read(change(file, script))


def test_what_the_file_would_run_is_not_run(file: Path) -> None:
    """Views and triggers stay text."""
    endless = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT max(x) FROM n"
    change(file, f"CREATE VIEW endless AS {endless}; CREATE TRIGGER t AFTER UPDATE ON threads BEGIN {endless}; END;")
    assert len(read(file)) == 5


@pytest.mark.parametrize(
    "broken", [ISSO[:3_000], ISSO[:-4_096], ISSO.replace(b"INTEGER PRIMARY", b"INTEGER \xff\xfe\xfd\xfcIMAR")]
)
def test_damaged_database_is_refused(file: Path, broken: bytes) -> None:
    file.write_bytes(broken)
    with pytest.raises(ImportFailed, match=r"comments\.db: The file .+\.$"):
        read(file)

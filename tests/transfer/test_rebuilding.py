"""Our own export, read back: everything comes as it was."""

from __future__ import annotations

import asyncio
import json
import re
from collections import Counter
from collections.abc import Callable, Coroutine
from itertools import count
from pathlib import Path
from typing import Any
from unittest.mock import ANY

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.made_up import NOW, clear, made_up, read, write
from widget import ids, models, site_verbs
from widget.db import Database, Tx, open_database
from widget.errors import Invalid, NotFound
from widget.store import spam
from widget.store.comments import ids_in
from widget.transfer.branches import Branches
from widget.transfer.exports import open_export
from widget.transfer.formats import import_file
from widget.transfer.records import ImportFailed

SITE = made_up(7)["sites"][0]["id"]
KEYS = ("k" * 32,)
CONTENT = ("sites", "site_aliases", "pages", "page_differences", "comments", "likes", "actions")
TABLES = (*CONTENT, "people", "identities", "standings")
Work = Callable[[Database], Coroutine[Any, Any, None]]
Run = Callable[[Work], None]
UNSAID = ("version", "reset", "changed", "appeared", "address_hash", "text_hash", "email_verified")


async def export(db: Database, **options: str) -> bytes:
    _, parts = await open_export(db, "blog", **options)
    return b"".join([part async for part in parts])


async def tables(db: Database) -> dict[str, Any]:
    return {name: await db.read(read, models.metadata.tables[name], UNSAID) for name in TABLES}


@pytest.fixture
def run(database_url: str) -> Run:
    """Runs with the database open, either kind."""
    return lambda work: asyncio.run(opened(database_url, work))


@pytest.fixture
def quickly(sqlite_url: str) -> Run:
    """The same on SQLite alone."""
    return lambda work: asyncio.run(opened(sqlite_url, work))


async def opened(url: str, work: Work) -> None:
    db = open_database(url, clock=lambda: NOW)
    try:
        await work(db)
    finally:
        await db.close()


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_site_comes_back_as_it_was_and_its_export_to_the_byte(run: Run, tmp_path: Path, seed: int) -> None:
    async def work(db: Database) -> None:
        await db.write(clear)
        await db.write(write, made_up(seed))
        file = tmp_path / "blog.jsonl"
        file.write_bytes(await export(db))
        before = await tables(db)
        await db.write(clear)
        report = await import_file(db, "blog", file, secret_keys=KEYS)
        assert (report.imported, report.duplicates, report.orphans) == (len(before["comments"]), 0, 0)
        assert await export(db) == file.read_bytes()
        assert await tables(db) == before

    run(work)


async def rebuilt(db: Database, folder: Path, seed: int = 7, change: Callable[[bytes], bytes] | None = None) -> Any:
    """A made-up site exported, everything forgotten, and the export imported; the report."""
    await db.write(clear)
    await db.write(write, made_up(seed))
    file = folder / "blog.jsonl"
    data = await export(db)
    file.write_bytes(change(data) if change else data)
    await db.write(clear)
    return await import_file(db, "blog", file, secret_keys=KEYS)


async def again(db: Database, folder: Path, **options: Any) -> Any:
    return await import_file(db, "blog", folder / "blog.jsonl", secret_keys=KEYS, **options)


def test_importing_twice_adds_nothing(quickly: Run, tmp_path: Path) -> None:
    async def work(db: Database) -> None:
        first = await rebuilt(db, tmp_path)
        before = await tables(db)
        dry = await again(db, tmp_path, dry_run=True)
        second = await again(db, tmp_path)
        assert (dry.imported, dry.duplicates) == (second.imported, second.duplicates) == (0, first.imported)
        assert await tables(db) == before

    quickly(work)


def test_import_that_was_interrupted_goes_on(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("widget.transfer.rebuilding.BATCH", 4)

    def break_off(read: int, _: int | None) -> None:
        if _ is not None:
            raise KeyboardInterrupt

    async def work(db: Database) -> None:
        await rebuilt(db, tmp_path)
        whole = await tables(db)
        await db.write(clear)
        with pytest.raises(KeyboardInterrupt):
            await again(db, tmp_path, progress=break_off)
        report = await again(db, tmp_path)
        assert (report.duplicates, report.imported) == (4, report.comments - 4)
        assert await tables(db) == whole

    run(work)


def test_what_was_written_before_it_was_stopped_is_counted(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("widget.transfer.rebuilding.BATCH", 4)

    def stop(read: int, total: int | None) -> None:
        if total is not None:
            raise ZeroDivisionError

    async def work(db: Database) -> None:
        await rebuilt(db, tmp_path)
        await db.write(clear)
        with pytest.raises(ZeroDivisionError):
            await again(db, tmp_path, progress=stop)
        c, p = models.comments.c, models.pages.c
        written = await db.read(columns, c.id, c.status)
        counted = await db.read(columns, p.id, p.count)
        assert len(written) == 4
        assert sum(counted.values()) == Counter(written.values())["approved"] > 0

    run(work)


def test_classifier_learns_again_what_it_knew(quickly: Run, tmp_path: Path) -> None:
    async def work(db: Database) -> None:
        await rebuilt(db, tmp_path)
        learned = Counter(row["learned"] for row in made_up(7)["comments"])
        counted = await db.read(spam.get_seen, SITE, [spam.ALL])
        assert counted[spam.ALL] == (learned["spam"], learned["ham"])

    quickly(work)


def test_member_who_signs_in_here_already_is_the_same_person(run: Run, tmp_path: Path) -> None:
    rows = made_up(7)
    way = rows["identities"][0]
    known = {**next(row for row in rows["people"] if row["id"] == way["person_id"]), "id": 1, "name": "Here"}

    async def work(db: Database) -> None:
        await rebuilt(db, tmp_path)
        await db.write(clear)
        await db.write(write, {"people": [known], "identities": [{**way, "person_id": 1}]})
        await again(db, tmp_path)
        authors = {row["id"]: row["person_id"] for row in rows["comments"]}
        kept = await db.read(columns, models.comments.c.id, models.comments.c.person_id)
        assert way["person_id"] in authors.values()
        assert kept == {key: 1 if who == way["person_id"] else who for key, who in authors.items()}

    run(work)


@pytest.mark.parametrize("known_by", ["id", "way"])
def test_no_file_lets_anybody_sign_in_as_somebody_who_is_here(run: Run, tmp_path: Path, known_by: str) -> None:
    rows = made_up(7)
    way = rows["identities"][0]
    key = way["person_id"] if known_by == "id" else 1
    own = {**way, "person_id": key, **({"subject": "their own"} if known_by == "id" else {})}
    known = {**next(row for row in rows["people"] if row["id"] == way["person_id"]), "id": key, "owner": True}

    def intrude(data: bytes) -> bytes:
        made = b'{"provider":"github","issuer":"https://github.com","subject":"intruder %d","linked_at":"%b"},'
        numbers = count()
        return re.sub(
            rb'"identities":\[(?=\{)',
            lambda found: found[0] + made % (next(numbers), b"2026-01-01T00:00:00.000Z"),
            data,
        )

    async def work(db: Database) -> None:
        await rebuilt(db, tmp_path, change=intrude)
        await db.write(clear)
        await db.write(write, {"people": [known], "identities": [own]})
        await again(db, tmp_path)
        i = models.identities.c
        owners = await db.read(columns, i.subject, i.person_id)
        assert [subject for subject, person in owners.items() if person == key] == [own["subject"]]

    run(work)


def test_nobody_gets_a_verified_address_or_the_service_by_a_file(quickly: Run, tmp_path: Path) -> None:
    def claim(data: bytes) -> bytes:
        return data.replace(b'"subject":', b'"email":"b@example.org","email_verified":true,"owner":true,"subject":')

    async def work(db: Database) -> None:
        await rebuilt(db, tmp_path, change=claim)
        identities = await db.read(columns, models.identities.c.subject, models.identities.c.email_verified)
        people = await db.read(columns, models.people.c.id, models.people.c.owner)
        assert set(identities.values()) == set(people.values()) == {False}

    quickly(work)


def test_html_that_somebody_put_into_the_file_is_cleaned(quickly: Run, tmp_path: Path) -> None:
    def spoil(data: bytes) -> bytes:
        return data.replace(b'"html":"<p>', b'"html":"<p onclick=\\"x()\\"><script>alert(1)</script>')

    async def work(db: Database) -> None:
        await rebuilt(db, tmp_path, change=spoil)
        html = await db.read(columns, models.comments.c.id, models.comments.c.html)
        assert html == {row["id"]: row["html"] for row in made_up(7)["comments"]}

    quickly(work)


BROKEN: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "cut off": (lambda data: data[: data.rindex(b'{"kind":"end"')], "it is cut off"),
    "lines are missing": (
        lambda data: b"".join(x for x in data.splitlines(True) if b'"kind":"like"' not in x),
        "some are missing",
    ),
    "half a line": (lambda data: data[:-5], "is not a line of an export"),
    "a later version": (lambda data: data.replace(b'"version":1', b'"version":2', 1), "reads version 1"),
    "an unknown setting": (lambda data: data.replace(b'"hold":', b'"hald":', 1), "line 2: There is no site setting"),
    "turned around": (lambda data: b"\n".join(turned(data.splitlines())), "stands where no export has"),
    "an id that is none": (lambda data: data.replace(b'"target_id":"', b'"target_id":"?', 1), "is no id"),
    "a time that is none": (lambda data: data.replace(b'"edited_at":"2', b'"edited_at":"x', 1), "is no time"),
}


def turned(lines: list[bytes]) -> list[bytes]:
    """A line of the log before the pages."""
    return [*lines[:2], lines[-2], *lines[2:-2], lines[-1]]


@pytest.mark.parametrize("name", BROKEN)
def test_broken_file_is_refused_before_anything_is_written(quickly: Run, tmp_path: Path, name: str) -> None:
    change, sentence = BROKEN[name]

    async def work(db: Database) -> None:
        with pytest.raises(ImportFailed, match=re.escape(sentence)):
            await rebuilt(db, tmp_path, change=change)
        assert not any((await tables(db)).values())

    quickly(work)


def test_site_is_not_there_twice_under_two_names(quickly: Run, tmp_path: Path) -> None:
    async def work(db: Database) -> None:
        await rebuilt(db, tmp_path)
        with pytest.raises(ImportFailed, match="is here already, as “blog”"):
            await import_file(db, "other", tmp_path / "blog.jsonl")

    quickly(work)


def test_another_site_gets_the_comments_and_no_moderators(quickly: Run, tmp_path: Path) -> None:
    async def work(db: Database) -> None:
        await rebuilt(db, tmp_path)
        await site_verbs.add(db, "other", ["https://blog.example"], "https://palaver.example")
        report = await import_file(db, "other", tmp_path / "blog.jsonl", secret_keys=KEYS)
        other = await db.read(site_verbs.get_site, "other")
        assert report.imported > 20
        assert await db.read(columns, models.standings.c.site_id, models.standings.c.person_id) == {SITE: ANY}
        kinds = await db.read(kinds_on, other.id)
        assert kinds <= {"imported", None}

    quickly(work)


def test_export_of_a_page_or_a_person_has_that_alone(quickly: Run, tmp_path: Path) -> None:
    rows = made_up(7)
    page = next(row for row in rows["pages"] if row["merged_into"] is None and row["url"])
    somebody = next(row["person_id"] for row in rows["comments"] if row["person_id"])

    async def work(db: Database) -> None:
        await db.write(clear)
        await db.write(write, rows)
        of_page = lines_of(await export(db, page=page["url"]))
        assert {line["page_id"] for line in of_page if line["kind"] == "comment"} == {ids.encode(page["id"])}
        assert "site" not in {line["kind"] for line in of_page}
        of_person = lines_of(await export(db, person=ids.encode(somebody)))
        theirs = [line["author"]["id"] for line in of_person if line["kind"] == "comment"]
        assert theirs == [ids.encode(somebody)] * sum(row["person_id"] == somebody for row in rows["comments"])
        with pytest.raises(NotFound):
            await export(db, page="https://blog.example/nothing")
        with pytest.raises(Invalid):
            await export(db, person="Ada")
        way = rows["identities"][0]
        assert await export(db, person=f"{way['provider']}:{way['subject']}") == await export(
            db, person=ids.encode(way["person_id"])
        )

    quickly(work)


def lines_of(data: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in data.splitlines()]


def columns(tx: Tx, key: Any, value: Any) -> dict[Any, Any]:
    return {row[0]: row[1] for row in tx.conn.execute(sa.select(key, value))}


def kinds_on(tx: Tx, site_id: int) -> set[str | None]:
    c = models.comments.c
    query = sa.select(models.people.c.kind).select_from(models.comments.outerjoin(models.people))
    return set(tx.conn.execute(query.where(c.site_id == site_id)).scalars())


def branches(*comments: tuple[int, int | None]) -> Branches:
    made = Branches()
    for comment_id, parent_id in comments:
        assert made.add(comment_id, 1, parent_id)
    made.settle()
    return made


def test_parent_may_come_later_be_missing_or_answer_its_own_reply() -> None:
    made = branches((1, 3), (2, 9), (3, None), (4, 5), (5, 4), (6, 4))
    assert [ids_in(made.place(number)[1]) for number in range(1, 7)] == [[3], [], [], [5], [], [5, 4]]
    assert [made.place(number)[0] for number in range(1, 7)] == [True, False, False, True, False, True]
    assert (made.orphans, made.max_depth, made.add(6, 1, None)) == (2, 3, False)


def test_paths_end_where_those_of_posts_end() -> None:
    made = branches(*((number, number - 1 or None) for number in range(1, 400)))
    assert ids_in(made.place(320)[1]) == list(range(1, 320))
    assert ids_in(made.place(399)[1]) == list(range(1, 321))
    assert made.max_depth == 399

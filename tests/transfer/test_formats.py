"""What each format says of the same discussion, and that it comes in once and as it was, on either database."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from tests.support.exports import ADA, EXPORTS, MILLISECONDS, PAGE
from tests.support.importer import Importer, shown
from tests.support.rows import recount
from tests.support.service import World
from widget.transfer.containers import Part, open_parts
from widget.transfer.formats import FORMATS, recognise
from widget.transfer.records import ImportedComment, ImportedPage, ImportedPerson, Record

NAMES = sorted(EXPORTS)
PATHS = {"isso", "isso-generic", "comentario", "waline", "leancloud", "twikoo"}  # these do not say which host
CLOSED = {"disqus", "remark42", "comentario", "palaver"}
TITLED = set(NAMES) - {"commento", "waline", "leancloud", "twikoo"}
OTHER_STATES = {
    "disqus": ["spam", "deleted"],
    "isso": ["pending", "deleted"],
    "isso-generic": [],
    "remark42": ["deleted"],
    "commento": ["pending", "deleted"],
    "comentario": ["pending", "deleted"],
    "artalk": ["pending"],
    "waline": ["pending"],
    "leancloud": [],
    "twikoo": ["spam"],
    "cusdis": ["pending", "rejected"],
    "palaver": ["pending", "deleted"],
}
VOTES = {  # likes and score of the first comment
    "isso": (3, 2),
    "remark42": (2, 1),
    "commento": (2, 2),
    "comentario": (2, 2),
    "artalk": (3, 2),
    "palaver": (3, 2),
    "waline": (2, 2),
    "twikoo": (2, 1),
}
EDITED = {"isso", "remark42", "comentario", "palaver"}
PINNED = {"remark42", "comentario", "artalk", "waline", "palaver"}
WITH_ADDRESSES = {"disqus", "artalk", "waline", "leancloud", "twikoo", "palaver"}


def read(name: str, folder: Path) -> list[Record]:
    source_format, data = EXPORTS[name]
    file = folder / "export"
    file.write_bytes(data)
    found = recognise(file)
    assert found is FORMATS[source_format]
    return list(found.read(Part("export", io.BytesIO(_unpacked(file)))))


def _unpacked(file: Path) -> bytes:
    with open_parts(file) as parts:
        return b"".join(chunk for part in parts for chunk in part.chunks())


def comments(records: list[Record]) -> list[ImportedComment]:
    found = [record for record in records if isinstance(record, ImportedComment)]
    return sorted(found, key=lambda comment: comment.created_at)


@pytest.mark.parametrize("name", NAMES)
def test_each_format_is_recognised_and_read(name: str, tmp_path: Path) -> None:
    records = read(name, tmp_path)
    (page,) = [record for record in records if isinstance(record, ImportedPage)]
    first, second, *others = comments(records)
    assert page.url == ("/bread/" if name in PATHS else PAGE)
    assert (page.title, page.locked) == ("Bread" if name in TITLED else "", name in CLOSED)
    assert {comment.page_source_id for comment in (first, second, *others)} == {page.source_id}
    assert (first.parent_source_id, second.parent_source_id) == (None, first.source_id)
    assert (first.created_at, second.created_at) == MILLISECONDS[:2]
    assert (first.html, second.text.endswith("I agree.")) == ("<p>Good <strong>bread</strong>.</p>", True)
    assert [comment.status for comment in others] == OTHER_STATES[name]
    assert (first.likes, first.score) == VOTES.get(name, (0, 0))
    assert first.edited_at == (MILLISECONDS[0] + 30_000 if name in EDITED else None)
    assert first.pinned == (name in PINNED)
    assert first.address == ("203.0.113.7" if name in WITH_ADDRESSES else "")


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_left_of_a_deleted_comment(name: str, tmp_path: Path) -> None:
    for comment in comments(read(name, tmp_path)):
        if comment.status == "deleted":
            assert (comment.text, comment.author_email, comment.author_url, comment.address) == ("", None, None, "")
            assert (comment.author_source_id, comment.likes) == ("", 0)


@pytest.mark.parametrize("name", NAMES)
def test_no_secret_is_read(name: str, tmp_path: Path) -> None:
    assert "SECRET" not in repr(read(name, tmp_path))


def test_commenters_of_commento_may_come_last_and_need_no_address(tmp_path: Path) -> None:
    people = [record for record in read("commento", tmp_path) if isinstance(record, ImportedPerson)]
    assert people == [ImportedPerson("a0", *ADA), ImportedPerson("b0", "Bert", None, None)]


@pytest.mark.parametrize("name", NAMES)
async def test_discussion_comes_in_once_and_whole(importer: Importer, world: World, name: str) -> None:
    source_format, data = EXPORTS[name]
    report = await importer(data=data)
    rows = await importer.rows()
    assert (report.format, report.imported, report.max_depth) == (source_format, 2 + len(OTHER_STATES[name]), 2)
    assert (report.skipped, report.warnings, report.orphans) == ({}, [], 0)
    assert [page.key for page in rows.pages] == ["url:blog.example/bread"]
    assert rows == recount(rows)
    assert [row.author for row in rows.comments[:2]] == ["Ada", "Bert & Co" if name == "isso" else "Bert"]
    assert rows.comments[0].email == ("" if name == "remark42" else ADA[1])
    assert rows.comments[0].website == ("" if name in {"remark42", "disqus", "cusdis"} else ADA[2])
    assert [(row.author, row.text) for row in rows.comments if row.status == "deleted"] in ([], [(None, "")])
    assert [text.removeprefix("@Ada , ") for text in await shown(world, PAGE)] == ["Good bread.", "I agree."]

    again = await importer(data=data)
    assert (again.imported, again.duplicates) == (0, report.imported)
    assert await importer.rows() == rows

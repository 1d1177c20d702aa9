"""What WordPress exports say, record by record, and how the reader takes what is wrong with them."""

from __future__ import annotations

import gzip
import io
import json
import re
import tracemalloc
import zipfile
from collections import deque
from collections.abc import Iterator
from datetime import datetime
from html import escape
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.support.comment_html import offences, parse
from tests.support.require import fixtures
from widget.names import clean_email, clean_name, clean_text, clean_url
from widget.transfer import wordpress
from widget.transfer.containers import Part, open_parts
from widget.transfer.formats import recognise
from widget.transfer.records import ImportedComment, ImportedPage, ImportFailed, Record, Skipped
from widget.transfer.repair import Repair

HEAD = """<?xml version="1.0" encoding="UTF-8" ?>
<!-- This is a WordPress eXtended RSS file. Tools & imports -->
<rss version="2.0" xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/"
	xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:wp="http://wordpress.org/export/1.2/">
<channel><title>A &#38; B</title><wp:wxr_version>1.2</wp:wxr_version>
"""
TAIL = "</channel></rss>\n"


def cdata(text: str) -> str:
    """As WordPress' wxr_cdata writes it."""
    return f"<![CDATA[{text.replace(']]>', ']]]]><![CDATA[>')}]]>"


def comment(number: int = 1, content: str = "Hello", fields: dict[str, str] | None = None, **more: str) -> str:
    values = {
        "id": str(number),
        "author": cdata("Ada"),
        "author_email": cdata("ada@example.org"),
        "author_url": "",
        "date": cdata("2020-01-02 04:04:05"),
        "date_gmt": cdata("2020-01-02 03:04:05"),
        "content": cdata(content),
        "approved": cdata("1"),
        "type": cdata("comment"),
        "parent": "0",
        **(fields or {}),
        **more,
    }
    inner = "".join(f"<wp:comment_{name}>{value}</wp:comment_{name}>\n" for name, value in values.items())
    meta = (
        "<wp:commentmeta><wp:meta_key>comment_content</wp:meta_key><wp:meta_value>no</wp:meta_value></wp:commentmeta>"
    )
    return f"<wp:comment>{inner}{meta}</wp:comment>\n"


def item(*comments: str, number: int = 7, fields: dict[str, str] | None = None, **more: str) -> str:
    values = {
        "title": cdata("A &amp; <em>B</em>"),
        "link": f"https://blog.example/{number}/",
        "guid": f"https://blog.example/?p={number}",
        "content:encoded": cdata("<p>post & text</p>"),
        "wp:post_id": str(number),
        "wp:comment_status": cdata("open"),
        **(fields or {}),
        **more,
    }
    inner = "".join(f"<{name}>{value}</{name}>\n" for name, value in values.items())
    return f"<item>\n{inner}{''.join(comments)}</item>\n"


def export(*items: str) -> bytes:
    return (HEAD + "".join(items) + TAIL).encode()


def read(data: bytes) -> list[Record]:
    return list(wordpress.read(Part("export.xml", io.BytesIO(data))))


def read_file(path: Path) -> Iterator[Record]:
    with open_parts(path) as parts:
        for part in parts:
            yield from wordpress.read(part)


def only(data: bytes) -> ImportedComment:
    (found,) = [record for record in read(data) if not isinstance(record, ImportedPage)]
    assert isinstance(found, ImportedComment)
    return found


def test_a_comment_is_read_with_its_page() -> None:
    page, found = read(export(item(comment(3, "a\n\nb", parent="2"))))
    assert page == ImportedPage("7", "https://blog.example/7/", "A & B", locked=False)
    assert found == ImportedComment(
        source_id="7:3",
        page_source_id="7",
        parent_source_id="7:2",
        author_name="Ada",
        author_email="ada@example.org",
        author_url=None,
        created_at=1_577_934_245_000,
        status="approved",
        html="<p>a</p><p>b</p>",
        text="a\n\nb",
    )


@pytest.mark.parametrize(
    ("approved", "status"),
    [
        ("1", "approved"),
        ("0", "pending"),
        ("trash", "rejected"),
        ("post-trashed", "rejected"),
        ("spam", "spam"),
        ("whatever", "pending"),
    ],
)
def test_states_become_ours(approved: str, status: str) -> None:
    assert only(export(item(comment(approved=approved)))).status == status


@pytest.mark.parametrize("kind", ["pingback", "trackback", "order_note"])
def test_what_is_no_comment_is_skipped_with_a_reason(kind: str) -> None:
    *_, found = read(export(item(comment(type=kind))))
    assert isinstance(found, Skipped)
    assert found.reason


def test_comment_types_of_plugins_are_comments() -> None:
    assert only(export(item(comment(type="review")))).text == "Hello"


def test_a_page_without_comments_is_left_out_and_a_closed_one_locked() -> None:
    records = read(export(item(), item(comment(), fields={"wp:comment_status": "closed"})))
    assert [record.locked for record in records if isinstance(record, ImportedPage)] == [True]


def test_a_page_without_a_link_has_the_address_of_its_guid() -> None:
    page, _ = read(export(item(comment(), link="")))
    assert isinstance(page, ImportedPage)
    assert page.url == "https://blog.example/?p=7"


def test_one_number_on_two_posts_is_two_comments() -> None:
    records = read(export(item(comment(11)), item(comment(11), number=8)))
    assert [record.source_id for record in records if isinstance(record, ImportedComment)] == ["7:11", "8:11"]


@pytest.mark.parametrize(
    ("fields", "created_at"),
    [
        ({"date_gmt": "0000-00-00 00:00:00"}, 1_577_937_845_000),
        ({"date_gmt": "", "date": ""}, 1_577_836_800_000),
        ({"date_gmt": "1950-01-01 00:00:00"}, 0),
    ],
)
def test_a_date_that_is_missing_is_taken_from_the_next_best(fields: dict[str, str], created_at: int) -> None:
    posted = {"wp:post_date_gmt": "2020-01-01 00:00:00"}
    assert only(export(item(comment(fields=fields), fields=posted))).created_at == created_at


def test_a_comment_without_any_date_is_skipped() -> None:
    *_, found = read(export(item(comment(date="", date_gmt=""))))
    assert found == Skipped("7:1", "without a date", "approved")


def test_long_comments_come_in_whole_and_absurd_ones_are_skipped() -> None:
    assert only(export(item(comment(content="word " * 13_000)))).text.count("word") == 13_000
    *_, found = read(export(item(comment(content="x" * 200_000))))
    assert isinstance(found, Skipped)


def test_what_people_wrote_is_made_safe() -> None:
    found = only(
        export(
            item(
                comment(
                    content='<script>alert(1)</script><a href="javascript:x" onclick=x>a</a>',
                    author=cdata("\u202eO&#039;Reilly &amp; <Sons>"),
                    author_url="javascript:alert(1)",
                    author_email="none",
                )
            )
        )
    )
    assert found.html == "<p>a</p>"
    assert found.author_name == "O'Reilly & <Sons>"
    assert found.author_url is None
    assert found.author_email is None


# What WordPress writes that is not XML.


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("https://x.example/?a=1&b=2", "https://x.example/?a=1&b=2"),
        ("https://x.example/?copy=1&copy;=2&nbsp=3&", "https://x.example/?copy=1&copy;=2&nbsp=3&"),
        ("https://x.example/?a=1&amp;b=2", "https://x.example/?a=1&b=2"),
        ("https://x.example/?a=1&#038;b=2", "https://x.example/?a=1&b=2"),
        ("https://x.example/?a=&#1;&#xFFFF;&#9999999;b", "https://x.example/?a=b"),
        ("https://x.example/\x01\x0ba", "https://x.example/a"),
    ],
)
def test_a_bare_ampersand_in_an_address_is_an_ampersand(written: str, kept: str) -> None:
    assert only(export(item(comment(author_url=written)))).author_url == kept


@pytest.mark.parametrize("text", ["a ]]> b", "]]>", "x]]", "]]]>", "a]]>b]]>", "<![CDATA[x]]>"])
def test_the_end_of_a_cdata_section_in_a_text_is_text(text: str) -> None:
    assert only(export(item(comment(content=escape(text))))).text == text
    assert only(export(item(comment(author=cdata(text))))).author_name == text


@pytest.mark.parametrize("text", ["a ]]> b", "if (a[b[0]]>1) <i>x</i> & y", "]]></b>", "a]]> ]]>b"])
def test_a_section_end_that_old_wordpress_did_not_split_is_text(text: str) -> None:
    data = export(item(comment(author=f"<![CDATA[{text}]]>"), comment(2)))
    first, second = [record for record in read(data) if isinstance(record, ImportedComment)]
    assert first.author_name == clean_name(text)
    assert second.author_name == "Ada"


@pytest.mark.parametrize("end", ["", " and C", "<!-- no -->"])
def test_sections_and_text_may_follow_each_other(end: str) -> None:
    data = export(item(comment(author=f"<![CDATA[A]]> &amp; <![CDATA[B]]>{end}"), comment(2)))
    names = [record.author_name for record in read(data) if isinstance(record, ImportedComment)]
    assert names == ["A & B" + end.replace("<!-- no -->", ""), "Ada"]


def test_blank_lines_before_the_declaration_do_not_matter() -> None:
    assert only(b"\n\n  " + export(item(comment()))).text == "Hello"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "iso-8859-1", "windows-1252"])
def test_other_encodings_are_read(encoding: str) -> None:
    text = export(item(comment(content="Grüße"))).decode().replace("UTF-8", encoding.removesuffix("-sig"))
    assert only(text.encode(encoding)).text == "Grüße"


def test_bytes_that_are_no_text_cost_only_themselves() -> None:
    assert only(export(item(comment(content="a@b"))).replace(b"a@b", b"a\xff\xfeb")).text == "a\ufffd\ufffdb"


def test_another_prefix_for_the_same_names_is_read() -> None:
    assert only(export(item(comment())).replace(b"wp:", b"w:").replace(b"xmlns:wp=", b"xmlns:w=")).text == "Hello"


# What is refused.


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"hello", "line 1"),
        (b'<?xml version="1.0"?>\n<disqus></disqus>', "line 2.*<disqus>"),
        (HEAD.encode() + b"<item><b></item>" + TAIL.encode(), "line 6.*mismatched"),
        (b'<?xml version="1.0"?>\n<!DOCTYPE rss [<!ENTITY a "b">]><rss></rss>', "line 2.*document type"),
        (b'<?xml version="1.0"?><!DOCTYPE rss SYSTEM "file:///etc/passwd"><rss></rss>', "document type"),
        (b'<?xml version="1.0" encoding="utf-7"?><rss></rss>', "utf-7"),
        (b"<rss>" + b"<a>" * 200, "deep"),
        (b"<rss><a " + b"b" * (2 << 20), "1 MB"),
        (export(item(comment(author="x" * (2 << 20)))), "longer"),
        (export(item(comment())) + b"<br>", "line"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_line(data: bytes, reason: str) -> None:
    with pytest.raises(ImportFailed, match=reason) as refused:
        read(data)
    assert refused.value.message.startswith("export.xml")
    assert refused.value.message.endswith(".")


@settings(deadline=None)
@given(st.data())
def test_a_file_that_is_cut_off_anywhere_is_refused(data: st.DataObject) -> None:
    whole = export(
        item(comment(1, "x ]]> <b>y</b>", author_url="https://x.example/?a&b"), comment(2)), item(comment(3))
    )
    cut = data.draw(st.integers(0, len(whole.rstrip()) - 1))
    with pytest.raises(ImportFailed):
        read(whole[:cut])


@settings(deadline=None)
@given(st.binary(max_size=300), st.integers(0, 1200))
def test_rubbish_is_read_or_refused(rubbish: bytes, place: int) -> None:
    whole = export(item(comment(1, "x"), comment(2)))
    for data in (rubbish, whole[:place] + rubbish + whole[place:]):
        try:
            records = read(data)
        except ImportFailed:
            continue
        assert all(offences(record.html) == [] for record in records if isinstance(record, ImportedComment))


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@settings(deadline=None)
@given(name=TEXT, text=TEXT, title=TEXT)
@example(name="]]>", text="]]>]]>", title="&")
@example(name="a]]", text="]]", title="]")
def test_any_name_and_text_comes_back(name: str, text: str, title: str) -> None:
    """WordPress keeps names, texts and titles as escaped HTML."""
    data = export(
        item(comment(content=escape(text), author=cdata(escape(name))), title=cdata(escape(title))),
        item(comment(2), number=8),
    )
    page, first, _, second = read(data)
    assert isinstance(page, ImportedPage)
    assert isinstance(first, ImportedComment)
    assert isinstance(second, ImportedComment)
    assert first.author_name == (clean_name(xml_text(name)) or wordpress.NAMELESS)
    assert page.title == clean_name(" ".join(xml_text(title).split()), wordpress.MAX_TITLE)
    assert "".join(clean_text(first.text).split()) == "".join(clean_text(xml_text(text)).split())
    assert second.text == "Hello"


def xml_text(text: str) -> str:
    """What of a text can be in XML."""
    return re.sub("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", text)


MARKUP = [
    "<a>",
    "</a>",
    "<![CDATA[",
    "]]>",
    "]]",
    "&",
    "&amp;",
    "&#1;",
    "&x;",
    "<!--",
    "-->",
    "<?x",
    "?>",
    "\x00",
    "b",
    "\n",
    "<",
    ">",
    " ",
]


@given(st.lists(st.sampled_from(MARKUP), max_size=30).map("".join), st.lists(st.integers(0, 60), max_size=6))
@example(text="b]]>", cuts=[2])
@example(text="b]]>", cuts=[3])
def test_repairing_does_not_depend_on_where_the_pieces_end(text: str, cuts: list[int]) -> None:
    whole = Repair().feed(text, final=True)
    repair = Repair()
    edges = [0, *sorted(cuts), len(text)]
    pieces = [text[start:end] for start, end in pairwise(edges)]
    assert "".join(map(repair.feed, pieces)) + repair.feed("", final=True) == whole
    assert whole.count("\n") == text.count("\n")


@given(st.text("ab<>&;]![CDAT \n", max_size=60))
def test_repairing_leaves_good_xml_as_it_is(text: str) -> None:
    good = f"<r a='{escape(text)}'>{escape(text)}{cdata(text)}<!-- {text.replace('-', '')} & --><?p {text} & ?></r>"
    assert Repair().feed(good, final=True) == good


# Memory and time.


class Endless(io.RawIOBase):
    """A long export that is made as it is read."""

    def __init__(self, count: int) -> None:
        self._left = count
        self._one = item(*(comment(number, "text " * 500) for number in range(20))).encode()
        self._buffer = HEAD.encode()

    def read(self, size: int = -1) -> bytes:
        while len(self._buffer) < size and self._left:
            self._buffer += self._one
            self._left -= 1
            if not self._left:
                self._buffer += TAIL.encode()
        data, self._buffer = self._buffer[:size], self._buffer[size:]
        return data


def test_memory_does_not_grow_with_the_file() -> None:
    tracemalloc.start()
    try:
        for _ in wordpress.read(Part("export.xml", Endless(1))):  # type: ignore[arg-type]
            pass
        tracemalloc.reset_peak()
        count = len([0 for _ in wordpress.read(Part("export.xml", Endless(40)))])  # type: ignore[arg-type]
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert count == 40 * 21
    assert peak < 2 << 20


# Containers.


def packed(kind: str, data: bytes) -> bytes:
    if kind == "gzip":
        return gzip.compress(data)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("folder/readme.txt", "no export")
        archive.writestr("folder/part-1.bin", data)
        archive.writestr("__MACOSX/folder/._part-1.bin", b"\x00")
    return stream.getvalue()


@pytest.mark.parametrize("kind", ["plain", "gzip", "zip"])
def test_containers_are_known_by_their_content(kind: str, tmp_path: Path) -> None:
    data = export(item(comment()))
    file = tmp_path / "name.without.meaning"
    file.write_bytes(data if kind == "plain" else packed(kind, data))
    assert recognise(file) is wordpress
    with open_parts(file) as parts:
        records = [record for part in parts if wordpress.sniff(part.peek()) for record in wordpress.read(part)]
    assert [type(record) for record in records] == [ImportedPage, ImportedComment]


@pytest.mark.parametrize("kind", ["gzip", "zip"])
def test_a_damaged_container_is_refused(kind: str, tmp_path: Path) -> None:
    data = packed(kind, export(item(*(comment(number, f"{number * 7919}") for number in range(300)))))
    file = tmp_path / "export"
    for broken in (data[: len(data) // 2], data[:200] + bytes(200) + data[400:], data[:10]):
        file.write_bytes(broken)
        with pytest.raises(ImportFailed):
            list(read_any(file))


def read_any(file: Path) -> Iterator[Record]:
    with open_parts(file) as parts:
        for part in parts:
            if recognise(file).sniff(part.peek()):
                yield from wordpress.read(part)


@pytest.mark.parametrize("kind", ["gzip", "zip"])
def test_a_container_that_expands_absurdly_is_refused(kind: str, tmp_path: Path) -> None:
    file = tmp_path / "export"
    file.write_bytes(packed(kind, HEAD.encode() + b" " * (150 << 20)))
    with pytest.raises(ImportFailed, match="grows"), open_parts(file) as parts:
        deque((chunk for part in parts for chunk in part.chunks()), maxlen=0)


def test_an_encrypted_archive_is_refused(tmp_path: Path) -> None:
    data = bytearray(packed("zip", export()))
    for magic, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = data.find(magic)
        while place >= 0:
            data[place + offset] |= 1
            place = data.find(magic, place + 1)
    file = tmp_path / "export.zip"
    file.write_bytes(data)
    with pytest.raises(ImportFailed, match="encrypted"):
        list(read_any(file))


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ImportFailed, match="cannot be read"), open_parts(tmp_path / "none.xml"):
        pass


# Exports of others.

REFUSED = {"comentario-wordpress-bad-format.zip", "comentario-wordpress-bad-no-files.zip"}


def wordpress_files() -> list[Path]:
    return sorted(path for path in (fixtures() / "imports" / "wordpress").iterdir() if path.suffix in {".xml", ".zip"})


def expected_records(path: Path) -> list[dict[str, Any]]:
    folder = fixtures() / "imports" / "normalized"
    for suffix in (".jsonl", ".jsonl.gz"):
        file = folder / f"wordpress--{path.name}{suffix}"
        if file.exists():
            data = gzip.decompress(file.read_bytes()) if suffix.endswith("gz") else file.read_bytes()
            return [json.loads(line) for line in data.decode().split("\n") if line]
    return []


def test_outside_exports_are_read_record_by_record() -> None:
    compared = 0
    for path in wordpress_files():
        expected = expected_records(path)
        if not expected:
            continue
        records = list(read_file(path))
        pages = {record.source_id: record for record in records if isinstance(record, ImportedPage)}
        found = [record for record in records if not isinstance(record, ImportedPage)]
        assert len(found) == len(expected), path.name
        for record, wanted in zip(found, expected, strict=True):
            compare(record, pages, wanted)
            compared += 1
    assert compared > 300


def compare(record: Record, pages: dict[str, ImportedPage], wanted: dict[str, Any]) -> None:
    assert record.source_id.rpartition(":")[2] == wanted["id"]
    if isinstance(record, Skipped):
        assert wanted["type"] in {"pingback", "trackback"}
        return
    assert isinstance(record, ImportedComment)
    page = pages[record.page_source_id]
    assert page.url == wanted["page"].strip()
    assert (record.parent_source_id or ":").rpartition(":")[2] == (wanted["parent"] or "")
    assert record.author_name == (html_words(wanted["author"]) or wordpress.NAMELESS)
    assert record.author_email == clean_email(wanted.get("email", ""))
    assert record.author_url == clean_url(wanted.get("url", ""))
    assert record.created_at == datetime.fromisoformat(wanted["created"]).timestamp() * 1000
    assert record.status == {"trash": "rejected", "post-trashed": "rejected"}.get(wanted["state"], wanted["state"])
    assert offences(record.html) == []
    assert squeezed(html_words(record.html)) == squeezed(html_words(wanted["text"]))
    assert squeezed(record.text) == squeezed(html_words(wanted["text"]))


def html_words(html: str) -> str:
    """The text that a browser shows, with the descriptions of images."""
    root = parse(html)
    for element in root.iter():
        if element.tag in {"script", "style"} or callable(element.tag):  # a comment has a function as its tag
            element.text = ""
        elif element.tag == "img":
            element.text = element.attrib.get("alt")
    return " ".join("".join(root.itertext()).split())


def squeezed(text: str) -> str:
    """Without blanks, and without the quotation marks that stand for <q>."""
    return "".join(text.split()).replace("“", "").replace("”", "")


def test_broken_outside_exports_are_refused() -> None:
    for path in wordpress_files():
        if path.name in REFUSED:
            with pytest.raises(ImportFailed, match=r"line 1|holds no file"):
                list(read_file(path))
        else:
            list(read_file(path))


def test_attacks_by_entities_are_refused() -> None:
    for path in sorted((fixtures() / "imports" / "disqus").glob("security-*")):
        with pytest.raises(ImportFailed, match="document type"):
            list(read_file(path))

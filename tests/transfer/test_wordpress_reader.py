"""What WordPress exports say, record by record, and how the reader takes what is wrong with them."""

from __future__ import annotations

import io
import re
import tracemalloc
from html import escape

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.support.comment_html import offences
from tests.support.wxr import HEAD, TAIL, cdata, comment, export, item
from widget.names import clean_name, clean_text
from widget.transfer import values, wordpress
from widget.transfer.containers import Part
from widget.transfer.records import ImportedComment, ImportedPage, ImportFailed, Record, Skipped


def read(data: bytes) -> list[Record]:
    return list(wordpress.read(Part("export.xml", io.BytesIO(data))))


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
        body="a\n\nb",
        markup="html with line breaks",
    )
    assert (found.html, found.text) == ("<p>a</p><p>b</p>", "a\n\nb")


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
    assert first.author_name == (clean_name(xml_text(name)) or values.NAMELESS)
    assert page.title == clean_name(" ".join(xml_text(title).split()), values.MAX_TITLE)
    assert "".join(clean_text(first.text).split()) == "".join(clean_text(xml_text(text)).split())
    assert second.text == "Hello"


def xml_text(text: str) -> str:
    """What of a text can be in XML."""
    return re.sub("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", text)


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

"""Text, names, addresses: what is changed, what is refused, and that cleaning twice is cleaning once."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.files import json_lines
from tests.support.require import fixtures
from widget.names import MAX_NAME_LENGTH, clean_email, clean_name, clean_text, clean_url

ANY_TEXT = st.text(st.characters())  # with lone surrogates, unlike hypothesis' default


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("plain", "plain"),
        ("  trimmed \n", "trimmed"),
        ("a\r\nb\rc\x85d\u2028e", "a\nb\nc\nd\ne"),
        ("a\x00b\x08c\x1bd\x7fe\x9ff\tg", "abcdef\tg"),
        ("a\ud800b\udfffc", "abc"),
        ("a\ufdd0\ufffe\U0010ffffb", "ab"),
        ("cafe\u0301", "café"),
        ("\u202eabc\u202c stays", "\u202eabc\u202c stays"),
        ("\u200b\u2060 \ufeff", ""),
        ("\u3164\u2800", ""),
        ("\U0001fae8", "\U0001fae8"),  # an emoji of Unicode 15
        ("👩‍👩‍👧", "👩‍👩‍👧"),
        ("a" + "\u0301\u0316" * 40, unicodedata.normalize("NFC", "a" + "\u0301\u0316" * 15)),
    ],
)
def test_text_is_kept_but_for_what_is_said(written: str, kept: str) -> None:
    assert clean_text(written) == kept


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("  Ada \t\n Lovelace ", "Ada Lovelace"),
        ("O'Reilly & Söhne <b>", "O'Reilly & Söhne <b>"),
        ("Name\r\nSubject: y", "Name Subject: y"),
        ("\u202eevil\u202c", "evil"),
        ("ad\u00admin\u200b\u2060", "admin"),
        ("ad\u200dmin", "admin"),
        ("山\u200d田", "山田"),
        ("می‌خواهم", "می‌خواهم"),
        ("क्‍ष", "क्‍ष"),
        ("👩🏽‍🚀 Sally", "👩🏽‍🚀 Sally"),
        ("   ", ""),
        ("\u115f\u1160", ""),
        ("\u0301", ""),
        ("x" * 200, "x" * MAX_NAME_LENGTH),
        ("Z" + "\u0316" * 300, "Z" + "\u0316" * 6),
        ("שלום", "שלום"),
    ],
)
def test_a_name_is_one_line_of_visible_characters(written: str, kept: str) -> None:
    assert clean_name(written) == kept


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("https://blog.example", "https://blog.example"),
        (" HTTP://Blog.Example:8080/a/../b?q=1#c ", "http://blog.example:8080/a/../b?q=1#c"),
        ("https://münchen.example/ü?ä=ö", "https://xn--mnchen-3ya.example/%C3%BC?%C3%A4=%C3%B6"),
        ("https://faß.example/", "https://xn--fa-hia.example/"),
        ("https://ok.example。evil.example", "https://ok.example.evil.example"),
        ('https://ok.example/"><script>', "https://ok.example/%22%3E%3Cscript%3E"),
        ("https://[::1]:8000/", "https://[::1]:8000/"),
        ("http://127.0.0.1/a b", "http://127.0.0.1/a%20b"),
        ("https://ok.example/%2f%", "https://ok.example/%2f%"),
    ],
)
def test_a_web_address_is_kept_in_ascii(written: str, kept: str) -> None:
    assert clean_url(written) == kept


@pytest.mark.parametrize(
    "written",
    [
        "",
        "blog.example",
        "//blog.example/",
        "/path",
        "javascript:alert(1)",
        "java\tscript:alert(1)",
        "data:text/html,x",
        "ftp://blog.example/",
        "http:blog.example",
        "http:///blog.example",
        "https://user@blog.example/",
        "https://user:pass@blog.example/",
        "https://blog.example\\@evil.example/",
        "https://blog.example/\nSet-Cookie:x",
        "https://blog.example/\x00",
        "https://blog.example/\ud800",
        "https://blog.example:99999/",
        "https://blog.example:-1/",
        "https://blog..example/",
        "https://-blog.example/",
        "https://%zz/",
        "https://[::1",
        "https://bl og.example/",
        "https://blog.example\u202e/",
        "https://" + "a" * 64 + ".example/",
        "https://" + "a." * 200 + "example/",
        "https://blog.example/" + "a" * 2_000,
        "https://blog.example/" + "ä" * 1_000,
    ],
)
def test_what_is_no_web_address_is_refused(written: str) -> None:
    assert clean_url(written) is None


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        (" Ada.Lovelace+x@Mail.Example ", "Ada.Lovelace+x@mail.example"),
        ("a@münchen.example", "a@xn--mnchen-3ya.example"),
        ("", None),
        ("a", None),
        ("a@b", None),
        ("@b.example", None),
        ("a@@b.example", None),
        ("a b@c.example", None),
        ("a@b.example\nBcc: c@d.example", None),
        ("<a@b.example>", None),
        ("a@[127.0.0.1]", None),
        ("a@b..example", None),
        ("é@b.example", None),
        ("a" * 65 + "@b.example", None),
        ("a@" + ("b" * 60 + ".") * 4 + "c" * 9, None),
    ],
)
def test_an_email_address_is_what_browsers_take_for_one(written: str, kept: str | None) -> None:
    assert clean_email(written) == kept


@given(ANY_TEXT)
def test_cleaning_twice_is_cleaning_once(written: str) -> None:
    assert clean_text(clean_text(written)) == clean_text(written)
    assert clean_name(clean_name(written)) == clean_name(written)


@given(ANY_TEXT)
def test_what_is_cleaned_can_be_stored_and_exported(written: str) -> None:
    for kept in (clean_text(written), clean_name(written)):
        kept.encode()
        assert not any(unicodedata.category(c) == "Cc" and c not in "\t\n" for c in kept)
    assert "\n" not in clean_name(written)
    assert not any(c in clean_name(written) for c in "\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f")


@given(st.from_regex(r"(https?|javascript):/{0,3}[a-zäß.@:\\\x00 \[\]%0-9]{0,20}[/?#]?.{0,20}"))
def test_a_cleaned_address_is_ascii_and_stays_as_it_is(written: str) -> None:
    kept = clean_url(written)
    if kept is not None:
        assert kept.isascii()
        assert kept.startswith(("http://", "https://"))
        assert not any(c <= " " or c in '"<>\\' for c in kept)
        assert clean_url(kept) == kept


def outside_strings() -> list[str]:
    strings = fixtures() / "strings"
    values = [line["value"] for line in json_lines(strings / "unicode.jsonl")]
    values += json.loads((strings / "naughty-strings.json").read_text(encoding="utf-8"))
    values += [v["payload"] for v in json_lines(fixtures() / "xss" / "vectors.jsonl")]
    return values


def test_outside_strings_become_text_and_names_that_stay() -> None:
    values = outside_strings()
    assert len(values) > 3_000
    for value in values:
        text, name = clean_text(value), clean_name(value)
        assert clean_text(text) == text
        assert clean_name(name) == name
        (text + name).encode()
        assert clean_url(value) is None or clean_url(value).startswith(("http://", "https://"))  # type: ignore[union-attr]
        assert clean_email(value) is None or clean_email(value).count("@") == 1  # type: ignore[union-attr]

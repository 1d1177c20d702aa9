"""Which addresses lead back to a page."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auth.origins import host_of, is_loopback, origin_of, return_url

ORIGINS = ("https://blog.example", "http://localhost:8000", "https://www.shop.example:8443")

ON_THE_LIST = [
    "https://blog.example",
    "https://blog.example/",
    "https://blog.example/a/b?c=d#e",
    "https://blog.example?x=1",
    "https://blog.example#x",
    "https://blog.example:443/a",
    "HTTPS://BLOG.example/a",
    "https://www.blog.example/a",
    "https://shop.example:8443/a",
    "http://localhost:8000/~me/%E2%9C%93",
    "https://blog.example/@user:80/a",
    "https://blog.example/?next=https://evil.example/\"'<>",
]

NOT_ON_THE_LIST = [
    "",
    " ",
    "/",
    "a",
    "//blog.example/",
    "///blog.example/",
    "https:/blog.example/",
    "https:blog.example/",
    "https:///blog.example/",
    "http://blog.example/",
    "ftp://blog.example/",
    "javascript:alert(1)",
    "javascript://blog.example/%0aalert(1)",
    "data:text/html,https://blog.example/",
    "blob:https://blog.example/1",
    "view-source:https://blog.example/",
    "https://blog.example.evil.example/",
    "https://evil.example/https://blog.example/",
    "https://evil-blog.example/",
    "https://evilblog.example/",
    "https://a.blog.example/",
    "https://www.www.blog.example/",
    "https://blog.example./",
    "https://.blog.example/",
    "https://blog..example/",
    "https://blog.example@evil.example/",
    "https://user@blog.example/",
    "https://user:secret@blog.example/",
    "https://@blog.example/",
    "https://:@blog.example/",
    "https://blog.example\\@evil.example/",
    "https://evil.example\\@blog.example/",
    "https:\\\\blog.example\\",
    "https://blog.example\\a",
    "https://blog.example/\\evil.example",
    "https://blog.example:8443/",
    "https://blog.example:/",
    "https://blog.example:0443/",
    "https://blog.example:443:443/",
    "https://blog.example:99999999/",
    "https://blog.example%2f@evil.example/",
    "https://blog%2eexample/",
    "https://bl\u043eg.example/",
    "https://blog\u3002example/",
    "https://ｂlog.example/",
    "https://blog.example\t/",
    "https://blog.example\n/",
    "https://blog.example/\r\nSet-Cookie: a=b",
    " https://blog.example/",
    "https://blog.example/ ",
    "\x00https://blog.example/",
    "\ufeffhttps://blog.example/",
    "https://blog.example/\x7f",
    "https://blog.example/ü",
    "https://[::1]/",
    "https://[blog.example]/",
    "http://localhost/",
    "http://localhost:80000/",
    "http://127.0.0.1:8000/",
    "https://blog.example/" + "a" * 2_000,
    "null",
    "about:blank",
]


@pytest.mark.parametrize("url", ON_THE_LIST)
def test_a_plain_address_on_the_list_leads_back(url: str) -> None:
    assert return_url(url, ORIGINS) == url


@pytest.mark.parametrize("url", NOT_ON_THE_LIST)
def test_no_other_spelling_leads_anywhere(url: str) -> None:
    assert return_url(url, ORIGINS) == ""


def test_an_empty_list_leads_nowhere() -> None:
    assert return_url("https://blog.example/", ()) == ""


@settings(deadline=None)  # a busy machine is no failure
@given(st.text(alphabet="htps:/\\@.#?%[]0189 \tblogexamplevil", max_size=60))
def test_what_leads_back_is_on_the_list_for_other_readers_too(rest: str) -> None:
    for url in (rest, f"https://{rest}", f"https://blog.example{rest}"):
        if return_url(url, ORIGINS):
            parts = urlsplit(url)
            assert parts.scheme == "https"
            assert parts.hostname in {"blog.example", "www.blog.example"}
            assert parts.username is parts.password is None


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("http://LOCALHOST:80/", "http://localhost"),
        ("https://[2001:db8::1]:8443/", "https://[2001:db8::1]:8443"),
        ("http://a_b.example", "http://a_b.example"),
    ],
)
def test_an_origin_is_written_as_browsers_write_it(url: str, origin: str) -> None:
    assert origin_of(url) == origin
    assert host_of(url) == origin.partition("://")[2]


@pytest.mark.parametrize("host", ["localhost", "a.localhost:1", "127.0.0.1:8000", "127.9.9.9", "[::1]:80"])
def test_this_machine_is_loopback(host: str) -> None:
    assert is_loopback(f"http://{host}/x")


@pytest.mark.parametrize(
    "host", ["localhost.example", "127.0.0.1.example", "notlocalhost", "128.0.0.1", "[::2]", "0.0.0.0"]
)
def test_another_machine_is_not(host: str) -> None:
    assert not is_loopback(f"http://{host}/x")

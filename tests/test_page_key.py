"""One page, one thread; two pages, two threads."""

from __future__ import annotations

import json
from urllib.parse import unquote_to_bytes

import pytest
from hypothesis import example, given, reject
from hypothesis import strategies as st

from tests.support.require import fixtures
from widget.errors import Invalid
from widget.page_key import MAX_PAGE_ID, MAX_URL, PageKey, SiteAddress, is_site_url, normalise_origin, page_key

BLOG = SiteAddress(("https://blog.example",))
NO_QUERY = SiteAddress(("https://blog.example",), keep_query=False)
ROUTES = SiteAddress(("https://blog.example",), hash_routes=True)
POST = "https://blog.example/2026/a-post"


def key(url: str, site: SiteAddress = BLOG) -> str:
    return page_key(url, None, site).key


SAME_PAGE = {
    "fbclid": f"{POST}?fbclid=IwAR0abc",
    "campaign": f"{POST}?utm_source=x&UTM_Medium=y&utm_whatever=z",
    "escaped campaign": f"{POST}?%75tm_source=x",
    "clicks": f"{POST}?gclid=1&msclkid=2&mc_cid=3&mc_eid=4&igshid=5&yclid=6&_ga=7&ref_src=8",
    "empty query": f"{POST}?",
    "empty parameters": f"{POST}?&&",
    "trailing slash": f"{POST}/",
    "double slashes": "https://blog.example//2026///a-post",
    "index.html": f"{POST}/index.html",
    "index.php": f"{POST}/index.php",
    "index and slash": f"{POST}//Index.HTML/",
    "http": "http://blog.example/2026/a-post",
    "www": "https://www.blog.example/2026/a-post",
    "capital host": "HTTPS://Blog.EXAMPLE/2026/a-post",
    "default port": "https://blog.example:443/2026/a-post",
    "default port of http": "http://blog.example:80/2026/a-post",
    "empty port": "https://blog.example:/2026/a-post",
    "fragment": f"{POST}#comments",
    "permalink": f"{POST}#comment-0123456789abc",
    "route of a site without routes": f"{POST}#/elsewhere",
    "dot segments": "https://blog.example/2026/x/../y/.././a-post",
    "escaped dot segments": "https://blog.example/2026/x/%2E%2e/a-post",
    "above the root": "https://blog.example/../../2026/a-post",
    "needless escapes": "https://blog.example/%32026/a%2Dpost",
    "spaces around": f"  {POST} ",
}


@pytest.mark.parametrize("url", SAME_PAGE.values(), ids=SAME_PAGE.keys())
def test_url_that_differs_in_nothing_names_the_same_thread(url: str) -> None:
    assert key(url) == "url:blog.example/2026/a-post"


OTHER_PAGES = {
    "query that matters": (f"{POST}?id=5", "url:blog.example/2026/a-post?id=5"),
    "path case": ("https://blog.example/2026/A-Post", "url:blog.example/2026/A-Post"),
    "values of one name": (f"{POST}?tag=b&tag=a", "url:blog.example/2026/a-post?tag=b&tag=a"),
    "sorted": (f"{POST}?b=2&a=1&utm_id=3", "url:blog.example/2026/a-post?a=1&b=2"),
    "escapes in capitals": ("https://blog.example/a%2fb", "url:blog.example/a%2Fb"),
    "space": ("https://blog.example/a b?c d", "url:blog.example/a%20b?c%20d"),
    "letters": ("https://blog.example/é?ü=ß", "url:blog.example/%C3%A9?%C3%BC=%C3%9F"),
    "brackets": (f"{POST}?a[]=1", "url:blog.example/2026/a-post?a%5B%5D=1"),
    "lone percent": ("https://blog.example/100%", "url:blog.example/100%25"),
    "percent that must not decode twice": ("https://blog.example/%%34%31", "url:blog.example/%2541"),
    "index in another place": ("https://blog.example/index.php/a", "url:blog.example/index.php/a"),
    "index of a language": ("https://blog.example/index.de.html", "url:blog.example/index.de.html"),
    "root": ("https://blog.example", "url:blog.example/"),
    "root with index": ("https://blog.example/index.php?p=7", "url:blog.example/?p=7"),
    "name that only looks tracked": (f"{POST}?utm=1&ref=2", "url:blog.example/2026/a-post?ref=2&utm=1"),
}


@pytest.mark.parametrize(("url", "expected"), OTHER_PAGES.values(), ids=OTHER_PAGES.keys())
def test_url_that_differs_in_what_matters_keeps_it(url: str, expected: str) -> None:
    assert key(url) == expected


def test_port_is_part_of_the_key_only_where_it_is_not_the_default() -> None:
    site = SiteAddress(("http://localhost:4000", "https://localhost"))
    assert key("http://localhost:4000/a", site) == "url:localhost:4000/a"
    assert key("https://localhost:443/a", site) == "url:localhost/a"


def test_link_stays_as_the_page_was_visited_but_for_tracking_and_fragment() -> None:
    url = "http://www.Blog.example:80//a/./index.html?utm_source=x&b=2&a=1#top"
    assert page_key(url, None, BLOG).url == "http://www.blog.example//a/index.html?b=2&a=1"


def test_site_that_ignores_the_query_has_one_thread_for_all_of_them() -> None:
    assert page_key(f"{POST}?id=5", None, NO_QUERY) == PageKey("url:blog.example/2026/a-post", POST)


@pytest.mark.parametrize(
    ("fragment", "expected"),
    [
        ("#/cats/", "#/cats"),
        ("#/cats#comment-0123456789abc", "#/cats"),
        ("#!/cats", "#!/cats"),
        ("#!cats?b=1&a=2&utm_source=x", "#!cats?a=2&b=1"),
        ("#/caf\xe9", "#/caf%C3%A9"),
        ("#/?a=1", "#/?a=1"),
        ("#/", ""),
        ("#!/", ""),
        ("#!", ""),
        ("#comments", ""),
    ],
)
def test_site_with_hash_routes_has_a_thread_for_each_route(fragment: str, expected: str) -> None:
    assert key(POST + fragment, ROUTES) == "url:blog.example/2026/a-post" + expected


def test_page_id_wins_over_the_url_which_stays_the_link() -> None:
    assert page_key(f"{POST}?fbclid=x", " Post 5\n", BLOG) == PageKey("id:Post 5", POST)
    assert page_key(None, "5", BLOG) == PageKey("id:5", "")


@pytest.mark.parametrize(
    "page_id", ["", "  ", "null", "NULL", "undefined", " Undefined ", "NaN", "None", "a\0b", "\ud800", "x" * 501]
)
def test_page_id_that_is_none_is_refused(page_id: str) -> None:
    with pytest.raises(Invalid) as caught:
        page_key(POST, page_id, BLOG)
    assert (caught.value.code, list(caught.value.fields)) == ("bad_page_id", ["id"])


def test_longest_page_id_is_taken() -> None:
    assert page_key(POST, "é" * MAX_PAGE_ID, BLOG).key == "id:" + "é" * MAX_PAGE_ID


BAD_URLS = [
    "",
    "/a",
    "//blog.example/a",
    "blog.example/a",
    "https:blog.example/a",
    "https:///a",
    "https://",
    "ftp://blog.example/a",
    "javascript:alert(1)//https://blog.example/",
    "data:text/html,https://blog.example",
    "http\u017f://blog.example/",
    "https://mallory@blog.example/",
    "https://mallory:pw@blog.example/",
    "https://@blog.example/",
    "https:\\\\blog.example\\a",
    "https://blog.example\\@evil.example/",
    "https://blog.example/a\\b",
    "https://blog.example/a\nb",
    "https://blog.example/\0",
    "https://blog.example/\x85",
    "https://blog.example/\ud800",
    "\thttps://blog.example/",
    "https://blog.example:99999/",
    "https://blog.example:0/",
    "https://blog.example:4x/",
    "https://blog.example:443:443/",
    "https://blog..example/",
    "https://.blog.example/",
    "https://blog.example./",
    "https://bl og.example/",
    "https://%62log.example/",
    "https://[::1",
    "https://[1.2.3.4]/",
    "https://127.1/",
    "https://0x7f.1/",
    "https://1.2.3.256/",
    "https://" + "a" * 64 + ".example/",
    "https://" + "a." * 127 + "example/",
    "https://" + "\xfc" * 1000 + "/",
]
LONG_URLS = [
    "https://blog.example/" + "x" * MAX_URL,
    "https://blog.example/" + "é" * (MAX_URL // 4),  # short as written, too long once encoded
]


@pytest.mark.parametrize("url", BAD_URLS + LONG_URLS, ids=lambda url: ascii(url[:40]))
@pytest.mark.parametrize("page_id", [None, "5"])
def test_url_that_is_no_web_address_is_refused(url: str, page_id: str | None) -> None:
    with pytest.raises(Invalid) as caught:
        page_key(url, page_id, BLOG)
    assert (caught.value.code, list(caught.value.fields)) == ("bad_url", ["url"])


@pytest.mark.parametrize("url", BAD_URLS, ids=ascii)
def test_url_that_is_no_web_address_belongs_to_no_site(url: str) -> None:
    assert not is_site_url(url, BLOG.origins)


def test_no_url_and_no_id_name_no_page() -> None:
    with pytest.raises(Invalid) as caught:
        page_key(None, None, BLOG)
    assert caught.value.code == "bad_url"


FOREIGN_URLS = [
    "https://evil.example/",
    "https://blog.example.evil.example/",
    "https://evil.example/https://blog.example/",
    "https://evil.example?https://blog.example/",
    "https://evil.example#https://blog.example/",
    "https://xblog.example/",
    "https://sub.blog.example/",
    "https://www.www.blog.example/",
    "https://blog.example:8443/",
    "http://blog.example:443/",
    "https://blog.example。evil.example/",
    "https://bl\u043eg.example/",  # a Cyrillic letter
    "https://[::1]/",
    "https://127.0.0.1/",
]


@pytest.mark.parametrize("url", FOREIGN_URLS)
@pytest.mark.parametrize("page_id", [None, "5"])
def test_url_of_another_site_is_refused(url: str, page_id: str | None) -> None:
    with pytest.raises(Invalid) as caught:
        page_key(url, page_id, BLOG)
    assert caught.value.code == "foreign_url"
    assert not is_site_url(url, BLOG.origins)


def test_site_without_origins_has_no_pages() -> None:
    assert not is_site_url(POST, [])
    with pytest.raises(Invalid) as caught:
        page_key(POST, None, SiteAddress(()))
    assert caught.value.code == "foreign_url"


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://blog.example/a", "https://www.blog.example"),
        ("https://www.blog.example/a", "https://blog.example"),
        ("http://blog.example/", "https://blog.example"),
        ("http://localhost:4000/?a", "https://localhost:4000"),
        ("https://b\xfccher.example/", "https://xn--bcher-kva.example"),
        ("http://[0:0::1]:80/", "http://[::1]"),
    ],
)
def test_url_is_the_sites_with_or_without_www_over_http_or_https(url: str, origin: str) -> None:
    assert is_site_url(url, ["https://other.example", origin])


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("https://Blog.Example", "https://blog.example"),
        (" https://blog.example/ ", "https://blog.example"),
        ("https://blog.example:443", "https://blog.example"),
        ("http://blog.example:80/", "http://blog.example"),
        ("http://localhost:04000", "http://localhost:4000"),
        ("https://B\xdcCHER.example", "https://xn--bcher-kva.example"),
        ("https://stra\xdfe.example", "https://xn--strae-oqa.example"),
        ("http://[2001:DB8:0::1]:8080", "http://[2001:db8::1]:8080"),
    ],
)
def test_origin_is_written_in_one_way(value: str, expected: str) -> None:
    assert normalise_origin(value) == expected
    assert normalise_origin(expected) == expected


@pytest.mark.parametrize(
    "value",
    [
        "",
        "blog.example",
        "ftp://blog.example",
        "https://",
        "https://*.example",
        "https://blog.example/path",
        "https://blog.example?",
        "https://blog.example#",
        "https://me@blog.example",
        "https://blog.example:70000",
        "https://blog.example;script-src *",
        "https://blog.example 'self'",
        "https://blog.example\r\nx: y",
    ],
)
def test_origin_that_is_none_is_refused_with_a_sentence(value: str) -> None:
    with pytest.raises(Invalid) as caught:
        normalise_origin(value)
    assert caught.value.code == "bad_origin"
    assert caught.value.message.endswith(".")


_PIECES = st.one_of(
    st.sampled_from([*"/./.?&=#!%:;+@", "%2e", "%2F", "%41", "%%34", "index.php", "utm_a=1", "a[]", "//", "..", "é"]),
    st.text(max_size=6),
)
_TAILS = st.lists(_PIECES, max_size=14).map("".join)
_SITES = st.builds(SiteAddress, st.just(("https://blog.example",)), st.booleans(), st.booleans())


@given(_SITES, st.sampled_from(["https://", "http://www.", "HTTPS://WWW."]), _TAILS)
@example(ROUTES, "https://", "/a#/?b#c")
@example(BLOG, "https://", "/index.php/index.html")
def test_key_of_the_link_is_the_key_of_the_url(site: SiteAddress, start: str, tail: str) -> None:
    try:
        first = page_key(f"{start}blog.example/{tail}", None, site)
    except Invalid:
        reject()
    assert page_key(first.url, None, site) == first
    assert first.key.isascii()
    assert first.url.isascii()
    assert len(first.key) <= MAX_URL
    # And the key is itself an address of the page: nothing in it is cleaned a second time.
    assert key("https://" + first.key.removeprefix("url:"), site) == first.key


@given(st.text(alphabet=st.characters(blacklist_characters="/\\?#%", min_codepoint=33), min_size=1, max_size=20))
def test_path_segment_comes_back_when_it_is_decoded(segment: str) -> None:
    try:
        link = page_key(f"https://blog.example/x/{segment}", None, BLOG).url
    except Invalid:
        reject()
    if segment not in {".", ".."}:
        assert unquote_to_bytes(link).decode() == f"https://blog.example/x/{segment}"


@given(st.text(max_size=60), st.none() | st.text(max_size=20), _SITES)
def test_any_text_gives_a_key_or_a_sentence(url: str, page_id: str | None, site: SiteAddress) -> None:
    for address in (url, f"https://{url}", f"https://blog.example{url}"):
        try:
            result = page_key(address, page_id, site)
        except Invalid:  # any other error is a failure
            continue
        assert is_site_url(result.url, site.origins)


@given(st.text(max_size=30))
def test_any_text_is_an_origin_or_gets_a_sentence(value: str) -> None:
    for candidate in (value, f"https://{value}"):
        try:
            origin = normalise_origin(candidate)
        except Invalid:
            continue
        assert normalise_origin(origin) == origin
        assert not set(origin) & set(" ;,'\"<>\\@?#*")


def test_attack_urls_never_belong_to_a_site() -> None:
    lines = (fixtures() / "xss" / "vectors.jsonl").read_text().split("\n")
    payloads = [row["payload"] for row in map(json.loads, filter(None, lines)) if row["context"].endswith("url")]
    assert len(payloads) > 50
    assert not [payload for payload in payloads if is_site_url(payload, BLOG.origins)]

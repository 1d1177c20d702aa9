"""Which requests may change something or read what is personal, by their headers."""

from __future__ import annotations

import pytest
from starlette.datastructures import Headers

from auth import Caller, check_change, check_personal
from auth.csrf import frame_cookies_count, page_cookies_count
from auth.errors import Refused

OURS = "https://comments.example"
Raw = list[tuple[str, str]]


def _headers(*pairs: tuple[str, str]) -> Headers:
    return Headers(raw=[(name.encode(), value.encode()) for name, value in pairs])


ORIGIN, SITE, MODE = "origin", "sec-fetch-site", "sec-fetch-mode"
#          headers                                                   change   personal frame  page
TABLE: list[tuple[Raw, Caller | None, bool, bool, bool]] = [
    ([], Caller.PROGRAM, True, False, False),
    ([(ORIGIN, OURS)], Caller.BROWSER, False, True, True),
    ([(ORIGIN, OURS), (SITE, "same-origin")], Caller.BROWSER, True, True, True),
    ([(ORIGIN, OURS), (SITE, "same-site")], None, False, False, False),
    ([(ORIGIN, OURS), (SITE, "cross-site")], None, False, False, False),
    ([(ORIGIN, OURS), (SITE, "none")], None, False, False, False),
    ([(ORIGIN, OURS), (SITE, "")], None, False, False, False),
    ([(ORIGIN, "")], None, False, False, False),
    ([(ORIGIN, "null")], None, False, False, False),
    ([(ORIGIN, "null"), (SITE, "same-origin")], None, True, False, False),
    ([(ORIGIN, "https://evil.example"), (SITE, "same-origin")], None, True, False, False),
    ([(ORIGIN, OURS), (ORIGIN, "https://evil.example")], None, False, False, False),
    ([(ORIGIN, OURS), (ORIGIN, OURS)], None, False, False, False),
    ([(SITE, "same-origin")], None, True, True, True),
    ([(SITE, "same-origin"), (SITE, "cross-site")], None, False, False, False),
    ([(SITE, "same-site")], None, False, False, False),
    ([(SITE, "cross-site")], None, False, False, False),
    ([(SITE, "cross-site"), (MODE, "no-cors")], None, False, False, False),
    ([(SITE, "cross-site"), (MODE, "navigate")], None, False, False, True),
    ([(SITE, "none"), (MODE, "navigate")], None, False, False, True),
    ([(SITE, "same-site"), (MODE, "navigate")], None, False, False, True),
    ([(ORIGIN, "https://evil.example"), (SITE, "cross-site"), (MODE, "navigate")], None, False, False, False),
]


@pytest.mark.parametrize(("pairs", "caller", "personal", "frame", "page"), TABLE)
def test_the_table(pairs: Raw, caller: Caller | None, personal: bool, frame: bool, page: bool) -> None:
    headers = _headers(*pairs)
    assert _change(headers) == caller
    assert _personal(headers) == personal
    assert frame_cookies_count(headers, OURS) == frame
    assert page_cookies_count(headers, OURS) == page


def test_a_cookie_never_counts_where_a_change_would_be_refused_to_a_browser() -> None:
    for pairs, *_ in TABLE:
        headers = _headers(*pairs)
        if (ORIGIN in headers) and _change(headers) is None:
            assert not frame_cookies_count(headers, OURS)
            assert not page_cookies_count(headers, OURS)


def _change(headers: Headers) -> Caller | None:
    try:
        return check_change(headers, OURS)
    except Refused:
        return None


def _personal(headers: Headers) -> bool:
    try:
        check_personal(headers)
    except Refused:
        return False
    return True

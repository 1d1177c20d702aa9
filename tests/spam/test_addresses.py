"""Lists of blocked networks, e-mail addresses and domains."""

from __future__ import annotations

import pytest

from widget.spam.addresses import check_list, find
from widget.spam.submission import Submission
from widget.spam.words import BadList

COMMENT = Submission(
    "Hello.",
    links=("https://www.pills.example/buy", "mailto:x@nowhere.example"),
    email="Eve@Mail.example",
    website="https://eve.example/",
    address="203.0.113.7",
)


@pytest.mark.parametrize(
    "line",
    [
        "203.0.113.7",
        "203.0.113.0/24",
        "203.0.113.9/24",
        "eve@mail.example",
        "mail.example",
        "EVE.example",
        "pills.example",
        "www.pills.example",
    ],
)
def test_line_finds_who_and_where_to(line: str) -> None:
    assert find(check_list(line), COMMENT) == line.lower()


@pytest.mark.parametrize(
    "line", ["203.0.113.8", "203.0.114.0/24", "2001:db8::/32", "ve@mail.example", "ills.example", "ample.example"]
)
def test_line_finds_nobody_else(line: str) -> None:
    assert find(check_list(line), COMMENT) == ""


def test_network_finds_who_is_counted_by_their_network() -> None:
    comment = COMMENT._replace(address="2001:db8:0:7::/64")
    assert find(check_list("2001:db8:0:7::1"), comment)
    assert find(check_list("2001:db8::/32"), comment)
    assert not find(check_list("2001:db8:0:8::/64"), comment)


def test_somebody_without_an_address_is_in_no_network() -> None:
    assert find(check_list("203.0.113.0/24"), COMMENT._replace(address="")) == ""


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("nonsense", "is no network, e-mail address or domain"),
        ("a b.example", "is no network, e-mail address or domain"),
        ("https://pills.example", "is no network, e-mail address or domain"),
        ("0.0.0.0/0", "more addresses than anybody should block"),
        ("::/0", "more addresses than anybody should block"),
    ],
)
def test_line_that_is_none_of_them_is_refused(line: str, why: str) -> None:
    with pytest.raises(BadList, match=f"Line 2 .*{why}"):
        check_list(f"203.0.113.7\n{line}")

"""Each check: what it speaks up for, what it lets pass, and the reason that a moderator reads."""

from __future__ import annotations

import pytest

from tests.support.sites import make_site
from widget.spam import checks
from widget.spam.bayes import Score
from widget.spam.submission import Submission
from widget.spam.verdicts import Verdict, gravest, pack, unpack
from widget.store.facts import MOST_COPIES

FINE = Submission("I bake it at 230 degrees and it never fails.", approved=5, seconds=30, address="203.0.113.7")
ADDRESSES = ("https://a.example", "https://b.example", "https://c.example")


def test_ordinary_comment_has_no_verdict() -> None:
    assert checks.run(FINE, make_site(hold="new", words_spam="casino", blocked="pills.example")) == []


@pytest.mark.parametrize(
    ("changes", "settings", "verdict"),
    [
        ({"trap": "x"}, {}, Verdict("spam", "trap", "a field that people do not see was filled in")),
        (
            {"seconds": 0.72},
            {},
            Verdict("pending", "speed", "it was sent 0.7 seconds after the form was opened"),
        ),
        (
            {},
            {"blocked": "pills.example\n203.0.113.0/24"},
            Verdict("spam", "blocked", "203.0.113.0/24 is on the list of blocked addresses"),
        ),
        (
            {"name": "Casino Royal"},
            {"words_reject": "casino"},
            Verdict("rejected", "words", "“casino” is on the list of words that are refused"),
        ),
        (
            {"website": "https://casino.example"},
            {"words_spam": "poker\ncasino"},
            Verdict("spam", "words", "“casino” is on the list of words that are spam"),
        ),
        ({}, {"words_hold": "never"}, Verdict("pending", "words", "“never” is on the list of words that are held")),
        ({}, {"hold": "all"}, Verdict("pending", "hold", "the site looks at every comment first")),
        (
            {"approved": 0},
            {"hold": "new"},
            Verdict("pending", "hold", "the author has not had one approved comment here yet"),
        ),
        (
            {"approved": 2},
            {"hold": "new", "trust_after": 3},
            Verdict("pending", "hold", "the author has not had 3 approved comments here yet"),
        ),
        (
            {"links": ADDRESSES},
            {},
            Verdict("pending", "links", "it has 3 links, and the site lets 2 through unseen"),
        ),
        (
            {"links": ADDRESSES[:1]},
            {"max_links": 0},
            Verdict("pending", "links", "it has a link, and the site lets none through unseen"),
        ),
        ({"copies": 1}, {}, Verdict("pending", "copies", "somebody else wrote the same within a day")),
        ({"copies": 4}, {}, Verdict("pending", "copies", "4 others wrote the same within a day")),
        (
            {"flagged": True},
            {},
            Verdict("pending", "record", "a comment of the author or from this address was spam within a month"),
        ),
        (
            {"score": Score(0.93, [("free", 0.97), ("bread", 0.1), ("host:x.example", 0.9)])},
            {},
            Verdict("pending", "classifier", "it looks like this site’s spam, by “free”, “host:x.example”"),
        ),
        (
            {"score": Score(0.995, [("free", 0.97)])},
            {},
            Verdict("spam", "classifier", "it looks like this site’s spam, by “free”"),
        ),
    ],
)
def test_check_says_what_is_wrong(changes: dict[str, object], settings: dict[str, str], verdict: Verdict) -> None:
    assert checks.run(FINE._replace(**changes), make_site(**settings)) == [verdict]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "settings"),
    [
        ({"seconds": None}, {}),
        ({"seconds": 2.0}, {}),
        ({"seconds": 0.0}, {"min_seconds": 0}),
        ({"approved": 1}, {"hold": "new"}),
        ({"links": ADDRESSES[:2]}, {}),
        ({"copies": 9, "text": "Thank you!"}, {}),
        ({"copies": 3}, {"max_copies": 3}),
        ({"copies": MOST_COPIES}, {"max_copies": 10}),
        ({"score": Score(0.89, [("free", 0.97)])}, {}),
    ],
)
def test_check_lets_the_edge_pass(changes: dict[str, object], settings: dict[str, str]) -> None:
    assert checks.run(FINE._replace(**changes), make_site(**settings)) == []  # type: ignore[arg-type]


def test_reasons_come_in_the_order_of_the_checks_and_the_gravest_counts() -> None:
    bad = FINE._replace(trap="x", copies=2, text="Casino, casino, casino, casino")
    said = checks.run(bad, make_site(hold="all", words_reject="casino"))
    assert [verdict.check for verdict in said] == ["trap", "words", "hold", "copies"]
    assert gravest(verdict.status for verdict in said) == "rejected"
    assert gravest(["approved", "spam", "pending"]) == "spam"


def test_verdicts_are_kept_as_they_were_said() -> None:
    said = [Verdict("spam", "words", "“casino” is on the list"), Verdict("pending", "hold", "all are looked at")]
    assert unpack(pack(said)) == said
    assert pack([]) == ""
    assert unpack("") == []

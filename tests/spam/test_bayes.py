"""The classifier itself: what it counts of a comment, and what it makes of the counts."""

from __future__ import annotations

import pytest

from widget.spam.bayes import ENOUGH, MAX_TOKEN, MAX_TOKENS, UNSURE, score, tokens_of
from widget.store.spam import Seen

TOTAL = Seen(100, 100)


def test_words_pairs_hosts_signs_and_length_are_counted_once() -> None:
    assert tokens_of("Buy BUY buy at https://www.Pills.example/x?y!") == [
        "host:pills.example",
        "buy",
        "at",
        "(link)",
        "buy buy",
        "buy at",
        "at (link)",
        "(length 3)",
    ]
    assert "(capitals)" in tokens_of("FREE pills")
    assert "!" in tokens_of("Free!")


def test_no_comment_has_more_tokens_or_longer_ones_than_are_kept() -> None:
    tokens = tokens_of(" ".join(f"{'x' * 200}{number}" for number in range(1_000)))
    assert len(tokens) <= MAX_TOKENS
    assert max(map(len, tokens)) <= MAX_TOKEN


@pytest.mark.parametrize("total", [Seen(0, 0), Seen(ENOUGH - 1, 500), Seen(500, ENOUGH - 1)])
def test_classifier_is_silent_until_it_saw_enough_of_both(total: Seen) -> None:
    assert score("free pills", {"free": Seen(10, 0)}, total) is None


def test_words_of_spam_make_spam_and_are_named_strongest_first() -> None:
    seen = {"free": Seen(40, 4), "pills": Seen(60, 0), "cheap": Seen(30, 1), "bread": Seen(0, 50)}
    found = score("cheap free pills", seen, TOTAL)
    assert found is not None
    assert found.spam > UNSURE
    assert [word for word, _ in found.words] == ["pills", "cheap", "free"]


def test_words_of_readers_make_none() -> None:
    found = score("bread and butter", {"bread": Seen(0, 50), "butter": Seen(1, 30)}, TOTAL)
    assert found is not None
    assert found.spam < 0.1


@pytest.mark.parametrize("seen", [{}, {"pills": Seen(50, 0), "bread": Seen(0, 50)}, {"pills": Seen(5, 5)}])
def test_nothing_known_or_mixed_evidence_is_undecided(seen: dict[str, Seen]) -> None:
    found = score("pills bread", seen, TOTAL)
    assert found is not None
    assert found.spam == pytest.approx(0.5, abs=0.1)

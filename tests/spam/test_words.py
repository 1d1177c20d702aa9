"""Word lists: what a line finds, which lines are refused, and that no list can hold anybody up."""

from __future__ import annotations

import time
from typing import Any

import pytest

from widget.spam import words
from widget.spam.words import MAX_LINES, MAX_PATTERNS, BadList, check_list, find


@pytest.mark.parametrize(
    ("line", "text", "found"),
    [
        ("casino", "The best CASINO in town", "casino"),
        ("casino", "Casinos and (casino)", "casino"),
        ("casino", "The casinos", ""),
        ("cheap pills", "cheap,\n  Pills!", "cheap pills"),
        ("cheap pills", "cheap and good pills", ""),
        ("viagr*", "buy viagra today", "viagra"),
        ("straße", "In der STRASSE", "strasse"),
        ("casino", "ｃａｓｉｎｏ", "casino"),
        ("c.ino", "casino", ""),
        ("/v[i1l]agra/", "Get V1AGRA", "V1AGRA"),
        ("/[0-9]{4}-[0-9]{4}/", "call 1234-5678 now", "1234-5678"),
    ],
)
def test_line_finds_what_it_says(line: str, text: str, found: str) -> None:
    assert find(check_list(line), text) == found


def test_empty_list_finds_nothing() -> None:
    assert find(check_list("\n  \n"), "casino") == ""


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("/(/", r"Line 2 \(/\(/\) is no pattern that can be used: missing \)"),
        (r"/(a)\1/", "invalid escape sequence"),
        ("/(?=a)b/", "invalid perl operator"),
        ("/a{1000}{1000}/", "bad repetition operator"),
        ("/.*/", "fits nearly every text"),
        ("/[a-z]/", "fits nearly every text"),
        ("***", "has no letter and no digit"),
        ("x" * 201, "longer than 200 characters"),
        ("a\0b", "cannot be seen"),
    ],
)
def test_absurd_line_is_refused_with_its_number_and_the_reason(line: str, why: str) -> None:
    with pytest.raises(BadList, match=why) as refused:
        check_list(f"fine\n{line}")
    assert str(refused.value).startswith("Line 2 ")


def test_list_that_is_too_long_is_refused() -> None:
    assert len(check_list("word\n" * MAX_LINES)) == MAX_LINES
    with pytest.raises(BadList, match="at most 2,000 lines"):
        check_list("word\n" * (MAX_LINES + 1))
    with pytest.raises(BadList, match=f"at most {MAX_PATTERNS} patterns"):
        check_list("/wo+rd/\n" * (MAX_PATTERNS + 1))


def test_patterns_that_are_too_large_together_are_refused() -> None:
    with pytest.raises(BadList, match="too large together"):
        check_list("\n".join(rf"/x{{{n}}}\pL{{90}}y/" for n in range(1, 190)))


def test_absurd_list_is_refused_before_all_of_it_is_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled, compile_one = list[str](), words._compile

    def counted(pattern: str) -> Any:
        compiled.append(pattern)
        return compile_one(pattern)

    monkeypatch.setattr(words, "_compile", counted)
    with pytest.raises(BadList, match="too large together"):
        check_list("\n".join(rf"/\pL{{60}}{n}/" for n in range(MAX_PATTERNS)))
    assert len(compiled) < 10


def test_pattern_that_others_never_end_with_takes_no_time() -> None:
    lines = check_list("/(a+)+$/\n/(x+x+)+y/")
    start = time.perf_counter()
    assert find(lines, "a" * 9_000 + "! " + "x" * 1_000) == ""
    assert time.perf_counter() - start < 0.5


def test_two_thousand_words_are_looked_for_in_milliseconds() -> None:
    lines = check_list("\n".join(f"word{n} other{n}*" for n in range(MAX_LINES)))
    find(lines, "made once")
    start = time.perf_counter()
    assert find(lines, "hello world, this is text " * 350) == ""
    assert time.perf_counter() - start < 0.1

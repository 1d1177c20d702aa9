"""Who an answer is about: subjects, names and flags as providers write them, and as somebody hostile would."""

from __future__ import annotations

from typing import Any

import pytest

from auth.identity import Fields, read_identity

SUBJECTS = [("5", "5"), (5, "5"), (2**63, str(2**63)), (" a ", " a "), ("0", "0"), (0, "0")]
NO_SUBJECTS: list[Any] = [None, "", "  ", True, False, 5.0, [], {}, ["5"], 2**200]


@pytest.mark.parametrize(("value", "subject"), SUBJECTS)
def test_a_subject_is_text_however_it_looks(value: Any, subject: str) -> None:
    identity = read_identity("i", Fields(), {"sub": value})
    assert identity is not None
    assert identity.subject == subject


@pytest.mark.parametrize("value", NO_SUBJECTS)
def test_what_cannot_be_a_subject_is_nobody(value: Any) -> None:
    assert read_identity("i", Fields(), {"sub": value}) is None


@pytest.mark.parametrize(
    ("value", "verified"),
    [
        (True, True),
        ("true", True),
        (False, False),
        ("false", False),
        ("yes", False),
        (1, None),
        (None, None),
        ([], None),
    ],
)
def test_only_a_plain_yes_says_that_an_address_is_verified(value: Any, verified: bool | None) -> None:
    identity = read_identity("i", Fields(), {"sub": "s", "email_verified": value})
    assert identity is not None
    assert identity.email_verified is verified


@pytest.mark.parametrize("url", ["javascript:alert(1)", "//x", "data:,x", "https://a b", "https://ü", 5, {"url": "x"}])
def test_addresses_of_pictures_and_profiles_are_of_the_web_or_none(url: Any) -> None:
    identity = read_identity("i", Fields(), {"sub": "s", "picture": url, "profile": url})
    assert identity is not None
    assert identity.avatar is identity.profile is None


def test_a_name_may_be_in_two_parts() -> None:
    names: list[tuple[dict[str, Any], str | None]] = [
        ({"given_name": "Jane", "family_name": "Doe", "preferred_username": "j"}, "Jane Doe"),
        ({"given_name": "Jane", "family_name": ""}, "Jane"),
        ({"name": " ", "preferred_username": "j"}, "j"),
        ({"name": {"first": "Jane"}}, None),
    ]
    for answer, name in names:
        identity = read_identity("i", Fields(), {"sub": "s", **answer})
        assert identity is not None
        assert identity.name == name


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{a.b}", "one"),
        ("{list.0.name}", "first"),
        ("{list.1.name}", None),
        ("{list.x}", None),
        ("{list.-1.name}", None),
        ("{a.b.c}", None),
        ("{https://x.example/a.b}", "two"),
        ("{a.b}-{https://x.example/a.b}", "one-two"),
        ("{a.b}-{none}", None),
    ],
)
def test_a_place_is_found_in_members_lists_and_names_with_dots(template: str, text: str | None) -> None:
    answer = {"sub": "s", "a": {"b": "one"}, "list": [{"name": "first"}], "https://x.example/a.b": "two"}
    identity = read_identity("i", Fields(name=(template,)), answer)
    assert identity is not None
    assert identity.name == text

"""Names that can be taken for each other have one look; others have not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from widget.looks import can_pass_for, look_of

ALIKE = {
    "Alice Moss": (
        "alice moss", "ALICE MOSS", "AliceMoss", "Alice  Moss", "Alice-Moss", "Alice.Moss_", "A l i c e  Moss",
        "AIice Moss", "A1ice Moss", "Аlice Mоss", "Álice Möss", "Ａｌｉｃｅ Ｍｏｓｓ", "𝓐𝓵𝓲𝓬𝓮 𝓜𝓸𝓼𝓼", "Alice M0ss",
    ),
    "Mara Lindqvist": ("rnara lindqvist", "Mаra Lindqvist", "Mara Lindqvíst", "MARA IINDQVIST"),
    "BOB": ("ВОВ", "bob", "Воb"),
    "Paul": ("Раul", "PAUL", "PauI", "Pau1"),
    "Will": ("VVill", "wiII", "W1ll"),
    "Иван": ("ИВАН", "И в а н", "Ивaн"),
    "谷川はるか": ("⾕川はるか",),
    "Straße": ("STRASSE", "strasse"),
}  # fmt: skip


@pytest.mark.parametrize(("name", "others"), ALIKE.items())
def test_name_can_pass_for_one_that_looks_like_it(name: str, others: tuple[str, ...]) -> None:
    assert [other for other in (name, *others) if look_of(name) not in can_pass_for(other)] == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Alice", "Alicia"), ("Ann", "Anna"), ("Bill", "Bil"), ("Tom", "Tim"), ("Ada Moss", "Ada Ross"),
        ("Иван", "Ирина"), ("谷川はるか", "谷川はるみ"), ("Kit", "Kat"), ("!?", "??"), ("😀", "😎"),
    ],
)  # fmt: skip
def test_name_cannot_pass_for_another(one: str, other: str) -> None:
    assert look_of(one) not in can_pass_for(other)
    assert look_of(other) not in can_pass_for(one)


@given(st.text(min_size=1))
def test_every_name_has_a_look(name: str) -> None:
    assert look_of(name)


@given(st.text(st.characters(categories=("L", "N"))))
def test_blanks_and_dashes_do_not_count(name: str) -> None:
    assert look_of(" - ".join(name)) == look_of(name)


@given(st.text())
def test_name_can_pass_for_itself_and_its_capitals(name: str) -> None:
    assert look_of(name) in can_pass_for(name)
    assert look_of(name.casefold()) == look_of(name)

"""Questions that come together are asked together, and each gets its own answer."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from widget.batch import Batch


class Library:
    """Knows a few things, and what it was asked."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []
        self.fails = False

    async def __call__(self, keys: Sequence[str]) -> dict[str, str]:
        self.asked.append(list(keys))
        if self.fails:
            raise OSError("closed")
        return {key: key.upper() for key in keys if key != "unknown"}


async def test_questions_of_one_moment_share_a_query() -> None:
    library = Library()
    batch = Batch(library)
    assert await asyncio.gather(*map(batch.get, ["a", "b", "a", "unknown"])) == ["A", "B", "A", None]
    assert library.asked == [["a", "b", "unknown"]]
    assert await batch.get("c") == "C"
    assert library.asked[1:] == [["c"]]


async def test_question_asked_while_others_are_answered_is_asked_anew() -> None:
    library = Library()
    asking, release = asyncio.Event(), asyncio.Event()

    async def slowly(keys: Sequence[str]) -> dict[str, str]:
        asking.set()
        await release.wait()
        return await library(keys)

    batch = Batch(slowly)
    first = asyncio.create_task(batch.get("a"))
    await asking.wait()
    second = asyncio.create_task(batch.get("a"))
    asking.clear()
    await asking.wait()
    release.set()
    assert [await first, await second] == ["A", "A"]
    assert library.asked == [["a"], ["a"]]


async def test_failure_is_told_to_everybody_and_forgotten() -> None:
    library = Library()
    library.fails = True
    batch = Batch(library)
    failed = await asyncio.gather(*map(batch.get, "ab"), return_exceptions=True)
    assert [str(error) for error in failed] == ["closed", "closed"]
    library.fails = False
    assert await batch.get("a") == "A"


async def test_who_goes_away_takes_nobody_along() -> None:
    batch = Batch(Library())
    leaving, staying = asyncio.create_task(batch.get("a")), asyncio.create_task(batch.get("b"))
    await asyncio.sleep(0)
    leaving.cancel()
    assert await staying == "B"
    with pytest.raises(asyncio.CancelledError):
        await leaving

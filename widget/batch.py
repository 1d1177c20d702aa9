"""Many small questions as one: those that come within a moment share a query."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Batch(Generic[K, V]):
    """`ask` answers for many keys at once; what it leaves out has no answer. A question waits `seconds` for others."""

    def __init__(self, ask: Callable[[Sequence[K]], Awaitable[Mapping[K, V]]], *, seconds: float = 0.02) -> None:
        self._ask = ask
        self._seconds = seconds
        self._keys: list[K] = []
        self._gathering: asyncio.Task[Mapping[K, V]] | None = None

    async def get(self, key: K) -> V | None:
        """Raises what `ask` raises."""
        if self._gathering is None:
            self._gathering = asyncio.create_task(self._answers())
        gathering = self._gathering
        self._keys.append(key)
        return (await asyncio.shield(gathering)).get(key)  # whoever goes away takes nobody along

    async def _answers(self) -> Mapping[K, V]:
        await asyncio.sleep(self._seconds)
        keys, self._keys, self._gathering = self._keys, [], None
        return await self._ask(list(dict.fromkeys(keys)))

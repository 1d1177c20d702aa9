"""A challenge that nobody can solve, to see what is there while somebody tries."""

from __future__ import annotations

import json

from playwright.async_api import Route


async def make_endless(route: Route) -> None:
    """No key begins so."""
    answer = await route.fetch()
    told = await answer.json()
    told["error"]["challenge"]["parameters"]["keyPrefix"] = "zz"
    await route.fulfill(response=answer, body=json.dumps(told))

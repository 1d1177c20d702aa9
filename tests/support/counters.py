"""Whether every number that is kept is the one that counting again gives."""

from __future__ import annotations

import sqlalchemy as sa

from tests.support.rows import recount, rows_of
from tests.support.service import World
from widget import models
from widget.db import Tx


async def check_counters(world: World) -> None:
    """Comments of a page, replies below a comment, likes and score (likes less dislikes) of a comment."""
    for site in (world.blog, world.shop):
        rows = await rows_of(world, site)
        assert rows == recount(rows)
    kept, counted = await world.db.read(_likes)
    assert kept == counted


def _likes(tx: Tx) -> tuple[dict[int, tuple[int, int]], dict[int, tuple[int, int]]]:
    comment, like = models.comments.c, models.likes.c
    kept = {row[0]: (row[1], row[2]) for row in tx.conn.execute(sa.select(comment.id, comment.likes, comment.score))}
    given = tx.conn.execute(sa.select(like.comment_id, like.value)).all()
    values = {comment_id: [row.value for row in given if row.comment_id == comment_id] for comment_id in kept}
    return kept, {comment_id: (each.count(1), sum(each)) for comment_id, each in values.items()}

"""SQL of the log of moderation. Lines are added; nothing changes or removes one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec
import sqlalchemy as sa

from widget import ids
from widget.db import Tx
from widget.models import actions, people

Values = dict[str, Any]  # columns of the target


class Line(NamedTuple):
    """What is to be written. `before` and `after` hold the columns that changed, by name."""

    verb: str
    target: str  # comment, person, page
    target_id: int
    before: Values
    after: Values
    undoes: int | None = None


class Action(NamedTuple):
    """A line as it was written, with who did it; `undone` is the id of the line that took it back."""

    id: int
    batch_id: int
    person_id: int | None
    name: str | None
    verb: str
    target: str
    target_id: int
    reason: str
    before: Values
    after: Values
    undoes: int | None
    undone: int | None

    @property
    def at(self) -> int:
        """Unix ms."""
        return ids.time_of(self.id)


_undoing = actions.alias("undoing")
_UNDONE = (  # at most one; for max(id) SQLite reads the whole log instead of the index
    sa.select(_undoing.c.id)
    .where(_undoing.c.site_id == actions.c.site_id, _undoing.c.undoes == actions.c.id)
    .limit(1)
    .scalar_subquery()
)
_SELECT: sa.Select[Any] = sa.select(
    *(actions.c[name] for name in ("id", "batch_id", "person_id")),
    people.c.name,
    *(actions.c[name] for name in ("verb", "target", "target_id", "reason", "before", "after", "undoes")),
    _UNDONE,
).select_from(actions.outerjoin(people, people.c.id == actions.c.person_id))


def add_actions(tx: Tx, site_id: int, person_id: int | None, lines: Sequence[Line], reason: str = "") -> int:
    """Write the lines of one deed; the deed's id, which is that of its first line."""
    batch_id = _free_ids(tx, site_id, len(lines))
    tx.conn.execute(
        sa.insert(actions),
        [
            {
                **line._asdict(),
                "site_id": site_id,
                "id": batch_id + number,
                "batch_id": batch_id,
                "person_id": person_id,
                "reason": reason,
                "before": msgspec.json.encode(line.before).decode(),
                "after": msgspec.json.encode(line.after).decode(),
            }
            for number, line in enumerate(lines)
        ],
    )
    return batch_id


def _free_ids(tx: Tx, site_id: int, count: int) -> int:
    """The first of `count` ids behind each other, so that a deed's lines keep their order."""
    while True:
        first = ids.new_id(tx.now)
        taken = sa.select(actions.c.id).where(actions.c.site_id == site_id, actions.c.id.between(first, first + count))
        if tx.conn.execute(taken.limit(1)).first() is None:
            return first


def list_batch(tx: Tx, site_id: int, batch_id: int) -> list[Action]:
    """In the order in which they were written. Sorted here: for ORDER BY id SQLite reads the site's whole log."""
    query = _SELECT.where(actions.c.site_id == site_id, actions.c.batch_id == batch_id)
    return sorted((_action(row) for row in tx.conn.execute(query)), key=lambda action: action.id)


def list_actions(tx: Tx, site_id: int, before: int, limit: int) -> list[Action]:
    """The newest of a site whose ids are below `before`."""
    query = _SELECT.where(actions.c.site_id == site_id, actions.c.id < before)
    return [_action(row) for row in tx.conn.execute(query.order_by(actions.c.id.desc()).limit(limit))]


def list_actions_on(tx: Tx, site_id: int, target: str, target_ids: Sequence[int]) -> list[Action]:
    """All that was done to these, the newest first."""
    query = _SELECT.where(actions.c.site_id == site_id, actions.c.target == target, actions.c.target_id.in_(target_ids))
    return [_action(row) for row in tx.conn.execute(query.order_by(actions.c.id.desc()))]


def _action(row: sa.Row[Any]) -> Action:
    values = dict(zip(Action._fields, row, strict=True))
    return Action(**{**values, **{name: msgspec.json.decode(values[name]) for name in ("before", "after")}})

"""Rows to a tree: pure. Reading order, nesting up to a depth, and whose list each comment stands in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from widget.store.comments import Comment, ids_in


@dataclass(slots=True)
class Node:
    """`under` is the node whose list it stands in; `flattened` says that this is not its real parent's list."""

    comment: Comment
    level: int
    under: Node | None = None
    flattened: bool = False
    children: list[Node] = field(default_factory=list)


def reading_order(roots: Sequence[Comment], replies: Iterable[Comment]) -> list[Comment]:
    """Roots as they come, each followed by its replies in path order. Replies may come in any order."""
    by_root: dict[int, list[Comment]] = {root.id: [] for root in roots}
    for reply in replies:
        if reply.root_id in by_root:
            by_root[reply.root_id].append(reply)
    return [comment for root in roots for comment in (root, *sorted(by_root[root.id], key=lambda reply: reply.path))]


def build(comments: Iterable[Comment], visible_depth: int) -> list[Node]:
    """Nest comments that come in reading order; the nodes that stand in no other's list.

    Below `visible_depth` levels a reply stands in its parent's list, behind it. A reply whose parent is not among the
    rows stands under its nearest ancestor that is, or else at the top.
    """
    nodes: dict[int, Node] = {}
    top: list[Node] = []
    for comment in comments:
        parent = _parent_shown(comment, nodes)
        if parent is None:
            node = Node(comment, 0)
        elif parent.level < visible_depth:
            node = Node(comment, parent.level + 1, parent, flattened=parent.comment.id != comment.parent_id)
        else:
            node = Node(comment, parent.level, parent.under, flattened=True)
        nodes[comment.id] = node
        (node.under.children if node.under else top).append(node)
    return top


def _parent_shown(comment: Comment, nodes: dict[int, Node]) -> Node | None:
    """The parent, which the path need not name (deeper than paths reach), or the nearest ancestor that it does name."""
    if comment.parent_id is None:
        return None
    if comment.parent_id in nodes:
        return nodes[comment.parent_id]
    return next((nodes[ancestor] for ancestor in reversed(ids_in(comment.path)[:-1]) if ancestor in nodes), None)

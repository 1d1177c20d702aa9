"""Rows to a tree, whatever the thread: made by chance, and in any order."""

from __future__ import annotations

from collections.abc import Iterator

from hypothesis import given, settings
from hypothesis import strategies as st

from widget.store.comments import Comment, ids_in
from widget.tree import Node, build, reading_order

LEVELS = 6  # ids that a path holds here; 320 in the service


def comment(number: int, parent: Comment | None) -> Comment:
    above = parent.path[: LEVELS * 8] if parent else b""
    path = above + number.to_bytes(8, "big")
    return Comment(
        id=number,
        page_id=1,
        merged_from=None,
        parent_id=parent.id if parent else None,
        root_id=ids_in(path)[0],
        path=path,
        depth=len(path) // 8 - 1,
        person_id=1,
        provider="",
        status="approved",
        text="",
        html="",
        edited_at=None,
        likes=0,
        score=0,
        replies=0,
        pinned_at=None,
        author_name="",
        author_url=None,
        author_role=None,
        author_avatar=None,
    )


@st.composite
def threads(draw: st.DrawFn) -> list[Comment]:
    """Comments in the order in which they were written: each answers an earlier one, or nobody."""
    written: list[Comment] = []
    for number, chance in enumerate(draw(st.lists(st.integers(0, 1_000), min_size=1, max_size=40)), 1):
        answered = chance % (len(written) + 1)
        written.append(comment(number, written[answered - 1] if answered else None))
    return written


def shuffled(rows: list[Comment]) -> st.SearchStrategy[list[Comment]]:
    return st.permutations(rows)


def walk(nodes: list[Node]) -> Iterator[Node]:
    for node in nodes:
        yield node
        yield from walk(node.children)


@given(threads().flatmap(lambda rows: st.tuples(st.just(rows), shuffled(rows))))
@settings(deadline=None)
def test_rows_in_any_order_are_read_in_one(drawn: tuple[list[Comment], list[Comment]]) -> None:
    written, rows = drawn
    roots = [row for row in written if not row.depth]
    order = reading_order(roots, [row for row in rows if row.depth])
    assert sorted(order) == sorted(written)
    places = {row.id: place for place, row in enumerate(order)}
    assert all(row.parent_id is None or places[row.parent_id] < places[row.id] for row in order)
    assert [row.root_id for row in order if not row.depth] == [row.id for row in roots]
    branches = [row.root_id for row in order]
    assert branches == sorted(branches, key=[root.id for root in roots].index)


def test_replies_of_roots_that_are_not_there_are_left_out() -> None:
    here, elsewhere = comment(1, None), comment(2, None)
    assert reading_order([here], [comment(3, elsewhere), comment(4, here)]) == [here, comment(4, here)]


def in_order(written: list[Comment]) -> list[Comment]:
    return reading_order([row for row in written if not row.depth], [row for row in written if row.depth])


@given(threads(), st.integers(0, 8))
@settings(deadline=None)
def test_every_comment_stands_once_and_never_deeper_than_shown(written: list[Comment], visible_depth: int) -> None:
    nodes = list(walk(build(in_order(written), visible_depth)))
    assert sorted(node.comment.id for node in nodes) == sorted(row.id for row in written)
    assert all(node.level <= visible_depth for node in nodes)
    for node in nodes:
        assert all(child.under is node and child.level == node.level + 1 for child in node.children)


@given(threads(), st.integers(0, 8))
@settings(deadline=None)
def test_comment_stands_under_its_parent_or_says_whom_it_answers(written: list[Comment], visible_depth: int) -> None:
    for node in walk(build(in_order(written), visible_depth)):
        under = node.under.comment.id if node.under else None
        assert node.flattened == (under != node.comment.parent_id)


@given(threads(), st.integers(0, 8), st.sets(st.integers(1, 40)))
@settings(deadline=None)
def test_comment_without_its_parent_stands_under_its_nearest_ancestor(
    written: list[Comment], visible_depth: int, missing: set[int]
) -> None:
    shown = [row for row in in_order(written) if row.id not in missing or not row.depth]
    nodes = {node.comment.id: node for node in walk(build(shown, visible_depth))}
    assert nodes.keys() == {row.id for row in shown}
    assert [row.id for row in shown if nodes[row.id].under is None and row.depth and visible_depth] == []
    for node in nodes.values():
        if node.under and node.level < visible_depth:
            assert node.under.comment.id in (*ids_in(node.comment.path), node.comment.parent_id)

"""Finding comments among nested views."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from widget.views import CommentView


def find_view(views: Sequence[CommentView], comment_id: str, parent: str = "") -> CommentView | None:
    """The comment of that id among views and all below them; its `parent` says in whose list it stands."""
    for view in views:
        if view.id == comment_id:
            view.parent = parent
            return view
        found = find_view(view.children, comment_id, view.id)
        if found is not None:
            return found
    return None


def hanging_views(views: Sequence[CommentView], known: Collection[str], parent: str = "") -> list[CommentView]:
    """The highest views that are not `known`, each with its `parent`: what a fragment adds to a thread."""
    found: list[CommentView] = []
    for view in views:
        if view.id in known:
            found += hanging_views(view.children, known, view.id)
        else:
            view.parent = parent
            found.append(view)
    return found


def flat_views(views: Sequence[CommentView], parent: str = "") -> Iterator[CommentView]:
    """All of them, each with its `parent` and without what stands below it."""
    for view in views:
        children, view.children = view.children, []
        view.parent = parent
        yield view
        yield from flat_views(children, view.id)

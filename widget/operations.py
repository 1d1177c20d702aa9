"""The operations of the JSON interface as a table: address, method, what is taken, what is answered."""

from __future__ import annotations

from typing import NamedTuple

from widget import api


class Operation(NamedTuple):
    name: str  # `routes.py` has its handler
    method: str
    path: str  # below /api/v1
    summary: str
    answer: type | None  # None: no body
    body: type | None = None
    query: tuple[str, ...] = ()
    status: int = 200
    headers: tuple[str, ...] = ()
    errors: tuple[int, ...] = ()


_PAGE = ("url", "id")
_CHANGE = (403, 404, 429, 503)
_BODY = (400, 413, 415, 422)  # what reading one may end with
_MODERATORS = (401, 403, 404, 503)

OPERATIONS = (
    Operation(
        "thread", "GET", "/{site}/thread", "A page of 50 roots, each with its first 10 replies.", api.ThreadOut,
        query=(*_PAGE, "sort", "cursor"), errors=(400, 404, 422, 503),
    ),
    Operation(
        "replies", "GET", "/{site}/comments/{id}/replies", "Further replies of a root, in path order.", api.RepliesOut,
        query=("cursor",), errors=(400, 404, 503),
    ),
    Operation(
        "likers", "GET", "/{site}/comments/{id}/likes", "Who likes a comment.", api.LikersOut,
        query=("cursor",), errors=(400, 404, 503),
    ),
    Operation(
        "post", "POST", "/{site}/comments", "Post a comment or a reply.", api.CommentOut, body=api.CommentIn,
        status=201, headers=("Idempotency-Key",), errors=(401, 409, *_BODY, *_CHANGE),
    ),
    Operation(
        "edit", "PATCH", "/{site}/comments/{id}", "Replace the text of one's own comment.", api.CommentOut,
        body=api.TextIn, errors=(401, 409, *_BODY, *_CHANGE),
    ),
    Operation(
        "delete", "DELETE", "/{site}/comments/{id}", "Delete one's own comment; the answer is what stays in its place.",
        api.CommentOut, errors=(401, 409, *_CHANGE),
    ),
    Operation(
        "like", "PUT", "/{site}/comments/{id}/like", "Like a comment.", api.LikedOut,
        errors=(401, 409, *_CHANGE),
    ),
    Operation(
        "unlike", "DELETE", "/{site}/comments/{id}/like", "Take a like back.", api.LikedOut,
        errors=(401, 409, *_CHANGE),
    ),
    Operation(
        "report", "POST", "/{site}/comments/{id}/report", "Tell moderators that a comment should not be there.", None,
        body=api.ReportIn, status=204, errors=(409, *_BODY, *_CHANGE),
    ),
    Operation(
        "dislike", "PUT", "/{site}/comments/{id}/dislike", "Dislike a comment, where the site has that.", api.LikedOut,
        errors=(401, 409, *_CHANGE),
    ),
    Operation(
        "undislike", "DELETE", "/{site}/comments/{id}/dislike", "Take a dislike back.", api.LikedOut,
        errors=(401, 409, *_CHANGE),
    ),
    Operation(
        "preview", "POST", "/{site}/preview", "How a text will look.", api.HtmlOut, body=api.TextIn,
        errors=(*_BODY, *_CHANGE),
    ),
    Operation(
        "counts", "GET", "/{site}/counts", "Approved comments of up to 200 pages, by URL or id as sent.", api.CountsOut,
        query=_PAGE, errors=(404, 422, 503),
    ),
    Operation(
        "latest", "GET", "/{site}/latest", "The newest comments of the site.", api.LatestOut,
        query=("limit",), errors=(404, 422, 503),
    ),
    Operation(
        "me", "GET", "/{site}/me", "Who reads, and what is theirs on a page.", api.MeOut,
        query=_PAGE, errors=(403, 404, 422, 503),
    ),
    Operation(
        "pin", "PUT", "/{site}/comments/{id}/pin", "Let a comment stand before all others of its page.", api.PinnedOut,
        errors=(409, 422, *_MODERATORS),
    ),
    Operation(
        "unpin", "DELETE", "/{site}/comments/{id}/pin", "Let it go back to its place.", api.PinnedOut,
        errors=_MODERATORS,
    ),
    Operation(
        "set_status", "PUT", "/{site}/comments/{id}/status", "Decide on a comment, as a moderator.", api.DecidedOut,
        body=api.StatusIn, errors=(409, *_BODY, *_MODERATORS),
    ),
    Operation(
        "undo", "POST", "/{site}/undo", "Take back what a moderator did.", api.UndoneOut, body=api.UndoIn,
        errors=(409, *_BODY, *_MODERATORS),
    ),
    Operation(
        "ban", "PUT", "/{site}/people/{id}/ban", "Keep somebody from writing and liking.", api.BannedOut,
        body=api.BanIn, errors=(*_BODY, *_MODERATORS),
    ),
    Operation(
        "unban", "DELETE", "/{site}/people/{id}/ban", "Let somebody take part again.", api.BannedOut,
        errors=_MODERATORS,
    ),
    Operation(
        "lock", "PUT", "/{site}/lock", "Close a page to new comments.", api.LockedOut, query=_PAGE,
        errors=(422, *_MODERATORS),
    ),
    Operation(
        "unlock", "DELETE", "/{site}/lock", "Open a page again.", api.LockedOut, query=_PAGE,
        errors=(422, *_MODERATORS),
    ),
)  # fmt: skip

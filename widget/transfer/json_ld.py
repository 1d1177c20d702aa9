"""A thread as search engines read it: JSON-LD in the words of schema.org, written comment by comment.

Source: Google Search Central, "Discussion forum (DiscussionForumPosting) structured data"; schema.org/Comment.
"""

from __future__ import annotations

from typing import Any

import msgspec

from widget import ids
from widget.store.comments import Comment
from widget.text import visible_text
from widget.transfer.reading_order import Placed


class JsonLd:
    """One page's document, in parts: `head`, each comment by `part`, and `tail`."""

    def __init__(self, url: str, title: str, begun_at: int, comments: int, publisher: tuple[str, str]) -> None:
        """`begun_at` is in Unix ms, `publisher` the site's name and address; 0 comments: it is not known how many."""
        self._url = url
        self._open = 0  # lists of comments inside the outermost
        self._first = True
        name, address = publisher
        posting: dict[str, Any] = {
            "@context": "https://schema.org",
            "@type": "DiscussionForumPosting",
            "@id": f"{url}#comments",
            "url": url,
            "headline": title,
            "author": {"@type": "Organization", "name": name, "url": address},
            "datePublished": ids.rfc3339(begun_at),
            "sharedContent": {"@type": "WebPage", "url": url},
        }
        if comments:
            posting["interactionStatistic"] = _counter("CommentAction", comments)
        self.head = _begun(posting)

    def part(self, placed: Placed) -> str:
        """Comments nest as they answer each other."""
        inside = self._first or placed.depth > self._open
        closing = "" if inside else "]}" * (self._open - placed.depth + 1) + ","
        self._first, self._open = False, placed.depth
        return f"{closing}\n{_begun(self._told(placed.comment))}"

    @property
    def tail(self) -> str:
        return ("" if self._first else "]}" * (self._open + 1)) + "]}\n"

    def _told(self, comment: Comment) -> dict[str, Any]:
        address = f"{self._url}#comment-{ids.encode(comment.id)}"
        about: dict[str, Any] = {"@type": "Comment", "@id": address, "url": address}
        about["datePublished"] = ids.rfc3339(comment.created_at)
        if comment.status != "approved":
            return {**about, "creativeWorkStatus": "Deleted"}
        author = {"@type": "Person", "name": comment.author_name or ""}
        about["author"] = {**author, "url": comment.author_url} if comment.author_url else author
        if comment.edited_at is not None:
            about["dateModified"] = ids.rfc3339(comment.edited_at)
        about["text"] = visible_text(comment.html)
        if comment.likes:
            about["interactionStatistic"] = _counter("LikeAction", comment.likes)
        return about


def _counter(action: str, count: int) -> dict[str, Any]:
    kind = f"https://schema.org/{action}"
    return {"@type": "InteractionCounter", "interactionType": kind, "userInteractionCount": count}


def encoded(value: dict[str, Any]) -> str:
    """JSON that can stand in a script element as it is."""
    return msgspec.json.encode(value).decode().replace("<", "\\u003c")


def _begun(value: dict[str, Any]) -> str:
    """An object that goes on with its comments."""
    return encoded(value).removesuffix("}") + ',"comment":['

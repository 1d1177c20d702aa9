"""Akismet, which knows the spam of many sites: its HTTP interface, 1.1 (akismet.com/developers/detailed-docs).

Asked before the unit of work, for a few seconds at most. Whatever goes wrong on the way, the comment waits for a
moderator: it is neither lost, nor does its writer see an error.
"""

from __future__ import annotations

import asyncio
import logging
from typing import NamedTuple

import httpx2

from widget.spam.verdicts import Verdict

logger = logging.getLogger("palaver.akismet")
SECONDS = 3.0
CHECK = "akismet"


class Question(NamedTuple):
    """A comment, in Akismet's words. `blog` is an origin of the site; "" is what is not known."""

    blog: str
    user_ip: str
    comment_content: str
    comment_author: str = ""
    comment_author_email: str = ""
    comment_author_url: str = ""
    permalink: str = ""
    user_agent: str = ""


class Akismet:
    """`url` is the origin of its servers, or of what stands in for them. The caller closes `http`."""

    def __init__(self, http: httpx2.AsyncClient, url: str, key: str, *, seconds: float = SECONDS) -> None:
        self._http = http
        self._url = url
        self._key = key
        self._seconds = seconds

    async def check(self, question: Question) -> Verdict:
        """comment-check: what it says, `approved` where that is nothing; `pending` where it says nothing usable."""
        answer = await self._ask("comment-check", question)
        if answer is None:
            return Verdict("pending", CHECK, "Akismet could not be reached")
        if answer.text == "true":
            sure = answer.headers.get("x-akismet-pro-tip") == "discard"
            return Verdict("spam", CHECK, "Akismet is sure that it is spam" if sure else "Akismet takes it for spam")
        if answer.text == "false":
            return Verdict("approved", CHECK, "Akismet has nothing against it")
        logger.warning("Akismet did not say whether it is spam: %s", _why(answer))
        return Verdict("pending", CHECK, "Akismet did not answer the question")

    async def submit(self, question: Question, *, spam: bool) -> None:
        """submit-spam or submit-ham: a moderator decided otherwise."""
        await self._ask("submit-spam" if spam else "submit-ham", question)

    async def verify(self, blog: str) -> bool | None:
        """verify-key: whether the key is good; None where nobody says."""
        answer = await self._ask("verify-key", Question(blog, "", ""))
        if answer is None or answer.text not in ("valid", "invalid"):
            return None
        return answer.text == "valid"

    async def _ask(self, call: str, question: Question) -> httpx2.Response | None:
        """The answer; None, and a line in the log, where there is none."""
        told = {name: value for name, value in question._asdict().items() if value}
        # `key` is what verify-key was asked with before all calls took `api_key`
        form = {"api_key": self._key, "key": self._key, "comment_type": "comment", "blog_charset": "UTF-8", **told}
        try:
            async with asyncio.timeout(self._seconds):  # for all of it: the client's own count for each step
                answer = await self._http.post(f"{self._url}/1.1/{call}", data=form)
        except (httpx2.HTTPError, TimeoutError) as error:
            logger.warning("Akismet does not answer: %s", type(error).__name__)
            return None
        if answer.status_code != 200:
            logger.warning("Akismet answers %s: %s", call, _why(answer))
            return None
        return answer


def _why(answer: httpx2.Response) -> str:
    return answer.headers.get("x-akismet-debug-help") or f"status {answer.status_code}"

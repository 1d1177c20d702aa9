"""What the checks know of a comment before it is kept."""

from __future__ import annotations

from typing import NamedTuple

from widget.spam.bayes import Score


class Submission(NamedTuple):
    text: str  # as it was written
    links: tuple[str, ...] = ()  # addresses it leads to
    name: str = ""
    email: str = ""
    website: str = ""
    address: str = ""  # as `limits.client_address` gives it
    approved: int = 0  # the author's approved comments on the site so far; counted no further than the site asks
    flagged: bool = False  # was there spam of the author or from the address within a month?
    copies: int = 0  # of the same text, by others on the site within a day; counted to ten
    trap: str = ""  # what came in the field that people do not see
    seconds: float | None = None  # between the opening of the form and its sending; None: not known
    score: Score | None = None  # what the classifier says; None while it is silent

    @property
    def all_words(self) -> str:
        return "\n".join((self.text, self.name, self.email, self.website))

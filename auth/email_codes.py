"""The codes of sign-in by e-mail: made, kept as hashes, compared. A code belongs to one attempt and ends with it.

The link in the mail has a token of 256 bits; the code follows from it. So only hashes need to be kept, and the page
behind the link can still show the code.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

from auth.store import Attempt
from auth.tokens import hash_token, is_token, new_token

DIGITS = 8
MAX_MAILS = 3  # in one attempt
MAX_TRIES = 5  # that were wrong, in one attempt, whatever code was the last one


class EmailCode(NamedTuple):
    """What is kept of the code that an attempt waits for. `code_hash` is keyed: digits alone could be guessed."""

    attempt_id: str
    email: str
    code_hash: bytes
    link_hash: bytes
    mails: int = 1
    undelivered: bool = False  # the mail server did not take the last mail
    tries: int = 0


class Tried(NamedTuple):
    """What came of one try: the address that the code was sent to, if it was right ("" if not); else the tries left."""

    email: str
    left: int


class EmailStore(Protocol):
    """What sign-in by e-mail needs kept. Every method is one transaction; the application implements it."""

    async def set_email_code(self, code: EmailCode, max_mails: int) -> bool:
        """Keep a new code of an attempt. One that it has already is replaced, its mails and tries are counted on;
        False, and nothing is done, once `max_mails` were sent.
        """
        ...

    async def get_email_code(self, attempt_id: str) -> EmailCode | None: ...

    async def get_email_code_by_link(self, link_hash: bytes) -> EmailCode | None: ...

    async def try_email_code(self, attempt_id: str, code_hashes: Sequence[bytes], max_tries: int) -> Tried:
        """Compare, and count what is wrong; after `max_tries` nothing is right any more."""
        ...

    async def set_email_undelivered(self, link_hash: bytes) -> None: ...

    async def get_member_name(self, issuer: str, subject: str) -> str | None:
        """The name of the person who has that identity; None if nobody has."""
        ...

    async def has_staff_namesake(self, name: str) -> bool:
        """Whether a name can be taken for that of somebody who looks after the comments of a site."""
        ...


class EmailCodes:
    """`fingerprints` gives keyed hashes of some bytes, one for each secret key of the process; the first is kept."""

    def __init__(self, store: EmailStore, fingerprints: Callable[[bytes], Sequence[bytes]]) -> None:
        self._store = store
        self._fingerprints = fingerprints

    async def add(self, attempt: Attempt, email: str) -> str | None:
        """The token of the link that goes to that address; None once `MAX_MAILS` were sent."""
        token = new_token()
        kept = EmailCode(attempt.id, email, self._hashes(attempt, code_of(token))[0], hash_token(token))
        return token if await self._store.set_email_code(kept, MAX_MAILS) else None

    async def find(self, token: str) -> EmailCode | None:
        """What is kept of the code that a link is about."""
        return await self._store.get_email_code_by_link(hash_token(token)) if is_token(token) else None

    async def check(self, attempt: Attempt, code: str) -> Tried:
        return await self._store.try_email_code(attempt.id, self._hashes(attempt, code), MAX_TRIES)

    def _hashes(self, attempt: Attempt, code: str) -> Sequence[bytes]:
        """With the attempt's id, so that equal codes are not kept alike: what is kept for one window is nothing in
        another.
        """
        return self._fingerprints(f"e-mail code {attempt.id} {code}".encode())


def code_of(token: str) -> str:
    """The digits that follow from a link's token, and lead back to it for nobody."""
    number = int.from_bytes(hmac.digest(token.encode(), b"e-mail code", hashlib.sha256))
    return f"{number % 10**DIGITS:0{DIGITS}}"


def grouped(code: str) -> str:
    """As people read it: “1234 5678”."""
    return f"{code[: DIGITS // 2]} {code[DIGITS // 2 :]}"


def read_code(typed: str) -> str:
    """The digits of what somebody typed, blanks and dashes aside; "" if it is no code."""
    digits = re.sub(r"[\s\u2010-\u2015-]", "", typed)
    return digits if re.fullmatch(rf"[0-9]{{{DIGITS}}}", digits) else ""

"""A text on its way to becoming a comment: checked, rendered, and with what is known of how it came."""

from __future__ import annotations

import asyncio
import hashlib
import re
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

from widget.core import Actor, Core, fingerprints
from widget.errors import Invalid
from widget.names import clean_text
from widget.spam.proof import Proof
from widget.spam.verdicts import Verdict
from widget.text import MAX_TEXT_BYTES, render_markdown, visible_text

HASH_BYTES = 3  # few enough that 256 addresses of IPv4 share each: it tells visitors apart, and names none
SHORT = 400  # characters, as most comments have
_KEY = re.compile(r"([0-9a-f]{1,12})\.[\w-]+")
_WORD = re.compile(r"[^\W_]+")


class Written(NamedTuple):
    text: str
    html: str
    text_hash: int | None  # of the words alone (`text_hash`)
    address: str  # as `limits.client_address` gives it
    address_hashes: Sequence[str]  # by each secret key; the first is the one to keep
    trap: str = ""  # what came in the field that people do not see
    seconds: float | None = None  # for which the form was open; None: not known
    asked: Sequence[Verdict] = ()  # what others were asked, before the unit of work
    proof: Proof | None = None  # of work; None: it is not a matter


async def write(core: Core, actor: Actor, text: str) -> Written:
    """A checked text, rendered. Raises `Invalid` where nothing would be seen of it."""
    html = await render(text)
    return Written(text, html, text_hash(text), actor.address, address_hashes(core.secret_keys, actor.address))


def address_hashes(secret_keys: Sequence[str], address: str) -> list[str]:
    """By each key; none of an address that is not known."""
    macs = fingerprints(secret_keys, address.encode()) if address else []
    return [mac[:HASH_BYTES].hex() for mac in macs]


def check_text(text: str) -> str:
    """The text as it will be kept. Raises `Invalid` where nothing is left, or more than the limit."""
    cleaned = clean_text(text) if len(text) < 10 * MAX_TEXT_BYTES else text
    if not cleaned:
        raise _empty()
    size = len(cleaned.encode(errors="replace"))
    if size > MAX_TEXT_BYTES:
        sentence = f"A comment may have {MAX_TEXT_BYTES:,} bytes; this one has {size:,}."
        raise Invalid(sentence, code="text_too_long", fields={"text": sentence})
    return cleaned


async def render(text: str) -> str:
    """The HTML of a checked text. Raises `Invalid` where nothing of it would be seen (a lone “#”).

    A short one at once: that takes less than handing it to a thread. Brackets that open no link make even a short one
    take long.
    """
    if len(text) <= SHORT and "[" not in text:
        return _render(text)
    return await asyncio.to_thread(_render, text)


def _render(text: str) -> str:
    html = render_markdown(text)
    if not visible_text(html):
        raise _empty()
    return html


def _empty() -> Invalid:
    return Invalid("Write something first.", code="empty_text", fields={"text": "Write something first."})


def new_key(token: str, now: int) -> str:
    """An idempotency key that tells when its form was opened (Unix ms)."""
    return f"{now:x}.{token}"


def seconds_open(key: str, now: int) -> float | None:
    """How long a form with that key was open; None where the key does not tell."""
    found = _KEY.fullmatch(key)
    opened = int(found[1], 16) if found else now + 1
    return (now - opened) / 1000 if opened <= now else None


def text_hash(text: str) -> int | None:
    """63 bits that are the same for the same words, whatever their case and the signs between; None without words."""
    words = _WORD.findall(unicodedata.normalize("NFKC", text).casefold())
    if not words:
        return None
    return int.from_bytes(hashlib.blake2b(" ".join(words).encode(), digest_size=8).digest(), "big") >> 1

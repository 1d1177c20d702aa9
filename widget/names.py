"""What people type, made fit to keep: text, names, web addresses and e-mail addresses.

Everything from outside passes here once, on its way in. The functions answer "" or None for what cannot be used
and leave the sentence about it to the caller.
"""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from urllib.parse import quote, urlsplit

MAX_NAME_LENGTH = 80
MAX_URL_LENGTH = 2_000
MAX_EMAIL_LENGTH = 254  # RFC 5321, 4.5.3.1.3, less the angle brackets

_LINE_ENDS = re.compile("\r\n|[\r\x85\u2028\u2029]")
_NONCHARACTERS = "\ufdd0-\ufdef" + "".join(f"{chr(c)}{chr(c + 1)}" for c in range(0xFFFE, 0x110000, 0x10000))
# Controls but tab and line feed, lone surrogates, and what Unicode keeps out of all interchange (23.7).
_UNUSABLE = re.compile(f"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff{_NONCHARACTERS}]")
_MARKS_IN_TEXT = 30  # UAX #15, Stream-Safe Text Format; it also keeps normalising linear
_MARKS_IN_NAME = 6
_ZERO_WIDTH_JOINERS = "\u200c\u200d"
_LOOKS_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")  # letters and symbols that draw nothing


def clean_text(value: str) -> str:
    """Text of several lines as it is stored: the same but for what is listed here.

    Line ends become line feeds; control characters, lone surrogates and noncharacters go; so do combining marks beyond
    30 on one letter; the rest is put into Unicode's normal form C and trimmed at both ends. Text that shows
    nothing at all (zero-width characters alone) is "".
    """
    value = usable_text(value)
    if not value.isascii():
        value = unicodedata.normalize("NFC", _limit_marks(value, _MARKS_IN_TEXT))
    return value.strip() if _shows_something(value) else ""


def usable_text(value: str) -> str:
    """The same with line feeds as its only line ends, without controls, lone surrogates and noncharacters."""
    if value.replace("\n", " ").isprintable():  # then it holds none of them, and that is known at a tenth of the cost
        return value
    return _UNUSABLE.sub("", _LINE_ENDS.sub("\n", value))


def clean_name(value: str, limit: int = MAX_NAME_LENGTH) -> str:
    """A name or title on one line, at most `limit` characters; "" if nothing visible is left.

    White space becomes single spaces. Invisible characters go, direction overrides among them (one could write a
    name backwards, or two names that look the same), except joiners where scripts and emoji need them.
    """
    value = clean_text(value)
    if not value.isascii():
        value = unicodedata.normalize("NFC", _limit_marks(_without_invisible(value), _MARKS_IN_NAME))
    value = " ".join(value.split())
    return value[:limit].rstrip(" " + _ZERO_WIDTH_JOINERS) if _shows_something(value) else ""


def _limit_marks(value: str, limit: int) -> str:
    if not any(map(unicodedata.combining, value)):  # as nearly always, and known at a third of the cost
        return value
    kept: list[str] = []
    marks = 0
    for character in value:
        marks = marks + 1 if unicodedata.combining(character) else 0
        if marks <= limit:
            kept.append(character)
    return "".join(kept)


def _shows_something(value: str) -> bool:
    """Whether a letter, number, sign or punctuation mark is in it, or a code point too young for our tables (Cn), of
    usable text.
    """
    if value.isascii():  # without controls, all is one of these or a blank
        return bool(value) and not value.isspace()
    return any(
        (category[0] in "LNSP" or category == "Cn") and character not in _LOOKS_BLANK
        for character, category in ((c, unicodedata.category(c)) for c in value)
    )


def _without_invisible(value: str) -> str:
    kept = []
    for before, character, after in zip(" " + value, value, value[1:] + " ", strict=False):
        needed = character in _ZERO_WIDTH_JOINERS and _joins(before) and _joins(after)
        if needed or _is_visible(character):
            kept.append(character)
    return "".join(kept)


def _is_visible(character: str) -> bool:
    return unicodedata.category(character) not in {"Cf", "Co"} and character not in _LOOKS_BLANK


def _joins(character: str) -> bool:
    """Whether a joiner beside it can mean anything: emoji and caseless scripts, but not the wide East Asian ones."""
    category = unicodedata.category(character)
    wide_letter = category == "Lo" and unicodedata.east_asian_width(character) == "W"
    return category in {"Lo", "Mn", "Mc", "So", "Sk", "Cn"} and not wide_letter


# What may stay as it is in a path, query and fragment: RFC 3986's characters, and "%" of what is encoded already.
_URL_SAFE = "/?#!$&'()*+,;=:@[]%~"
_URL_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f-\x9f\\\ud800-\udfff]")
_LABEL = "[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_HOST_LABEL = re.compile(rf"{_LABEL}\Z")
_PLAIN_HOST = re.compile(rf"(?:{_LABEL}\.)*{_LABEL}")


def clean_url(value: str, limit: int = MAX_URL_LENGTH) -> str | None:
    """An absolute http(s) address in ASCII, at most `limit` characters, or None.

    Refused: other schemes, no host, a user name or password before the host (it serves to deceive), back-slashes and
    control characters (browsers and libraries read them differently). Host names of any script become their ASCII
    form (RFC 5891); what else is not ASCII is percent-encoded (RFC 3986).
    """
    value = value.strip()
    if len(value) > limit or _URL_FORBIDDEN.search(value):
        return None
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not parts.netloc or "@" in parts.netloc:
        return None
    host = _ascii_host(parts.hostname or "")
    if host is None:
        return None
    rest = value.split("//", 1)[1][len(parts.netloc) :]
    cleaned = f"{parts.scheme}://{host}{'' if port is None else f':{port}'}{quote(rest, safe=_URL_SAFE)}"
    return cleaned if len(cleaned) <= limit else None


def _ascii_host(host: str) -> str | None:
    """The host in ASCII: an address as it is, a name by Punycode after the mapping of UTS #46 as far as it matters."""
    if len(host) <= 253 and _PLAIN_HOST.fullmatch(host):  # as nearly always, and known at a fifth of the cost
        return host
    if ":" in host:
        try:
            return f"[{ipaddress.IPv6Address(host)}]"
        except ValueError:
            return None
    host = unicodedata.normalize("NFKC", host.replace("\u3002", ".").lower())
    labels = [_ascii_label(label) for label in host.removesuffix(".").split(".")]
    name = ".".join(label for label in labels if label)
    return name if len(name) <= 253 and all(labels) else None


def _ascii_label(label: str) -> str | None:
    if not label.isascii():
        if len(label) > 63 or any(unicodedata.category(c)[0] not in "LMN" and c != "-" for c in label):
            return None
        label = "xn--" + label.encode("punycode").decode("ascii")
    return label if _HOST_LABEL.match(label) else None


# As browsers check <input type=email> (HTML Standard, 4.10.5.1.5), so that the form and the server agree.
_LOCAL_PART = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}\Z")


def clean_email(value: str) -> str | None:
    """An e-mail address with its host in lower-case ASCII, or None. The host needs a dot."""
    local, at, host = value.strip().rpartition("@")
    domain = _ascii_host(host)
    if not at or domain is None or "." not in domain or domain.startswith("[") or not _LOCAL_PART.match(local):
        return None
    address = f"{local}@{domain}"
    return address if len(address) <= MAX_EMAIL_LENGTH else None

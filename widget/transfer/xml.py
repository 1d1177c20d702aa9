"""XML as exports really hold it: streamed, without entities, and mended where writers are known to be careless."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Protocol
from xml.sax import SAXParseException
from xml.sax.handler import ContentHandler

from defusedxml import DefusedXmlException
from defusedxml.expatreader import create_parser

from widget.transfer.records import ImportFailed, Record

_CONTROLS = bytes(sorted({*range(0x20)} - {0x09, 0x0A, 0x0D}))  # not allowed in XML 1.0, 2.2
_AMPERSAND = re.compile(rb"&(?:(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#x[0-9a-fA-F]{1,6});)?")
_OPEN, _CLOSE = b"<![CDATA[", b"]]>"
_LONGEST = 12  # bytes that a reference or a marker may be cut at


class Mender:
    """Makes the bytes of a not quite well-formed file well-formed, as they come.

    Outside CDATA a bare `&` is escaped; everywhere control characters go, which XML cannot carry. Nothing else.
    """

    def __init__(self) -> None:
        self._inside = False
        self._rest = b""

    def feed(self, chunk: bytes, *, last: bool = False) -> bytes:
        data = (self._rest + chunk).translate(None, _CONTROLS)
        self._rest = b""
        done: list[bytes] = []
        while data:
            marker = _CLOSE if self._inside else _OPEN
            place = data.find(marker)
            if place < 0:
                whole = len(data) if last else _cut(data, self._inside)
                done.append(self._mend(data[:whole]))
                self._rest = data[whole:]
                break
            done.append(self._mend(data[:place]) + marker)
            data = data[place + len(marker) :]
            self._inside = not self._inside
        return b"".join(done)

    def _mend(self, data: bytes) -> bytes:
        return data if self._inside else _AMPERSAND.sub(_reference, data)


def _cut(data: bytes, inside: bool) -> int:
    """Up to where the data can be taken without cutting a marker or a reference."""
    tail = data[-_LONGEST:]
    place = tail.find(b"]") if inside else min((tail.find(sign) for sign in (b"&", b"<") if sign in tail), default=-1)
    return len(data) if place < 0 else len(data) - len(tail) + place


def _reference(match: re.Match[bytes]) -> bytes:
    reference = match[0]
    if reference == b"&":
        return b"&amp;"
    if reference.startswith(b"&#"):
        digits = reference[2:-1].decode()
        code = int(digits[1:], 16) if digits.startswith("x") else int(digits)
        allowed = (
            code in (9, 10, 13) or 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or 0x10000 <= code <= 0x10FFFF
        )
        return reference if allowed else b""
    return reference


class Reader(Protocol):
    """A SAX handler that gathers records."""

    def take(self) -> list[Record]: ...


def parse(name: str, chunks: Iterable[bytes], handler: ContentHandler, reader: Reader) -> Iterator[Record]:
    """Feed chunks to `handler` and yield what `reader` has gathered. Raises `ImportFailed` with the line."""
    parser = create_parser(forbid_dtd=True)
    parser.setContentHandler(handler)
    mender = Mender()
    try:
        for chunk in chunks:
            parser.feed(mender.feed(chunk))
            yield from reader.take()
        parser.feed(mender.feed(b"", last=True))
        parser.close()
    except SAXParseException as error:
        raise ImportFailed(
            f"{name}, line {error.getLineNumber()}: not readable as XML: {error.getMessage()}."
        ) from error
    except DefusedXmlException as error:
        raise ImportFailed(f"{name}: declares a document type, which no export has; it is refused.") from error
    yield from reader.take()

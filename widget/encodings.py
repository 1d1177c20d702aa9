"""Content codings (RFC 9110, 8.4): a document as brotli, gzip and plainly, each with its headers."""

from __future__ import annotations

import gzip
import hashlib
from typing import NamedTuple

Headers = list[tuple[bytes, bytes]]
_UNCHANGED = {b"cache-control", b"vary", b"content-security-policy", b"access-control-allow-origin"}


class Encoded(NamedTuple):
    """A document under one content coding. Few ask for it without any: that one is kept by gzip (`packed`)."""

    etag: bytes
    kept: bytes
    headers: Headers
    unchanged: Headers  # of 304
    packed: bool

    @property
    def body(self) -> bytes:
        return gzip.decompress(self.kept) if self.packed else self.kept


def digest_of(content: bytes) -> bytes:
    """What names the content in its ETags."""
    return hashlib.sha256(content).hexdigest()[:20].encode()


def encode_all(content: bytes, brotlied: bytes, gzipped: bytes, headers: Headers) -> dict[bytes, Encoded]:
    digest = digest_of(content)
    return {
        b"br": encoded(b"br", digest, brotlied, len(brotlied), headers),
        b"gzip": encoded(b"gzip", digest, gzipped, len(gzipped), headers),
        b"identity": encoded(b"identity", digest, gzipped, len(content), headers),
    }


def encoded(coding: bytes, digest: bytes, kept: bytes, length: int, headers: Headers) -> Encoded:
    """`length` is that of the body. The ETag is strong (RFC 9110, 8.8.3): it names content and coding."""
    etag = b'"' + digest + b"-" + coding[:2] + b'"'
    own = [(b"etag", etag), (b"content-length", str(length).encode())]
    packed = coding == b"identity"
    if not packed:
        own.append((b"content-encoding", coding))
    unchanged = [own[0], *(header for header in headers if header[0] in _UNCHANGED)]
    return Encoded(etag, kept, [*headers, *own], unchanged, packed)


def choose_encoding(accept: bytes) -> bytes:
    """Brotli, gzip or identity, by Accept-Encoding (RFC 9110, 12.5.3): what is not refused, in that order."""
    offered = {}
    for item in accept.lower().split(b","):
        coding, _, parameters = item.strip().partition(b";")
        offered[coding.strip()] = parameters.replace(b" ", b"") not in (b"q=0", b"q=0.0", b"q=0.00", b"q=0.000")
    for coding in (b"br", b"gzip"):
        if offered.get(coding, offered.get(b"*", False)):
            return coding
    return b"identity"

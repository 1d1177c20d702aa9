"""What the browser loads: read, hashed and compressed once, at start."""

from __future__ import annotations

import functools
import gzip
import hashlib
from pathlib import Path
from typing import NamedTuple

import brotli

from widget.encodings import Encoded, Headers, encode_all
from widget.resources import folder

LOADERS = ("embed.js", "count.js", "latest.js")  # what host pages name in their tags
_TYPES = {
    ".js": b"text/javascript; charset=utf-8",
    ".css": b"text/css; charset=utf-8",
    ".svg": b"image/svg+xml",
    ".png": b"image/png",
}


class Asset(NamedTuple):
    """`path` names the content, so that it may be kept for ever; a loader's never changes and is asked for again."""

    path: str
    encodings: dict[bytes, Encoded]


class Assets:
    def __init__(self, root: Path | None = None) -> None:
        root = root or folder("static")
        files = sorted(file for file in root.rglob("*") if file.suffix in _TYPES)
        self.by_name = {name: _asset(name, file) for file in files for name in (file.relative_to(root).as_posix(),)}

    def path(self, name: str) -> str:
        """The address of a file, as templates ask for it. Raises `KeyError`."""
        return self.by_name[name].path


def _asset(name: str, file: Path) -> Asset:
    content = file.read_bytes()
    digest = hashlib.sha256(content).hexdigest()[:12]
    loader = name in LOADERS
    path = f"/{name}" if loader else f"/static/{digest}/{name}"
    caching = b"public, max-age=300, stale-while-revalidate=86400" if loader else b"public, max-age=31536000, immutable"
    headers: Headers = [
        (b"content-type", _TYPES[file.suffix]),
        (b"cache-control", caching),
        (b"vary", b"Accept-Encoding"),
        (b"x-content-type-options", b"nosniff"),
        (b"cross-origin-resource-policy", b"cross-origin" if loader else b"same-origin"),
    ]
    return Asset(path, encode_all(content, *_compressed(content), headers))


@functools.cache
def _compressed(content: bytes) -> tuple[bytes, bytes]:
    """By brotli and gzip, as well as they can: slow, so once in a process for the same content."""
    return brotli.compress(content, quality=11), gzip.compress(content, 9, mtime=0)

"""What the browser loads: read and hashed at start, and compressed once."""

from __future__ import annotations

import functools
import gzip
import hashlib
from dataclasses import dataclass
from pathlib import Path

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


@dataclass(frozen=True)
class Asset:
    """`path` names the content, so that it may be kept for ever; a loader's never changes and is asked for again."""

    path: str
    content: bytes
    headers: Headers

    @functools.cached_property
    def encodings(self) -> dict[bytes, Encoded]:
        """Some milliseconds for the first who asks (`Assets.prepare`)."""
        return encode_all(self.content, *_compressed(self.content), self.headers)


class Assets:
    def __init__(self, root: Path | None = None) -> None:
        root = root or folder("static")
        files = sorted(file for file in root.rglob("*") if file.suffix in _TYPES)
        self.by_name = {name: _asset(name, file) for file in files for name in (file.relative_to(root).as_posix(),)}

    def path(self, name: str) -> str:
        """The address of a file, as templates ask for it. Raises `KeyError`."""
        return self.by_name[name].path

    def prepare(self) -> None:
        """Compress all now, in a thread, so that no request waits for it, and neither does the start."""
        for asset in self.by_name.values():
            _ = asset.encodings


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
    return Asset(path, content, headers)


@functools.cache
def _compressed(content: bytes) -> tuple[bytes, bytes]:
    """By brotli and gzip, as well as they can: slow, so once in a process for the same content."""
    return brotli.compress(content, quality=11), gzip.compress(content, 9, mtime=0)

"""Pictures as people have them, and as attackers make them."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO

from PIL import Image

COLOURS = {"red": (200, 30, 30), "green": (30, 160, 60), "blue": (30, 60, 200)}


def picture(kind: str = "PNG", size: tuple[int, int] = (300, 200), colour: str = "red", **options: object) -> bytes:
    """A plain one."""
    out = BytesIO()
    Image.new("RGB", size, COLOURS[colour]).save(out, kind, **options)
    return out.getvalue()


def halves(kind: str = "JPEG", **options: object) -> bytes:
    """Red above, blue below, twice as high as wide."""
    image = Image.new("RGB", (200, 400), COLOURS["red"])
    image.paste(COLOURS["blue"], (0, 200, 200, 400))
    out = BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def animation() -> bytes:
    """A red frame, then a blue one."""
    out = BytesIO()
    frames = [Image.new("RGB", (200, 200), COLOURS[colour]) for colour in ("red", "blue")]
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])
    return out.getvalue()


def bomb(width: int = 30_000, height: int = 30_000) -> bytes:
    """A PNG of few bytes that says it is huge, and is."""
    row = b"\0" * (1 + width // 8)
    packer = zlib.compressobj(9)
    body = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", body) + _chunk(b"IEND", b"")


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

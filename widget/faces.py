"""How a person looks beside their words: their picture, or one drawn from the name."""

from __future__ import annotations

import unicodedata
import zlib
from typing import NamedTuple

HUES = 8


class Face(NamedTuple):
    picture: str  # an address of ours; "": drawn
    initial: str  # one grapheme of the name
    hue: int  # 0–7, from the name


def face_of(name: str, avatar: str) -> Face:
    """`avatar` is the hash of a kept picture, or ""."""
    return Face(f"/avatar/{avatar}.webp" if avatar else "", _initial(name), zlib.crc32(name.encode()) % HUES)


def _initial(name: str) -> str:
    """The first letter with the marks that belong to it."""
    end = 1
    while end < len(name) and unicodedata.combining(name[end]):
        end += 1
    return name[:end].upper()

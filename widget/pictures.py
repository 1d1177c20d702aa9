"""A picture of a person, made fit to be shown: a small square WebP, with nothing else of the file it came in."""

from __future__ import annotations

import struct
import warnings
import zlib
from io import BytesIO
from typing import TYPE_CHECKING

from widget.errors import Invalid

if TYPE_CHECKING:
    from PIL.Image import Image

SIZE = 144  # pixels; four times the largest that a thread shows is enough for any screen
MAX_PIXELS = 2048 * 2048  # 16 MB once unpacked
FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
# What Pillow raises for bytes that are no picture of their kind, each found by feeding it some.
_BROKEN = (OSError, SyntaxError, ValueError, EOFError, TypeError, IndexError, KeyError, struct.error, zlib.error)


def make_picture(content: bytes) -> bytes:
    """`SIZE` pixels square, cut from the middle of the first frame. Raises `Invalid` for what is no picture, or one of
    more than `MAX_PIXELS`. Slow: not for the event loop.
    """
    from PIL import Image  # noqa: PLC0415  (most processes never need it)

    Image.MAX_IMAGE_PIXELS = None  # it warns, and only beyond 89 million; ours is refused below
    warnings.filterwarnings("ignore", module=r"PIL\.")  # of what is odd in somebody's file
    try:
        with Image.open(BytesIO(content), formats=FORMATS) as image:
            if image.width * image.height > MAX_PIXELS:
                raise Invalid("That picture is too large.", code="picture_too_large")
            return _small(image)
    except _BROKEN as error:
        raise Invalid("That is not a picture that can be used here.", code="no_picture") from error


def _small(image: Image) -> bytes:
    from PIL import Image, ImageOps  # noqa: PLC0415

    image.draft("RGB", (SIZE * 2, SIZE * 2))  # a JPEG is unpacked no larger than is needed
    upright = ImageOps.exif_transpose(image).convert("RGBA" if image.has_transparency_data else "RGB")
    square = ImageOps.fit(upright, (SIZE, SIZE), Image.Resampling.LANCZOS)
    out = BytesIO()
    # From its pixels alone: places, dates, comments and colour profiles stay behind.
    Image.frombytes(square.mode, square.size, square.tobytes()).save(out, "WEBP", quality=80, method=6)
    return out.getvalue()

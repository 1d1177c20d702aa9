"""Pictures made small: what is kept of a file, and what is refused."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image

from tests.support.images import COLOURS, animation, bomb, halves, picture
from widget.errors import Invalid
from widget.pictures import MAX_PIXELS, make_picture

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><script>alert(1)</script>"
SECRET = b"taken at 52.5 N, 13.4 E"


def opened(content: bytes) -> Image.Image:
    image = Image.open(BytesIO(make_picture(content)))
    image.load()
    return image


def colour_at(image: Image.Image, x: int, y: int) -> str:
    pixel = image.convert("RGB").getpixel((x, y))
    assert isinstance(pixel, tuple)
    return min(COLOURS, key=lambda name: sum(abs(a - b) for a, b in zip(COLOURS[name], pixel, strict=True)))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
@pytest.mark.parametrize("size", [(300, 200), (20, 500), (1, 1), (144, 144)])
def test_picture_of_any_kind_and_shape_becomes_a_small_square(kind: str, size: tuple[int, int]) -> None:
    image = opened(picture(kind, size))
    assert (image.format, image.size) == ("WEBP", (144, 144))
    assert colour_at(image, 72, 72) == "red"


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
def test_picture_of_any_mode_is_taken(mode: str) -> None:
    out = BytesIO()
    Image.new(mode, (60, 40)).save(out, "PNG")
    assert opened(out.getvalue()).size == (144, 144)


def test_middle_is_cut_out() -> None:
    image = opened(halves())
    assert (colour_at(image, 72, 10), colour_at(image, 72, 134)) == ("red", "blue")


def test_picture_that_lies_on_its_side_is_put_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 3  # Orientation: upside down
    image = opened(halves(exif=exif))
    assert (colour_at(image, 72, 10), colour_at(image, 72, 134)) == ("blue", "red")


def test_first_frame_of_an_animation_is_kept_alone() -> None:
    image = opened(animation())
    assert getattr(image, "n_frames", 1) == 1
    assert colour_at(image, 72, 72) == "red"


def test_transparent_parts_stay_transparent() -> None:
    out = BytesIO()
    Image.new("RGBA", (200, 200), (0, 0, 0, 0)).save(out, "PNG")
    image = opened(out.getvalue())
    assert image.mode == "RGBA"
    assert image.getchannel("A").getextrema() == (0, 0)


def test_nothing_but_the_pixels_is_kept() -> None:
    exif = Image.Exif()
    exif[0x010E] = SECRET.decode()  # ImageDescription
    for kind in ("PNG", "JPEG", "WEBP"):
        given = picture(kind, exif=exif, icc_profile=SECRET)
        assert SECRET in given
        kept = make_picture(given)
        assert SECRET not in kept
        image = Image.open(BytesIO(kept))
        assert not image.getexif()
        assert "icc_profile" not in image.info


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF"])
def test_what_hides_behind_a_picture_is_gone(kind: str) -> None:
    assert b"script" not in make_picture(picture(kind) + HTML)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        HTML,
        SVG,
        b"\x89PNG\r\n\x1a\n",
        picture("BMP"),
        picture("TIFF"),
        picture("PPM"),
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
        picture("PNG")[:60],
        halves("JPEG")[:400],
        halves("WEBP")[:40],
        picture("GIF")[:20],
        picture("PNG").replace(b"IDAT", b"IDAX"),
    ],
    ids=["empty", "html", "svg", "signature", "bmp", "tiff", "ppm", "eps", "png", "jpeg", "webp", "gif", "no data"],
)
def test_what_is_no_whole_picture_of_a_known_kind_is_refused(content: bytes) -> None:
    with pytest.raises(Invalid, match="That is not a picture that can be used here"):
        make_picture(content)


def test_bomb_is_refused_before_it_is_unpacked() -> None:
    content = bomb()
    assert len(content) < 200_000
    with pytest.raises(Invalid, match="That picture is too large"):
        make_picture(content)


@pytest.mark.parametrize(("width", "fits"), [(MAX_PIXELS // 4, True), (MAX_PIXELS // 4 + 1, False)])
def test_picture_has_at_most_so_many_pixels(width: int, fits: bool) -> None:
    content = bomb(width, 4)
    if fits:
        assert opened(content).size == (144, 144)
    else:
        with pytest.raises(Invalid, match="That picture is too large"):
            make_picture(content)

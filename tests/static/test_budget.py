"""What the browser downloads has a size, and nothing in it is inline."""

from __future__ import annotations

import re

import brotli
import pytest

from widget.resources import folder

READING = ("embed.js", "widget.js", "widget.css")
LATER = ("act.css", "actions.js", "composer.js", "signin.js", "live.js", "page.css")
ALONE = ("mail/", "snapshot/")  # read without the service, with their style in them
TEMPLATES = sorted(
    name
    for path in folder("templates").rglob("*.html")
    if not (name := path.relative_to(folder("templates")).as_posix()).startswith(ALONE)
)
# admin.css and admin.js are for moderators: no reader ever loads them. votes.css is for sites with dislikes, proof.js
# for those that ask for proof of work, wrong-tag.js for owners of a site that does not work yet, count.js and latest.js
# for host pages that show such things.
OF_HOST_PAGES = ("count.js", "latest.js")


def _size(*names: str) -> int:
    """Bytes on the wire: each file is a response of its own."""
    return sum(len(brotli.compress((folder("static") / name).read_bytes(), quality=11)) for name in names)


def test_a_reader_downloads_at_most_7500_bytes() -> None:
    assert _size(*READING) <= 7_500


def test_everything_together_is_at_most_20_000_bytes() -> None:
    assert _size(*READING, *LATER) <= 20_000


@pytest.mark.parametrize("name", OF_HOST_PAGES)
def test_what_only_some_host_pages_load_is_under_1_000_bytes(name: str) -> None:
    assert _size(name) < 1_000


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_has_nothing_inline(name: str) -> None:
    """The policy forbids it, and a browser would drop it in silence."""
    source = (folder("templates") / name).read_text()
    assert not re.search(r"<style|<script(?![^>]*\bsrc=)|\sstyle=|\son[a-z]+=|javascript:", source, re.IGNORECASE)


@pytest.mark.parametrize(
    "name", [name for name in (*READING, *LATER, *OF_HOST_PAGES, "proof.js") if name.endswith(".js")]
)
def test_a_script_writes_no_style_attribute_and_evaluates_nothing(name: str) -> None:
    source = (folder("static") / name).read_text()
    assert not re.search(r"setAttribute\(\s*[\"']style|\beval\(|new Function|document\.write", source)


@pytest.mark.parametrize("name", ["widget.css", "act.css", "votes.css", "page.css"])
def test_a_style_sheet_asks_nobody_for_anything(name: str) -> None:
    source = (folder("static") / name).read_text()
    addresses = re.findall(r"url\(\"?([^)\"]*)", source)
    assert all(address.startswith("data:image/svg+xml,") for address in addresses)
    assert "@import" not in source

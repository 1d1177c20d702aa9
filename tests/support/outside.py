"""Exports that others wrote, with what an independent reading found in them (`imports/COUNTS.md` says what is what)."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.support.comment_html import parse
from tests.support.require import fixtures


def expected_files(source_format: str) -> list[dict[str, Any]]:
    """The exports with their counts."""
    everything = json.loads((fixtures() / "imports" / "expected.json").read_text())["files"]
    return [entry for entry in everything if entry["format"] == source_format]


def expected_records(source_format: str, path: Path) -> list[dict[str, Any]]:
    """The comments of an export in the order of the file; none where it was not read."""
    folder = fixtures() / "imports" / "normalized"
    for suffix in (".jsonl", ".jsonl.gz"):
        file = folder / f"{source_format}--{path.name}{suffix}"
        if file.exists():
            data = gzip.decompress(file.read_bytes()) if suffix.endswith("gz") else file.read_bytes()
            return [json.loads(line) for line in data.decode().split("\n") if line]
    return []


def html_words(html: str) -> str:
    """The text that a browser shows, with the descriptions of images."""
    root = parse(html)
    for element in root.iter():
        if element.tag in {"script", "style"} or callable(element.tag):  # a comment has a function as its tag
            element.text = ""
        elif element.tag == "img":
            element.text = element.attrib.get("alt")
    return " ".join("".join(root.itertext()).split())


def squeezed(text: str) -> str:
    """Without blanks, and without the quotation marks that stand for <q>."""
    return "".join(text.split()).replace("“", "").replace("”", "")


def milliseconds(date: str) -> int:
    return (datetime.fromisoformat(date) - datetime.fromtimestamp(0, UTC)) // timedelta(milliseconds=1)

"""Exports come plain, as gzip and as zip; what is damaged or absurd is refused."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections import deque
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.exports import EXPORTS
from tests.support.wxr import HEAD, comment, export, item
from widget.transfer import wordpress
from widget.transfer.containers import CHUNK, open_parts
from widget.transfer.formats import FORMATS, recognise
from widget.transfer.records import ImportedComment, ImportedPage, ImportFailed, Record


def packed(kind: str, data: bytes) -> bytes:
    if kind == "gzip":
        return gzip.compress(data)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("folder/readme.txt", "no export")
        archive.writestr("folder/part-1.bin", data)
        archive.writestr("__MACOSX/folder/._part-1.bin", b"\x00")
    return stream.getvalue()


@pytest.mark.parametrize("kind", ["plain", "gzip", "zip"])
def test_containers_are_known_by_their_content(kind: str, tmp_path: Path) -> None:
    data = export(item(comment()))
    file = tmp_path / "name.without.meaning"
    file.write_bytes(data if kind == "plain" else packed(kind, data))
    assert recognise(file) is wordpress
    with open_parts(file) as parts:
        records = [record for part in parts if wordpress.sniff(part.peek()) for record in wordpress.read(part)]
    assert [type(record) for record in records] == [ImportedPage, ImportedComment]


@pytest.mark.parametrize("kind", ["gzip", "zip"])
def test_a_damaged_container_is_refused(kind: str, tmp_path: Path) -> None:
    data = packed(kind, export(item(*(comment(number, f"{number * 7919}") for number in range(300)))))
    file = tmp_path / "export"
    for broken in (data[: len(data) // 2], data[:200] + bytes(200) + data[400:], data[:10]):
        file.write_bytes(broken)
        with pytest.raises(ImportFailed):
            list(read_any(file))


def read_any(file: Path) -> Iterator[Record]:
    with open_parts(file) as parts:
        for part in parts:
            if recognise(file).sniff(part.peek()):
                yield from wordpress.read(part)


@pytest.mark.parametrize("kind", ["gzip", "zip"])
def test_a_container_that_expands_absurdly_is_refused(kind: str, tmp_path: Path) -> None:
    file = tmp_path / "export"
    file.write_bytes(packed(kind, HEAD.encode() + b" " * (150 << 20)))
    with pytest.raises(ImportFailed, match="grows"), open_parts(file) as parts:
        deque((chunk for part in parts for chunk in part.chunks()), maxlen=0)


def test_an_encrypted_archive_is_refused(tmp_path: Path) -> None:
    data = bytearray(packed("zip", export()))
    for magic, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = data.find(magic)
        while place >= 0:
            data[place + offset] |= 1
            place = data.find(magic, place + 1)
    file = tmp_path / "export.zip"
    file.write_bytes(data)
    with pytest.raises(ImportFailed, match="encrypted"):
        list(read_any(file))


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ImportFailed, match="cannot be read"), open_parts(tmp_path / "none.xml"):
        pass


@pytest.mark.parametrize(("outer", "named"), [("gzip", "export"), ("zip", "export, folder/part-1.bin")])
def test_an_archive_in_an_archive_is_named(outer: str, named: str, tmp_path: Path) -> None:
    file = tmp_path / "export"
    file.write_bytes(packed(outer, packed("gzip", export(item(comment())))))
    with pytest.raises(ImportFailed, match=f"^{named} is an archive in an archive"):
        recognise(file)


@pytest.mark.parametrize("name", ["disqus", "waline", "palaver"])
def test_damage_of_an_archive_is_told_with_the_name_of_the_file_once(name: str, tmp_path: Path) -> None:
    source_format, data = EXPORTS[name]
    file = tmp_path / "export"
    file.write_bytes(gzip.compress(data + b" " * CHUNK) + b"rubbish")
    with pytest.raises(ImportFailed, match=r"^export: the file is damaged"), open_parts(file) as parts:
        deque((record for part in parts for record in FORMATS[source_format].read(part)), maxlen=0)

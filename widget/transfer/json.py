"""Reads JSON from outside element by element: memory does not grow with the file."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from widget.transfer.containers import Part
from widget.transfer.records import ImportFailed

MAX_VALUE = 64 << 20  # characters of one element, which must be held whole

_BYTE_ORDER_MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_FILE_TYPE = re.compile(r"\s*#filetype:[^\n]{0,200}\n")  # LeanCloud's first line, which names the class
_BLANKS = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder(strict=False)  # line ends in texts, as hands and old servers leave them


class Element(NamedTuple):
    place: str
    value: Any  # an object where the place ends in "[]" or is ""
    line: int


def text_of(head: bytes) -> str:
    """What a file that begins so says, for recognising it."""
    return _FILE_TYPE.sub("", _decoder(head, "replace").decode(head), count=1).lstrip()


def elements(part: Part, *wanted: str) -> Iterator[Element]:
    """The values at these places of the document, in the order of the file; nothing else is kept or looked at.

    "comments[]" is each element of the list under that name, "data.Comment[]" of one further down, "[]" of the list
    that the file is, "" each of the values that follow each other in it (JSON Lines). Raises `ImportFailed`, which
    names the line, possibly after some elements.
    """
    with part.named():
        yield from _Reader(part, frozenset(wanted)).read()


def _encoding(head: bytes) -> str:
    return next((name for mark, name in _BYTE_ORDER_MARKS.items() if head.startswith(mark)), "utf-8")


def _decoder(head: bytes, errors: str) -> codecs.IncrementalDecoder:
    return codecs.getincrementaldecoder(_encoding(head))(errors)


class _Reader:
    """Holds the text from where it reads to the end of the last chunk."""

    def __init__(self, part: Part, wanted: frozenset[str]) -> None:
        self._wanted = wanted
        self._decoder = _decoder(part.peek(), "strict")
        self._chunks = part.chunks()
        self._text = ""
        self._at = 0
        self._line = 1  # of the beginning of the text
        self._ended = False

    def read(self) -> Iterator[Element]:
        if not self._peek():
            raise ImportFailed("the file is empty.")
        if first := _FILE_TYPE.match(self._text):
            self._at = first.end()
        yield from self._walk("")
        while self._peek():
            if "" not in self._wanted:
                raise ImportFailed(f"{self._here()} stands behind the end of the export.")
            yield from self._walk("")

    def _walk(self, place: str) -> Iterator[Element]:
        """Into lists and objects on the way to what is wanted, and into any list by that way, for it may be long."""
        opening = self._peek()
        if place in self._wanted:
            yield self._element(place)
        elif opening == "[" and place.count("[]") < 2:
            yield from self._list(place)
        elif opening == "{" and any(name.startswith(f"{place}." if place else "") for name in self._wanted):
            yield from self._object(place)
        else:
            self._value()

    def _list(self, place: str) -> Iterator[Element]:
        self._at += 1
        if self._closes("]"):
            return
        while True:
            yield from self._walk(f"{place}[]")
            if self._ends("]"):
                return

    def _object(self, place: str) -> Iterator[Element]:
        self._at += 1
        if self._closes("}"):
            return
        while True:
            name = self._value() if self._peek() == '"' else None
            if name is None or self._peek() != ":":
                raise self._unexpected()
            self._at += 1
            yield from self._walk(f"{place}.{name}" if place else name)
            if self._ends("}"):
                return

    def _closes(self, bracket: str) -> bool:
        closes = self._peek() == bracket
        self._at += closes
        return closes

    def _ends(self, bracket: str) -> bool:
        """Whether the list or object ends here; else a comma stands here, and something follows."""
        found = self._peek()
        if found not in {bracket, ","}:
            raise self._unexpected()
        self._at += 1
        return found == bracket

    def _element(self, place: str) -> Element:
        line = self._line + self._text.count("\n", 0, self._at)
        value = self._value()
        if (not place or place.endswith("[]")) and not isinstance(value, dict):
            raise ImportFailed(f"line {line} holds something else where an export has an object.")
        return Element(place, value, line)

    def _value(self) -> Any:
        while True:
            try:
                value, end = _DECODER.raw_decode(self._text, self._at)
            except json.JSONDecodeError as error:
                if self._ended:
                    self._at = error.pos
                    raise self._unexpected(error.msg) from error
            except ValueError as error:
                raise ImportFailed(f"{self._here()} holds a number of thousands of digits. No export does.") from error
            except RecursionError as error:
                raise ImportFailed(
                    f"{self._here()} holds thousands of brackets in each other. No export does."
                ) from error
            else:
                if end < len(self._text) or self._ended:  # else a number may go on in the next chunk
                    self._at = end
                    return value
            self._double()

    def _double(self) -> None:
        """Reading again costs as much as reading: each time there is twice as much of the value, until it is whole."""
        size = len(self._text) - self._at
        if size > MAX_VALUE:
            raise ImportFailed(f"{self._here()} begins an element of more than {MAX_VALUE >> 20} MB.")
        self._more(min(size, MAX_VALUE + 1 - size))

    def _peek(self) -> str:
        """The next character that is not blank, "" at the end of the file."""
        while True:
            blanks = _BLANKS.match(self._text, self._at)
            self._at = blanks.end() if blanks else self._at
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._more():
                return ""

    def _more(self, least: int = 1) -> bool:
        """Further by so many bytes at least; whether there was one. To take them one chunk after the other, each time
        with all that there is, would be quadratic.
        """
        chunks: list[bytes] = []
        while least > 0 and not self._ended:
            chunk = next(self._chunks, b"")
            self._ended = not chunk
            chunks.append(chunk)
            least -= len(chunk)
        data = b"".join(chunks)
        self._line += self._text.count("\n", 0, self._at)
        self._text, self._at = self._text[self._at :], 0
        try:
            self._text += self._decoder.decode(data, final=self._ended)
        except UnicodeDecodeError as error:
            line = self._line + self._text.count("\n") + error.object.count(b"\n", 0, error.start)
            raise ImportFailed(f"line {line} is not written in UTF-8. Save the file as UTF-8 and try again.") from error
        return bool(data)

    def _here(self) -> str:
        return f"line {self._line + self._text.count(chr(10), 0, self._at):d}"

    def _unexpected(self, problem: str = "a comma, a colon or a bracket is missing") -> ImportFailed:
        if not self._text[self._at :].strip():
            return ImportFailed(f"{self._here()} is the last, and something is still open: the file is cut off.")
        return ImportFailed(f"{self._here()} is not JSON as an export has it ({problem}).")

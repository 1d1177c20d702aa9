"""Reads XML from outside piece by piece: memory does not grow with the file."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import Protocol
from xml.parsers import expat

from widget.transfer.containers import Part
from widget.transfer.records import ImportFailed, Record
from widget.transfer.repair import Repair

MAX_DEPTH = 100
MAX_TOKEN = 1 << 20  # bytes of one tag or comment, which the parser must hold whole
MAX_VALUE = 1 << 20  # characters of any value, so that one cannot fill the memory

_ENCODINGS = {"utf-8", "ascii", "iso8859-1", "iso8859-15", "cp1252"}
_BYTE_ORDER_MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
# What hands and servers leave before the first element. All here takes linear time, also for blanks without end.
_BEFORE = r"\s*+(?:[^\s<]{1,4}+\s*+)?"
_LEADING = re.compile(rf"{_BEFORE}(?=<)")
_DECLARATION = re.compile(rf"{_BEFORE}<\?xml[^>]{{0,100}}?encoding\s*+=\s*+[\"']([A-Za-z0-9._-]{{1,40}})[\"']".encode())
_CUT_OFF = {"no element found", "unclosed token", "unclosed CDATA section", "partial character"}
_NO_ELEMENT = re.compile(r"<!--.*?(?:-->|\Z)|<\?.*?(?:\?>|\Z)|<!DOCTYPE[^\[>]*+(?:>|\[.*?(?:\]\s*+>|\Z)|\Z)", re.DOTALL)
_ELEMENT = re.compile(r"\s*<([A-Za-z_][\w:.-]*)")


class Target(Protocol):
    """Is told what the file holds, and gathers records. Names are as written, with their prefix. What it raises
    (`ImportFailed`) needs no line: who tells it knows that.
    """

    def start(self, name: str, attributes: dict[str, str]) -> None: ...
    def end(self) -> None: ...
    def text(self, text: str) -> None: ...
    def take(self) -> list[Record]: ...


class Gatherer:
    """What targets have in common: the records that they gathered, and the text of the one field that is being read."""

    def __init__(self) -> None:
        self._records: list[Record] = []
        self._field = ""  # "": none
        self._value: list[str] = []
        self._length = 0

    def take(self) -> list[Record]:
        taken, self._records = self._records, []
        return taken

    def text(self, text: str) -> None:
        if self._field:
            self._value.append(text)
            self._length += len(text)
            if self._length > MAX_VALUE:
                raise ImportFailed(f"the value of {self._field} is longer than any real one.")

    def _open(self, field: str) -> None:
        self._field, self._value, self._length = field, [], 0

    def _close(self) -> tuple[str, str]:
        """The field that was read, and its text without blanks around it."""
        field, self._field = self._field, ""
        return field, "".join(self._value).strip()


def root_name(head: bytes) -> str:
    """The name of the first element, or "" if `head` does not begin as XML does."""
    try:
        text = codecs.getincrementaldecoder(_encoding(head))("replace").decode(head)
    except ImportFailed:
        return ""
    leading = _LEADING.match(text)
    found = _ELEMENT.match(_NO_ELEMENT.sub("", text[leading.end() if leading else 0 :]))
    return found.group(1) if found else ""


def parse(part: Part, target: Target) -> Iterator[Record]:
    """Feeds `target` a piece at a time and yields what it has gathered.

    Raises ImportFailed, naming the line, for what is not XML and for a document type declaration: exports have none,
    and entities can expand without end or name files of this machine.
    """
    head = part.peek()
    if not head:
        raise ImportFailed(f"{part.name} is empty.")
    feeder: _Feeder | None = None
    with part.named():
        decoder = codecs.getincrementaldecoder(_encoding(head))("replace")
        for chunk in part.chunks():
            text = decoder.decode(chunk)
            if feeder is None:  # WordPress plugins leave blank lines before the declaration, where XML allows none
                found = _LEADING.match(text)
                leading = found.end() if found else 0
                feeder, text = _Feeder(target, text.count("\n", 0, leading)), text[leading:]
            feeder.feed(text)
            yield from target.take()
        if feeder:
            feeder.feed(decoder.decode(b"", final=True), final=True)
        yield from target.take()


def _encoding(head: bytes) -> str:
    for mark, encoding in _BYTE_ORDER_MARKS.items():
        if head.startswith(mark):
            return encoding
    declared = _DECLARATION.match(head)
    name = declared.group(1).decode() if declared else "utf-8"
    try:
        encoding = codecs.lookup(name).name
    except LookupError:
        encoding = ""
    if encoding not in _ENCODINGS:
        raise ImportFailed(f"line 1 says that the file is written in {name}. Save it as UTF-8 and try again.")
    return encoding


class _Feeder:
    def __init__(self, target: Target, skipped_lines: int) -> None:
        self._target = target
        self._skipped_lines = skipped_lines
        self._repair = Repair()
        self._depth = 0
        self._fed = 0
        self._parser = expat.ParserCreate("utf-8")
        self._parser.buffer_text = True
        self._parser.StartDoctypeDeclHandler = self._refuse_doctype
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text

    @property
    def _line(self) -> int:
        return self._parser.CurrentLineNumber + self._skipped_lines

    def feed(self, text: str, *, final: bool = False) -> None:
        data = self._repair.feed(text, final=final).encode()
        try:
            self._parser.Parse(data, final)
        except expat.ExpatError as error:
            line = error.lineno + self._skipped_lines
            problem = expat.errors.messages[error.code]
            if final and problem in _CUT_OFF:
                raise ImportFailed(
                    f"line {line} is the last, and elements are still open: the file is cut off."
                ) from error
            raise ImportFailed(f"line {line} is not XML as an export has it ({problem}).") from error
        self._fed += len(data)
        if self._fed - self._parser.CurrentByteIndex > MAX_TOKEN:
            raise ImportFailed(f"line {self._line} holds a tag or comment of more than {MAX_TOKEN >> 20} MB.")

    def _refuse_doctype(self, *_: object) -> None:
        raise ImportFailed(f"line {self._line} declares a document type. No export does, and it can do harm.")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise ImportFailed(f"line {self._line} lies more than {MAX_DEPTH} elements deep.")
        try:
            self._target.start(name, attributes)
        except ImportFailed as error:
            raise self._at_line(error) from error

    def _end(self, _: str) -> None:
        self._depth -= 1
        self._target.end()

    def _text(self, text: str) -> None:
        try:
            self._target.text(text)
        except ImportFailed as error:
            raise self._at_line(error) from error

    def _at_line(self, error: ImportFailed) -> ImportFailed:
        """To ask for the line of every element and text, in case, was a tenth of the time."""
        return ImportFailed(f"line {self._line}: {error.message}")

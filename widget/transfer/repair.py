"""Mends XML that is almost right, as WordPress writes it, while it streams by.

WordPress prints the address of a comment's author without escaping it, leaves control characters in, and before 3.1
did not split a "]]>" inside a CDATA section; of Disqus' files some have a number without quotation marks as their only
attribute. What is broken otherwise stays broken, for the parser to refuse. Lines
keep their numbers.
"""

from __future__ import annotations

import re

_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, 2.2
_OUTSIDE = re.compile(  # each alternative begins with a plain character, which makes the search several times faster
    r"&(?:(?:amp|lt|gt|quot|apos|(?P<number>#[0-9]{1,7}|#x[0-9A-Fa-f]{1,6}));)?"
    r"|\]\]>"
    r"|<(?:(?P<section>!\[CDATA\[|!--|\?)"
    r"|(?P<name>[^\s/>!?&]+)(?:(?P<attribute>\s+[\w:]{1,40}=)(?P<bare>\w{1,40})(?=/?>))?)?"
)
_FINE = re.compile(  # nothing in it needs mending, and a search for what does would stop at every element
    r"(?:[^<>&\]]++"
    r"|</[^\s<>&\]]+>"
    r"|<([^\s/<>&!?\]]+)(?:\s[\w:.-]+=(?:\"[^\"<>&\]]*\"|'[^'<>&\]]*'))*+\s?/?>(?:<!\[CDATA\[[^\]]*+\]\]></\1>)?"
    r"|&(?:amp|lt|gt|quot|apos);)++"
)
_LONGEST = 320
_UNFINISHED = re.compile(r"(?:<[^\s>]{0,200}(?:\s{1,10}[\w:]{0,40}(?:=\w{0,40}/?)?)?|&[#\w]{0,10})\Z")
_ESCAPED = {"&": "&amp;", "]]>": "]]&gt;"}
_ENDS = {"![CDATA[": "]]>", "!--": "-->", "?": "?>"}
_WAIT_AT_MOST = 1 << 18  # characters to look ahead for where a CDATA section ends


class Repair:
    def __init__(self) -> None:
        self._held = ""  # the end of what was fed, until what it is can be known
        self._until = ""  # what ends the section that is open
        self._element = ""  # the last that was opened

    def feed(self, text: str, *, final: bool = False) -> str:
        """What can be given to the parser by now. `final` gives all of it."""
        text = self._held + _FORBIDDEN.sub("", text)
        self._held = ""
        out: list[str] = []
        at = 0
        while at < len(text):
            step = self._section if self._until else self._outside
            at = step(text, at, out, final)
            if self._held:
                break
        return "".join(out)

    def _outside(self, text: str, at: int, out: list[str], final: bool) -> int:
        """Past what is fine and one token further: bare ampersands and stray section ends are escaped, impossible
        references dropped.
        """
        if fine := _FINE.match(text, at):
            out.append(fine[0])
            at = fine.end()
            self._element = fine[1] or self._element
        found = _OUTSIDE.search(text, at)
        start = found.start() if found else len(text)
        if not final:
            if found is None:
                start = max(at, len(text.rstrip("]")), len(text) - 2)
            elif len(text) - start <= _LONGEST and _UNFINISHED.match(text, start):
                found = None
        out.append(text[at:start])
        if found is None:
            self._held = text[start:]
            return len(text)
        token = found.group()
        if found["section"]:
            self._until = _ENDS[found["section"]]
        elif found["name"]:
            self._element = found["name"]
            if found["bare"]:
                token = f'<{self._element}{found["attribute"]}"{found["bare"]}"'
        elif found["number"] and not _is_possible(found["number"]):
            token = ""
        out.append(_ESCAPED.get(token, token))
        return found.end()

    def _section(self, text: str, at: int, out: list[str], final: bool) -> int:
        end = text.find(self._until, at)
        if end < 0:
            end = len(text) if final else max(at, len(text) - len(self._until) + 1)
            out.append(text[at:end])
            self._held = text[end:]
            return len(text)
        out.append(text[at:end])
        if self._until == "]]>":
            return self._cdata_end(text, end, out, final)
        out.append(self._until)
        end += len(self._until)
        self._until = ""
        return end

    def _cdata_end(self, text: str, end: int, out: list[str], final: bool) -> int:
        """A "]]>" ends the section, unless another stands right before the end tag and none is opened between."""
        after = end + len("]]>")
        if text.startswith((f"</{self._element}", "<![CDATA["), after):
            out.append("]]>")
            self._until = ""
            return after
        close = text.find(f"</{self._element}", after)
        if close < 0 and not final and len(text) - end < _WAIT_AT_MOST:
            self._held = text[end:]
            return len(text)
        last = len(text[after : max(close, after)].rstrip()) + after
        if close < 0 or last == after or not text.endswith("]]>", after, last) or "<![CDATA[" in text[after:last]:
            out.append("]]>")
            self._until = ""
            return after
        inner = text[end : last - len("]]>")]
        out.append(inner.replace("]]>", "]]]]><![CDATA[>"))
        return last - len("]]>")


def _is_possible(reference: str) -> bool:
    number = int(reference[2:], 16) if reference[1] == "x" else int(reference[1:])
    return number <= 0x10FFFF and not _FORBIDDEN.match(chr(number))

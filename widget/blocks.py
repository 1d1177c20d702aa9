"""Orders foreign HTML into the few blocks that a comment has: paragraphs, quotes, lists, code.

It reads only what nh3 wrote (balanced tags, quoted attributes, escaped text) and its result goes through nh3 again,
so nothing here decides what is safe: it decides what reads well.
"""

from __future__ import annotations

import re
from html import escape, unescape

from widget.links import LinkFinder

MAX_DEPTH = 16  # quotes and lists in each other; what is deeper is kept, flat

_INLINE = {"a": "a", "b": "strong", "strong": "strong", "i": "em", "em": "em", "cite": "em", "var": "em", "dfn": "em"}
_INLINE |= {"s": "s", "strike": "s", "del": "s", "code": "code", "tt": "code", "kbd": "code", "samp": "code"}
_CONTAINERS = {"blockquote", "ul", "ol", "li"}
_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_BOUNDARIES = {"address", "article", "aside", "caption", "center", "dd", "details", "div", "dl", "dt", "figcaption"}
_BOUNDARIES |= {"figure", "footer", "form", "header", "main", "nav", "p", "section", "summary", "table", "tr"}
_BOUNDARIES |= _HEADINGS

TAGS = frozenset(_INLINE) | _CONTAINERS | _BOUNDARIES | {"br", "hr", "img", "pre", "q", "td", "th"}
ATTRIBUTES = {"a": {"href"}, "img": {"src", "alt"}, "ol": {"start"}}

_FINDER = LinkFinder()
_TOKEN = re.compile(r'<(/?)([a-z][a-z0-9]*)((?: [a-z]+="[^"]*")*)>|([^<]+)')
_ATTRIBUTE = re.compile(r' ([a-z]+)="([^"]*)"')
_BLANKS = re.compile("[ \t\n\r\f]+")


def order_blocks(html: str, *, line_breaks: bool = False) -> str:
    """`html` (as nh3 writes it, of `TAGS` and `ATTRIBUTES`) in ordered blocks, without empty ones.

    `line_breaks`: a line end in the text is a line break and a blank line ends the paragraph, as WordPress shows
    comments (its `wpautop`); otherwise line ends are blanks, as HTML has it. Bare addresses become links.
    """
    blocks = _Blocks(line_breaks)
    for slash, tag, attributes, text in _TOKEN.findall(html):
        if text:
            blocks.text(text)
        elif slash:
            blocks.end()
        else:
            blocks.start(tag, dict(_ATTRIBUTE.findall(attributes)))
    return blocks.finish()


class _Blocks:
    """The document so far. Text waits for nothing; tags wait until text needs them, so that none stays empty."""

    def __init__(self, line_breaks: bool) -> None:
        self.line_breaks = line_breaks
        self.out: list[str] = []
        self.ends: list[str] = []  # for each open tag of the input, what its end does
        self.containers: list[str] = []
        self.fresh_item = False  # a list item that holds nothing yet: its first line needs no paragraph
        self.paragraph: str | None = None  # how the open paragraph ends
        self.paragraph_begun = False  # it holds text
        self.wanted: list[tuple[str, str]] = []  # (tag, start tag) of the formatting that the next text has
        self.open: list[tuple[str, str]] = []  # … that the paragraph has open
        self.breaks = 0  # line breaks that wait for more text
        self.after_br = False
        self.space = False
        self.pre: list[str] | None = None

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag in {"br", "hr", "img"}:
            self._void(tag, attributes)
            return
        end = ""
        if self.pre is not None:
            pass  # only text counts there
        elif tag in _INLINE:
            end = self._start_inline(_INLINE[tag], attributes)
        elif tag in _CONTAINERS:
            end = self._start_container(tag, attributes)
        elif tag == "q":
            self._words("“")
            end = "q"
        elif tag in {"td", "th"}:
            self.space = True
        else:
            self._end_paragraph()
            end = self._start_block(tag)
        self.ends.append(end)

    def _start_block(self, tag: str) -> str:
        if tag == "pre":
            self.pre = []
            return "pre"
        if tag in _HEADINGS and self._start_inline("strong", {}):
            return "heading"
        return "block"

    def _start_inline(self, tag: str, attributes: dict[str, str]) -> str:
        if any(tag == open_tag for open_tag, _ in self.wanted) or (tag == "a" and "href" not in attributes):
            return ""
        self.wanted.append((tag, f'<a href="{attributes["href"]}">' if tag == "a" else f"<{tag}>"))
        return tag

    def _start_container(self, tag: str, attributes: dict[str, str]) -> str:
        self._end_paragraph()
        in_list = bool(self.containers) and self.containers[-1] in {"ul", "ol"}
        if len(self.containers) >= MAX_DEPTH or (tag == "li" and not in_list):
            return "block"
        start = attributes.get("start", "")
        self.out.append(f'<{tag} start="{start}">' if tag == "ol" and start else f"<{tag}>")
        self.containers.append(tag)
        self.fresh_item = tag == "li"
        return tag

    def _void(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "img":
            self._image(attributes)
        elif tag == "hr":
            self._end_paragraph()
            self._block("<hr>")
        elif self.pre is not None:
            self.pre.append("\n")
        elif self.paragraph is not None:
            self.breaks += 1
            self.after_br = True

    def _image(self, attributes: dict[str, str]) -> None:
        source, description = attributes.get("src", ""), attributes.get("alt", "").strip()
        linked = self._start_inline("a", {"href": source}) if source else ""
        self._words(description or (source if linked else ""))
        if linked:
            self.wanted.pop()

    def end(self) -> None:
        end = self.ends.pop()
        if end == "pre":
            self._end_pre()
        elif end == "q":
            self._words("”")
        elif end in _CONTAINERS:
            self._end_paragraph()
            self.containers.pop()
            self.out.append(f"</{end}>")
            self.fresh_item = False
        elif end == "block":
            self._end_paragraph()
        elif end == "heading":
            self._end_paragraph()
            self._end_inline("strong")
        elif end:
            self._end_inline(end)

    def _end_inline(self, tag: str) -> None:
        self.wanted = [wanted for wanted in self.wanted if wanted[0] != tag]

    def _end_pre(self) -> None:
        code = "".join(self.pre or ()).rstrip()
        self.pre = None
        if code.strip():
            self._block(f"<pre><code>{code}\n</code></pre>")

    def _block(self, html: str) -> None:
        self.out.append(html)
        self.fresh_item = False

    def text(self, text: str) -> None:
        """`text` is escaped, as nh3 writes it."""
        if self.pre is not None:
            self.pre.append(text)
            return
        lines = text.split("\n") if self.line_breaks else [text]
        for number, line in enumerate(lines):
            if number:
                self._line_end()
            self._linked_words(line)

    def _line_end(self) -> None:
        if not self.after_br and self.paragraph is not None:
            self.breaks += 1
        self.after_br = False  # the line end after <br> is the same break

    def _linked_words(self, text: str) -> None:
        plain = unescape(text)
        position = 0
        if not any(tag in {"a", "code"} for tag, _ in self.wanted):
            for found in _FINDER.match(plain):
                self._words(escape(plain[position : found.index], quote=False))
                self.wanted.append(("a", f'<a href="{escape(found.url)}">'))
                self._words(escape(found.text, quote=False))
                self.wanted.pop()
                position = found.last_index
        self._words(escape(plain[position:], quote=False))

    def _words(self, text: str) -> None:
        text = _BLANKS.sub(" ", text)
        if not text.strip():
            self.space = self.space or bool(text)
            return
        if self.breaks > 1:
            self._end_paragraph()
        self._start_paragraph()
        self._format(text)
        self.space = text.endswith(" ")

    def _format(self, text: str) -> None:
        """Ends formatting that the text does not have, then the blank or break before it, then starts what it has."""
        same = 0
        while same < min(len(self.open), len(self.wanted)) and self.open[same] == self.wanted[same]:
            same += 1
        self._end_formatting(same)
        if self.breaks:
            self.out.append("<br>")
        elif (self.space or text.startswith(" ")) and self.paragraph_begun:
            self.out.append(" ")
        for tag, start in self.wanted[same:]:
            self.out.append(start)
            self.open.append((tag, start))
        self.out.append(text.strip(" "))
        self.paragraph_begun = True
        self.breaks, self.after_br = 0, False

    def _end_formatting(self, keep: int = 0) -> None:
        while len(self.open) > keep:
            self.out.append(f"</{self.open.pop()[0]}>")

    def _start_paragraph(self) -> None:
        if self.paragraph is not None:
            return
        if self.containers and self.containers[-1] in {"ul", "ol"}:
            start, self.paragraph = "<li>", "</li>"
        elif self.fresh_item:
            start, self.paragraph = "", ""
        else:
            start, self.paragraph = "<p>", "</p>"
        self._block(start)
        self.paragraph_begun = False

    def _end_paragraph(self) -> None:
        if self.paragraph is not None:
            self._end_formatting()
            self.out.append(self.paragraph)
        self.paragraph = None
        self.breaks, self.after_br, self.space = 0, False, False

    def finish(self) -> str:
        self._end_paragraph()
        return "".join(self.out)

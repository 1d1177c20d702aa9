"""The one place where text becomes HTML: comments as people write them (Markdown) and comments as exports hold them.

Whatever comes out consists of the elements, attributes and schemes below and of nothing else, and cleaning it again
changes nothing. Rendering costs milliseconds (tens for the worst input): do it when a comment is written, in a thread.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape, unescape

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from widget.blocks import ATTRIBUTES, TAGS, order_blocks
from widget.errors import Invalid
from widget.links import LinkFinder, link_target
from widget.names import usable_text

MAX_TEXT_BYTES = 10_000  # of a comment that is posted, in UTF-8, after `clean_text`; imported ones are what they are
MAX_TAGS = 5_000  # reading HTML takes quadratic time in the depth of open tags,
OWN_TAGS = 4 * MAX_TAGS  # more than any Markdown of `MAX_TEXT_BYTES` becomes; at worst two seconds
MAX_BRACKETS = 500  # and Markdown in the number of brackets that open no link

ALLOWED = {
    **{tag: set[str]() for tag in ("p", "br", "hr", "strong", "em", "s", "code", "pre", "blockquote", "ul", "li")},
    "ol": {"start"},
    "a": {"href", "rel", "target"},
}
LINK_REL = "nofollow ugc noopener noreferrer"
_WITHOUT_CONTENT = {"script", "style", "iframe", "noembed", "noframes", "noscript", "template", "title"}
_TEXT_AT_MOST = {"audio", "button", "canvas", "embed", "form", "input", "math", "object", "select", "svg", "textarea"}
_LOST = re.compile(rf"<({'|'.join(sorted(_WITHOUT_CONTENT | _TEXT_AT_MOST | {'video'}))})\b", re.IGNORECASE)


def _filter_attribute(tag: str, name: str, value: str) -> str | None:
    if name == "href" or (tag == "img" and name == "src"):
        return link_target(value)
    if name == "start":
        return value if re.fullmatch("[0-9]{1,9}", value) else None
    return value


_foreign = nh3.Cleaner(
    tags=TAGS,
    attributes={"*": set(), **ATTRIBUTES},  # nh3 has a default of its own for "*"
    attribute_filter=_filter_attribute,
    clean_content_tags=_WITHOUT_CONTENT,
    link_rel=None,
    url_schemes={"http", "https", "mailto"},
)
_last_word = nh3.Cleaner(
    tags=set(ALLOWED),
    attributes={"*": set(), "a": {"href"}, "ol": {"start"}},
    attribute_filter=_filter_attribute,
    clean_content_tags=_WITHOUT_CONTENT,
    set_tag_attribute_values={"a": {"target": "_blank"}},
    link_rel=LINK_REL,
    url_schemes={"http", "https", "mailto"},
)


class _Markdown(MarkdownIt):
    """CommonMark with strikethrough and bare addresses; without raw HTML and tables."""

    linkify: LinkFinder

    def __init__(self) -> None:
        super().__init__("js-default", {"linkify": True, "breaks": True, "maxNesting": 50})
        self.linkify = LinkFinder()
        self.disable("table")
        self.inline.ruler.at("linkify", _bare_address)
        self.core.ruler.push("plain", _make_plain)

    def validateLink(self, url: str) -> bool:  # noqa: N802  (the library's name)
        return link_target(url) is not None

    def normalizeLinkText(self, url: str) -> str:  # noqa: N802
        return url  # as it was typed


def _bare_address(state: StateInline, silent: bool) -> bool:
    """An address in running text, taken whole before emphasis and brackets are looked for in it.

    markdown-it's own rule does the same by a search that is quadratic in the text before "://".
    """
    if state.linkLevel or not state.src.startswith("://", state.pos):
        return False
    before = state.pending[-5:].lower()
    scheme = 5 if before == "https" else 4 if before.endswith("http") else 0
    found = _markdown.linkify.match_at(state.src, state.pos - scheme) if scheme else None
    if found is None:
        return False
    if not silent:
        state.pending = state.pending[:-scheme]
        state.push("link_open", "a", 1).attrs = {"href": found.url}
        state.push("text", "", 0).content = found.text
        state.push("link_close", "a", -1)
    state.pos = found.last_index
    return True


def _make_plain(state: StateCore) -> None:
    """Headings become strong paragraphs, images become links to them: comments have neither."""
    heading = False
    for number, token in enumerate(state.tokens):
        if token.type in {"heading_open", "heading_close"}:
            heading = token.type == "heading_open"
            token.tag = "p"
            token.hidden = not state.tokens[number + (1 if heading else -1)].content
        elif token.type == "inline" and token.children:
            token.children = _plain_links(token.children)
            if heading:
                token.children = [
                    Token("strong_open", "strong", 1),
                    *token.children,
                    Token("strong_close", "strong", -1),
                ]


def _plain_links(tokens: Sequence[Token]) -> list[Token]:
    """Images as links, or as text where they stand in one; "[text]()" as the text that it leads nowhere from."""
    result: list[Token] = []
    opening: Token | None = None
    for token in tokens:
        if token.type == "link_open":
            opening = token
        leads_nowhere = opening is not None and not opening.attrs.get("href")
        if token.type == "link_close":
            opening = None
        if token.type == "image":
            result += _image_link(token, in_link=opening is not None)
        elif not (leads_nowhere and token.type in {"link_open", "link_close"}):
            result.append(token)
    return result


def _image_link(image: Token, *, in_link: bool) -> list[Token]:
    address = str(image.attrs["src"])
    text = Token("text", "", 0, content=_words(image.children or ()) or address)
    if in_link or not address:
        return [text]
    return [Token("link_open", "a", 1, attrs={"href": address}), text, Token("link_close", "a", -1)]


def _words(tokens: Sequence[Token]) -> str:
    return "".join(_words(token.children) if token.children else token.content for token in tokens)


_markdown = _Markdown()
_markdown_with_html = _Markdown()
_markdown_with_html.options["html"] = True
_markdown_without_links = _Markdown()
_markdown_without_links.disable(["link", "image", "reference"])


def render_markdown(text: str) -> str:
    """The HTML of a comment's text, which `clean_text` has cleaned.

    Raises Invalid over `MAX_TEXT_BYTES`. The result can show nothing at all (a lone "#"): ask `plain_text`.
    """
    size = len(text.encode())
    if size > MAX_TEXT_BYTES:
        sentence = f"A comment can have {MAX_TEXT_BYTES:,} bytes at most; this one has {size:,}."
        raise Invalid(sentence, code="too_long", fields={"text": sentence})
    markdown = _markdown if text.count("[") <= MAX_BRACKETS else _markdown_without_links
    return _settle(markdown.render(text))


def sanitise_html(html: str, *, line_breaks: bool = False) -> str:
    """Foreign HTML, of an export for instance, as a comment of ours.

    Headings become strong paragraphs, tables and other boxes paragraphs, images links to their http(s) address; what
    is deeper than a comment needs becomes flat. `line_breaks`: line ends count, as WordPress shows comments. HTML of
    more than `MAX_TAGS` tags is shown as the text that it is.
    """
    tidy = usable_text(_foreign.clean(usable_text(_bounded(html))))  # again: "&#1;" is a control by now
    return _settle(order_blocks(tidy, line_breaks=line_breaks))


def clean_again(html: str) -> str:
    """HTML that this module made, and that was outside since: the same, unless somebody changed it."""
    return _settle(_bounded(usable_text(html), OWN_TAGS))


def render_foreign_markdown(text: str) -> str:
    """Markdown of another system, of any length and with the HTML that it may hold, as a comment of ours."""
    text = usable_text(text)
    markdown = _markdown_with_html if text.count("[") <= MAX_BRACKETS else _markdown_without_links
    return sanitise_html(markdown.render(text))


def lost_elements(html: str) -> set[str]:
    """Names of elements in foreign HTML or Markdown of which `sanitise_html` leaves nothing, or text alone."""
    return {name.lower() for name in _LOST.findall(html)}


def _bounded(html: str, most: int = MAX_TAGS) -> str:
    return html if html.count("<") <= most else escape(html)


def _settle(html: str) -> str:
    """Cleans until nothing changes. One parser's harmless text is another's element only where a second reading differs
    from the first (mutation XSS), and nothing here was seen to need a third."""
    for _ in range(4):
        cleaned = _last_word.clean(html)
        if cleaned == html:
            return html
        html = cleaned
    return f"<p>{escape(visible_text(html))}</p>"


_BREAKS = re.compile(r"<br>\n?")
_BLOCK_ENDS = re.compile(r"</(?:p|pre|blockquote|ul|ol)>\n*|<hr>\n*")
_ITEM_ENDS = re.compile(r"</li>\n*")
_BLOCK_STARTS = re.compile(r"\n?<(?:blockquote|ul|ol|pre)\b[^>]*>\n?")
_ITEM_STARTS = re.compile(r"<li>\n?")
_TAGS = re.compile(r"<[^>]*>")


def plain_text(html: str) -> str:
    """What the HTML shows, as text: blocks a blank line apart, items and breaks on lines of their own."""
    return visible_text(_settle(_bounded(usable_text(html))))


def visible_text(html: str) -> str:
    """The same of HTML that this module made, at a fifth of the cost."""
    for pattern, replacement in (
        (_BREAKS, "\n"),
        (_ITEM_ENDS, "\n"),
        (_BLOCK_ENDS, "\n\n"),
        (_BLOCK_STARTS, "\n"),
        (_ITEM_STARTS, ""),
        (_TAGS, ""),
    ):
        html = pattern.sub(replacement, html)
    return unescape(re.sub(r"\n{3,}", "\n\n", html)).strip()

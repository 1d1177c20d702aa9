"""Comments as people see them: what Markdown and foreign HTML become, and what they can never become."""

from __future__ import annotations

import re
import threading
import time
from html import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.comment_html import offences, visible_text
from widget.errors import Invalid
from widget.names import clean_text
from widget.text import LINK_REL, MAX_TEXT_BYTES, plain_text, render_markdown, sanitise_html

_SAFETY = f' target="_blank" rel="{LINK_REL}"'


def markdown(text: str) -> str:
    """Without the line ends between blocks, and without the safety of links where it is complete."""
    return re.sub(r"\n(?=<|\Z)", "", render_markdown(text).replace(_SAFETY, "").replace("<br>\n", "<br>"))


def foreign(html: str, *, line_breaks: bool = False) -> str:
    return sanitise_html(html, line_breaks=line_breaks).replace(_SAFETY, "")


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("**bold** *it* ~~gone~~ `a<b`", "<p><strong>bold</strong> <em>it</em> <s>gone</s> <code>a&lt;b</code></p>"),
        ("one\ntwo\n\nthree", "<p>one<br>two</p><p>three</p>"),
        ("> quoted\n> > deeper", "<blockquote><p>quoted</p><blockquote><p>deeper</p></blockquote></blockquote>"),
        ("- a\n- b\n  1. c", "<ul><li>a</li><li>b<ol><li>c</li></ol></li></ul>"),
        ("2019. A good year", '<ol start="2019"><li>A good year</li></ol>'),
        ("```python\nif a < b:\n    c()\n```", "<pre><code>if a &lt; b:\n    c()</code></pre>"),
        ("# Title **x**", "<p><strong>Title <strong>x</strong></strong></p>"),
        ("Title\n=====", "<p><strong>Title</strong></p>"),
        ("a\n\n---\n\nb", "<p>a</p><hr><p>b</p>"),
        ("<b>no</b> List<String>", "<p>&lt;b&gt;no&lt;/b&gt; List&lt;String&gt;</p>"),
        ("| a |\n|---|", "<p>| a |<br>|---|</p>"),
    ],
)
def test_markdown_becomes_the_few_things_a_comment_has(written: str, shown: str) -> None:
    assert markdown(written) == shown


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("[a](https://x.example/?b&c)", '<a href="https://x.example/?b&amp;c">a</a>'),
        ("[a](mailto:b@x.example?bcc=c)", '<a href="mailto:b@x.example">a</a>'),
        ('[a](https://x.example "title")', '<a href="https://x.example">a</a>'),
        ("<https://x.example/>", '<a href="https://x.example/">https://x.example/</a>'),
        ("[a](javascript:alert(1))", "[a](javascript:alert(1))"),
        ("[a](/path)", "[a](/path)"),
        ("[a](//x.example)", "[a](//x.example)"),
        ("[a](https://me@x.example)", "[a](https://me@x.example)"),
        ("[a]()", "a"),
        ("![a cat](https://x.example/cat.png)", '<a href="https://x.example/cat.png">a cat</a>'),
        ("![](https://x.example/c.png)", '<a href="https://x.example/c.png">https://x.example/c.png</a>'),
        ("[![a cat](https://x.example/c.png)](https://y.example)", '<a href="https://y.example">a cat</a>'),
        ("![x](data:image/png;base64,AAAA)", "![x](data:image/png;base64,AAAA)"),
    ],
)
def test_links_lead_only_to_the_web_and_to_mail(written: str, shown: str) -> None:
    assert markdown(written) == f"<p>{shown}</p>"


@pytest.mark.parametrize(
    ("written", "address", "after"),
    [
        ("https://x.example/a_b_c*d*?e=1&f=%20", "https://x.example/a_b_c*d*?e=1&f=%20", ""),
        ("https://x.example/a.", "https://x.example/a", "."),
        ("https://x.example/a_(b))", "https://x.example/a_(b)", ")"),
        ("https://x.example, and", "https://x.example", ", and"),
        ("http://localhost:8000/x!", "http://localhost:8000/x", "!"),
        ("www.x.example/a", "www.x.example/a", ""),
        ("https://x.example/パス。次", "https://x.example/パス", "。次"),
    ],
)
def test_bare_addresses_become_links_without_what_follows(written: str, address: str, after: str) -> None:
    shown = render_markdown(f"see {written}")
    assert f">{escape(address)}</a>{after}</p>" in shown
    assert shown.count("<a ") == 1


@pytest.mark.parametrize(
    "written",
    [
        "readme.md",
        "a.b.c",
        "me@x.example",
        "www.",
        "http://",
        "https://me@x.example",
        "x.www.y.example",
        "`http://x.example`",
    ],
)
def test_other_words_become_no_links(written: str) -> None:
    assert "<a" not in render_markdown(written)
    assert "<a" not in sanitise_html(f"<code>{written}</code>" if "`" in written else written)


def test_every_link_tells_the_other_side_nothing() -> None:
    for html in (render_markdown("https://x.example"), sanitise_html('<a href="https://x.example">x</a>')):
        assert _SAFETY in html


def test_text_over_the_limit_is_refused_and_at_the_limit_rendered() -> None:
    assert "ä" in render_markdown("ä" * (MAX_TEXT_BYTES // 2))
    with pytest.raises(Invalid, match="10,002") as refused:
        render_markdown("ä" * (MAX_TEXT_BYTES // 2 + 1))
    assert refused.value.code == "too_long"
    assert "text" in refused.value.fields


@pytest.mark.parametrize("written", ["#", "***", "[a]: https://x.example", "-", ">", "```\n```", "&nbsp;"])
def test_what_shows_nothing_is_known_to_show_nothing(written: str) -> None:
    assert plain_text(render_markdown(written)) == ""


def test_nesting_a_hundred_thousand_deep_stays_small() -> None:
    with pytest.raises(Invalid):
        render_markdown(">" * 100_000)
    assert render_markdown(">" * MAX_TEXT_BYTES).count("<blockquote>") <= 50
    assert "<blockquote>" not in sanitise_html("<blockquote>" * 100_000 + "x")
    assert sanitise_html("<blockquote>" * 1_000 + "x").count("<blockquote>") <= 16
    assert sanitise_html("<ul><li>" * 1_000 + "x").count("<ul>") <= 16


COSTLY = ["[", "![", "[[a]", "](", "://", "a://", "www.", "http://[", "http://a:b@", "https://a.b/?", "(http://a.b/("]
COSTLY += ["<b>", "<ul><li>", "&", "*a**b", "`a``", "_a ", "<!--", "<![CDATA[", "> ", "- ", "\u0316\u0300"]


@pytest.mark.parametrize("unit", COSTLY)
def test_repetition_costs_no_more_than_a_second(unit: str) -> None:
    start = time.thread_time()
    render_markdown((unit * MAX_TEXT_BYTES).encode()[:MAX_TEXT_BYTES].decode(errors="ignore"))
    assert time.thread_time() - start < 0.5
    start = time.thread_time()
    sanitise_html((unit * 50_000)[:50_000], line_breaks=True)
    assert time.thread_time() - start < 1.5


@pytest.mark.parametrize(
    ("html", "shown"),
    [
        ("plain &amp; simple", "<p>plain &amp; simple</p>"),
        ("<h2>Title</h2>text", "<p><strong>Title</strong></p><p>text</p>"),
        ("<div>a<p>b</p>c</div>", "<p>a</p><p>b</p><p>c</p>"),
        ("<b>a</b> <i>b</i><del>c</del><tt>d</tt>", "<p><strong>a</strong> <em>b</em><s>c</s><code>d</code></p>"),
        ("<b>one<p>two</p></b>", "<p><strong>one</strong></p><p><strong>two</strong></p>"),
        ("<table><tr><td>1</td><td>2</td></tr><tr><td>3</td></tr></table>", "<p>1 2</p><p>3</p>"),
        ("<ul>a<li>b<p>c</p></li></ul><li>d", "<ul><li>a</li><li>b<p>c</p></li></ul><p>d</p>"),
        ("<pre>  a\n<b> b</b><br>c\n\n</pre>", "<pre><code>  a\n b\nc\n</code></pre>"),
        ("<p></p><b> </b><blockquote><p></p></blockquote>", "<blockquote></blockquote>"),
        ("a<br>b<br><br>c<br>", "<p>a<br>b</p><p>c</p>"),
        ("a\n\nb", "<p>a b</p>"),
        ('<img src="https://x.example/a.png" alt="a">', '<p><a href="https://x.example/a.png">a</a></p>'),
        ('<img src="/a.png" alt="a"><img src="data:,x">', "<p>a</p>"),
        ('<a href="/x">a</a><a href="javascript:x">b</a><a name="y">c</a>', "<p>abc</p>"),
        (
            'see https://x.example/?a=1&amp;b="',
            '<p>see <a href="https://x.example/?a=1&amp;b=">https://x.example/?a=1&amp;b=</a>"</p>',
        ),
        ("<q>said</q> <script>alert(1)</script><style>p{}</style><!-- no -->", "<p>“said”</p>"),
        ('<ol start="3"><li>a</ol><ol start="x"><li>b</ol>', '<ol start="3"><li>a</li></ol><ol><li>b</li></ol>'),
        ("<hr>a<hr>", "<hr><p>a</p><hr>"),
        ("&#1;a&#x0;b", "<p>a\ufffdb</p>"),
        ("a\ud800b", "<p>ab</p>"),
    ],
)
def test_foreign_html_is_ordered_into_blocks(html: str, shown: str) -> None:
    assert foreign(html) == shown


@pytest.mark.parametrize(
    ("html", "shown"),
    [
        ("a\nb\n\nc", "<p>a<br>b</p><p>c</p>"),
        ("a\r\nb\n \n \nc", "<p>a<br>b</p><p>c</p>"),
        ("a<br />\nb", "<p>a<br>b</p>"),
        ("a<br />\n<br />\nb", "<p>a</p><p>b</p>"),
        ("\n\n<p>a</p>\n\n<p>b</p>\n", "<p>a</p><p>b</p>"),
        ("<blockquote>q\n\nr</blockquote>\ntext", "<blockquote><p>q</p><p>r</p></blockquote><p>text</p>"),
        ("<ul>\n<li>a</li>\n<li>b</li>\n</ul>", "<ul><li>a</li><li>b</li></ul>"),
        ("<pre>a\n\nb</pre>", "<pre><code>a\n\nb\n</code></pre>"),
        ("<strong>a\n\nb</strong>\nc", "<p><strong>a</strong></p><p><strong>b</strong><br>c</p>"),
        ("<code>if\n  x</code>", "<p><code>if<br>x</code></p>"),
    ],
)
def test_line_ends_make_paragraphs_where_they_count(html: str, shown: str) -> None:
    assert foreign(html, line_breaks=True) == shown


def test_plain_text_is_what_is_shown() -> None:
    html = render_markdown("# A\nb **c**\n\n- d\n- e\n  - f\n\n> g <h>\n\n```\ni\n  j\n```\n\nk&nbsp;&amp;")
    assert plain_text(html) == "A\n\nb c\n\nd\ne\nf\n\ng <h>\n\ni\n  j\n\nk\xa0&"


SYNTAX = [
    "*",
    "**",
    "_",
    "~~",
    "`",
    "```\n",
    "[",
    "](",
    ")",
    "![",
    "<",
    ">",
    "> ",
    "- ",
    "1. ",
    "#",
    " ",
    "\n",
    "\n\n",
    "    ",
]
SYNTAX += [
    "http://x.example/",
    "www.x.example",
    "javascript:",
    "https:",
    "//",
    "&amp;",
    "&lt;",
    "&#x6a;",
    "\\",
    "word",
    "é",
    "|",
    ":",
    '"',
]
HTML = [
    "<p>",
    "</p>",
    "<b>",
    "</b>",
    "<i>",
    "</i>",
    "<a href='https://x.example'>",
    "<a href=javascript:x>",
    "</a>",
    "<li>",
    "<ul>",
]
HTML += [
    "</ul>",
    "<ol start=7>",
    "<blockquote>",
    "</blockquote>",
    "<pre>",
    "</pre>",
    "<code>",
    "</code>",
    "<br>",
    "<hr>",
    "<h1>",
]
HTML += [
    "<table>",
    "<tr>",
    "<td>",
    "<svg>",
    "<math>",
    "<mtext>",
    "<style>",
    "</style>",
    "<title>",
    "<img src=x onerror=y>",
    "<form>",
]
HTML += [
    "<!--",
    "-->",
    "<noscript>",
    "<select>",
    "<option>",
    "<template>",
    "<textarea>",
    "<p title='",
    "'>",
    "<mglyph>",
    "<x:y>",
]


def check(html: str) -> None:
    assert offences(html) == []
    assert sanitise_html(html) == sanitise_html(sanitise_html(html))


@settings(max_examples=300, deadline=None)
@given(st.lists(st.one_of(st.sampled_from(SYNTAX), st.text(max_size=5)), max_size=40).map("".join))
def test_no_markdown_leaves_the_allow_list(written: str) -> None:
    check(render_markdown(clean_text(written)))


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.one_of(st.sampled_from(HTML + SYNTAX), st.text(max_size=5)), max_size=40).map("".join), st.booleans()
)
def test_no_html_leaves_the_allow_list(html: str, line_breaks: bool) -> None:
    cleaned = sanitise_html(html, line_breaks=line_breaks)
    check(cleaned)
    assert sanitise_html(cleaned) == cleaned


@given(st.lists(st.text("abcdefgh", min_size=1, max_size=8), min_size=1, max_size=12))
def test_words_between_tags_all_survive(words: list[str]) -> None:
    html = "".join(f"{HTML[(len(word) * 7 + n) % 22]}{word} " for n, word in enumerate(words))
    assert visible_text(sanitise_html(html)).split() == words


def test_many_threads_can_render_at_once() -> None:
    texts = [f"**{n}** https://x.example/{n} [a](https://y.example/{n})\n" * 20 for n in range(8)]
    expected = [render_markdown(text) for text in texts]
    results: dict[int, list[str]] = {}

    def work(number: int) -> None:
        results[number] = [render_markdown(texts[number]) for _ in range(10)]

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(results[number] == [expected[number]] * 10 for number in range(8))

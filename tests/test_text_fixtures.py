"""Attacks, harmless texts, costly inputs and Markdown's own examples, from the folder of outside files."""

from __future__ import annotations

import json
import re
import time
from typing import Any

from tests.support.comment_html import offences, parse, visible_text
from tests.support.files import json_lines
from tests.support.require import fixtures
from widget.errors import Invalid
from widget.links import link_target
from widget.names import clean_name, clean_text, clean_url
from widget.text import MAX_TEXT_BYTES, plain_text, render_markdown, sanitise_html

TIME_LIMIT = 1.5  # seconds of the processor; "about one", on a slow machine


def shorten(text: str) -> str:
    return clean_text(text).encode()[:MAX_TEXT_BYTES].decode(errors="ignore")


def test_no_attack_leaves_the_allow_list() -> None:
    vectors = list(json_lines(fixtures() / "xss" / "vectors.jsonl"))
    assert len(vectors) > 3_000
    for vector in vectors:
        for html in (
            render_markdown(shorten(vector["payload"])),
            sanitise_html(vector["payload"]),
            sanitise_html(vector["payload"], line_breaks=True),
        ):
            assert offences(html) == [], vector["id"]
            again = sanitise_html(html)
            assert sanitise_html(again) == again, vector["id"]


def test_every_harmless_text_survives() -> None:
    for case in json_lines(fixtures() / "xss" / "harmless.jsonl"):
        payload = case["payload"]
        html = render_markdown(clean_text(payload)) if case["format"] == "markdown" else sanitise_html(payload)
        for visible in case["visible"]:
            assert visible in visible_text(html), case["id"]
            assert visible in plain_text(html), case["id"]


def test_costly_input_is_refused_or_finished_in_time() -> None:
    for case in json_lines(fixtures() / "xss" / "resource-use.jsonl"):
        units = (case["unit"] % n if "%d" in case["unit"] else case["unit"] for n in range(case["repeat"]))
        payload = case["prefix"] + "".join(units) + case["suffix"]
        for work in (render_or_refuse, render_start, sanitise_html, plain_text, clean_text, clean_name, clean_url):
            start = time.thread_time()
            result = work(payload)
            assert time.thread_time() - start < TIME_LIMIT, (case["id"], work)
            assert len(result or "") < 20 * len(payload) + 1_000


def render_or_refuse(payload: str) -> str:
    try:
        return render_markdown(clean_text(payload))
    except Invalid:
        return ""


def render_start(payload: str) -> str:
    return render_markdown(shorten(payload))


def test_awkward_strings_become_text_that_shows_them() -> None:
    strings = fixtures() / "strings"
    values = [line["value"] for line in json_lines(strings / "unicode.jsonl")]
    values += json.loads((strings / "naughty-strings.json").read_text(encoding="utf-8"))
    for value in values:
        text = shorten(value)
        html = render_markdown(text)
        assert offences(html) == []
        assert offences(sanitise_html(value)) == []
        if re.fullmatch(r"[^\W_]*", text):
            assert plain_text(html) == text


# What differs on purpose: no raw HTML, only absolute links, no tables; and titles, classes and the text of images.
RAW_HTML = {"HTML blocks", "Raw HTML"}
NAMELESS_IMAGE = 583  # a link must have a text


def tree(html: str) -> list[Any]:
    """Elements with their links and text; headings as strong paragraphs, breaks as blanks, bare addresses as text."""
    html = re.sub(r'<a href="([^"]*)"[^>]*>\1</a>', r"\1", html)
    html = re.sub(r"<h[1-6]></h[1-6]>", "", html)
    html = re.sub(r"<h[1-6]>(.*?)</h[1-6]>", r"<p><strong>\1</strong></p>", html, flags=re.DOTALL)
    html = re.sub(r'<img src="([^"]*)" alt="([^"]*)"[^>]*>', r'<a href="\1">\2</a>', html)
    return outline(parse(re.sub(r"<br\s*/?>\n?", "\n", html)), keep=False)


def outline(element: Any, keep: bool) -> list[Any]:
    def words(text: str | None) -> list[str]:
        text = text or ""
        return [text] if keep and text else [" ".join(text.split())] if text.strip() else []

    result: list[Any] = words(element.text)
    for child in element:
        href = child.attrib.get("href", "")
        result.append((child.tag, href, outline(child, keep or child.tag == "pre")))
        result += words(child.tail)
    return result


def absolute(example: dict[str, str]) -> tuple[str, str]:
    """The example with /url and /uri as absolute addresses, for a comment has no relative ones."""
    pattern = re.compile(r"(?<=[(<: \n])/(ur[il]\d?)\b")
    markdown, html = (pattern.sub(r"https://x.example/\1", example[key]) for key in ("markdown", "html"))
    return markdown, html


def must_differ(markdown: str, html: str) -> bool:
    links = re.findall(r'(?:href|src)="([^"]*)"', html)
    typed = re.search(
        r"<[a-z!/?]", re.sub(r"</?(?:p|h[1-6]|br|hr|em|strong|code|pre|blockquote|ul|ol|li|a|img)\b", "", html)
    )
    return bool(typed) or not all(link_target(link) == link for link in links)


def test_ordinary_markdown_means_what_the_specification_says() -> None:
    held, differing = 0, []
    for example in json.loads((fixtures() / "markdown" / "commonmark-spec.json").read_text(encoding="utf-8")):
        markdown, html = absolute(example)
        if example["section"] in RAW_HTML or example["example"] == NAMELESS_IMAGE or must_differ(markdown, html):
            continue
        if tree(render_markdown(markdown)) == tree(html):
            held += 1
        else:
            differing.append(example["example"])
    assert differing == []
    assert held > 440

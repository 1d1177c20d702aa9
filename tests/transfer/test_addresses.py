"""Where pages of an export belong: their own addresses, mapped ones, and those of other hosts."""

from __future__ import annotations

import pytest

from tests.support.importer import Importer
from tests.support.wxr import item, told
from widget.errors import Invalid
from widget.mapping import Mapping, parse_mapping
from widget.transfer.plan import Options


@pytest.mark.parametrize(
    ("text", "old", "new"),
    [
        ("http://Old.example:80=https://blog.example", "http://old.example", "https://blog.example"),
        ("/2019/=/archive/2019/", "/2019/", "/archive/2019/"),
        ("https://old.example/b=/c", "https://old.example/b", "/c"),
        ("/a=https://blog.example/?p=1", "/a", "https://blog.example/?p=1"),
    ],
)
def test_mapping_is_read(text: str, old: str, new: str) -> None:
    assert parse_mapping(text) == Mapping(old, new)


@pytest.mark.parametrize(
    "text", ["", "old.example=new.example", "/a", "/a=", "=/a", "https://=/a", "/a=javascript:x", "/:a/:a=/b", "/a=/:b"]
)
def test_what_is_no_mapping_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        parse_mapping(text)


@pytest.mark.parametrize(
    ("mappings", "link", "url"),
    [
        (["http://old.example=https://blog.example"], "http://OLD.example/a?p=1", "https://blog.example/a?p=1"),
        (["http://old.example=https://blog.example"], "http://old.example", "https://blog.example/"),
        (["http://old.example=https://blog.example/new/"], "http://old.example/a", "https://blog.example/new/a"),
        (["http://old.example/b/=https://blog.example"], "http://old.example/b/c", "https://blog.example/c"),
        (["/b=/c"], "https://blog.example/b/d", "https://blog.example/c/d"),
        (["/b=/c"], "https://blog.example/b?d", "https://blog.example/c?d"),
        (["/b=/c"], "https://blog.example/bread", "https://blog.example/bread"),
        (["/b/=/c/", "/b/d/=/e/"], "https://blog.example/b/d/f", "https://blog.example/e/f"),
        (["/b=https://blog.example/c"], "https://blog.example/b/d", "https://blog.example/c/d"),
        (
            ["/b=/c", "http://old.example=https://blog.example"],
            "http://old.example/b/d",
            "https://blog.example/c/d",
        ),
        (["/7=/8"], "/7", "https://blog.example/8"),
        (["/:year/:month/:slug=/:slug"], "/2019/05/bread/?p=1", "https://blog.example/bread/?p=1"),
        (["/:year/:slug=/:slug/:year"], "/about/bread", "https://blog.example/about/bread"),
        (["/:year/:slug=/:slug/:year"], "/2019/bread/crust", "https://blog.example/bread/2019/crust"),
        ([], "/only/a/path", "https://blog.example/only/a/path"),
    ],
)
async def test_page_is_where_the_mapping_says(importer: Importer, mappings: list[str], link: str, url: str) -> None:
    options = Options(mappings=[parse_mapping(text) for text in mappings])
    report = await importer(item(told(1), link=link, guid=""), options=options)
    assert report.skipped == {}
    assert [page.url for page in (await importer.rows()).pages] == [url]


async def test_mapping_that_no_page_needs_is_reported(importer: Importer) -> None:
    report = await importer(item(told(1)), options=Options(mappings=[Mapping("/x", "/y")]), dry_run=True)
    assert report.warnings == ["No page begins with /x, which a mapping names."]


async def test_report_names_the_mapping_that_brings_pages_in(importer: Importer) -> None:
    items = item(told(1), link="http://localhost:1313/a")
    report = await importer(items, dry_run=True)
    assert report.skipped == {"page of another host": 1}
    (warning,) = report.warnings
    suggested = warning.partition("--map ")[2].partition(" ")[0]
    assert suggested == "http://localhost:1313=https://blog.example"
    report = await importer(items, options=Options(mappings=[parse_mapping(suggested)]))
    assert (report.imported, report.warnings) == (1, [])


async def test_pages_that_are_one_here_are_counted_once(importer: Importer) -> None:
    links = ["http://blog.example/a/?utm_source=x", "https://www.blog.example/a", "https://blog.example/a/index.html"]
    report = await importer(*(item(told(number), number=number, link=link) for number, link in enumerate(links, 1)))
    assert (report.pages, report.imported) == (1, 3)

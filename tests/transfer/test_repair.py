"""Mending XML that is almost right: whatever the pieces in which it comes, and nothing that is right."""

from __future__ import annotations

from html import escape
from itertools import pairwise

from hypothesis import example, given
from hypothesis import strategies as st

from tests.support.wxr import cdata
from widget.transfer.repair import Repair

MARKUP = [
    "<a>",
    "</a>",
    "<![CDATA[",
    "]]>",
    "]]",
    "&",
    "&amp;",
    "&#1;",
    "&x;",
    "<!--",
    "-->",
    "<?x",
    "?>",
    "\x00",
    "b",
    "\n",
    "<",
    ">",
    " ",
]


@given(st.lists(st.sampled_from(MARKUP), max_size=30).map("".join), st.lists(st.integers(0, 60), max_size=6))
@example(text="b]]>", cuts=[2])
@example(text="b]]>", cuts=[3])
def test_repairing_does_not_depend_on_where_the_pieces_end(text: str, cuts: list[int]) -> None:
    whole = Repair().feed(text, final=True)
    repair = Repair()
    edges = [0, *sorted(cuts), len(text)]
    pieces = [text[start:end] for start, end in pairwise(edges)]
    assert "".join(map(repair.feed, pieces)) + repair.feed("", final=True) == whole
    assert whole.count("\n") == text.count("\n")


@given(st.text("ab<>&;]![CDAT \n", max_size=60))
def test_repairing_leaves_good_xml_as_it_is(text: str) -> None:
    good = f"<r a='{escape(text)}'>{escape(text)}{cdata(text)}<!-- {text.replace('-', '')} & --><?p {text} & ?></r>"
    assert Repair().feed(good, final=True) == good

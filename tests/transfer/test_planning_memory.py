"""What an import holds of a file does not grow with its texts: numbers alone, a few for each comment."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator

from tests.support.sites import make_site
from widget.transfer.plan import Options
from widget.transfer.planning import make_plan
from widget.transfer.records import ImportedComment, ImportedPage, ImportedPerson, Record

NOW = 1_800_000_000_000
BYTES = 64  # of each comment, at the most


def records(number: int) -> Iterator[Record]:
    """Replies before what they answer, each by somebody else on a page of its own, with ids as long as they may be."""
    for each in range(number):
        name = f"{each:0300}"
        page = name if each % 2 else f"{each + 1:0300}"
        yield ImportedPage(page, f"https://blog.example/{page[-200:]}", page)
        yield ImportedPerson(name, name, f"{name}@example.org", None)
        yield ImportedComment(
            name, page, f"{each + 1:0300}", name, None, None, NOW + each, "approved", "x" * 2_000, author_source_id=name
        )


def peak(number: int) -> int:
    tracemalloc.start()
    plan = make_plan(make_site(), "made-up", lambda: records(number), Options(), NOW)
    found = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    plan.close()
    assert plan.report.max_depth == 2
    return found


def test_plan_of_many_comments_takes_a_few_bytes_of_each() -> None:
    peak(10)  # what is made once
    assert peak(5_500) - peak(500) < 5_000 * BYTES

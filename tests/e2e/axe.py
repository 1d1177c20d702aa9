"""axe-core, as tests ask it: what it finds against WCAG 2.2 AA in a document."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import Frame, Page

from tests.support.require import require

FILE = Path(__file__).parents[1] / "tools" / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
RUN = """async ([tags, framed]) => {
  if (framed) document.documentElement.style.background = "var(--back)"; // the page's behind it, which axe cannot see
  const { violations, passes } = await axe.run({ runOnly: tags });
  const told = violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html} ${node.failureSummary}`));
  return [told, passes.map(({ id }) => id)];
}"""


async def violations(document: Page | Frame, *looked_at: str) -> list[str]:
    """What shuts somebody out. `looked_at` are rules that must have had something to look at."""
    require(FILE.is_file(), "npm's axe-core (make tools)")
    await document.evaluate(FILE.read_text())
    framed = isinstance(document, Frame) and document.parent_frame is not None
    found, passed = await document.evaluate(RUN, [TAGS, framed])
    assert {"color-contrast", *looked_at} <= set(passed)
    told: list[str] = found
    return told

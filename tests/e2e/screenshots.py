"""Pictures of the demo in every state that a reader meets: `make screenshots` writes them to `build/screenshots/`.

For looking at, so pytest runs this file only when it is named. Wide and narrow, light and dark; some states also at 320
pixels, at a zoom of 200 %, and in the colours of high contrast.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.e2e import states
from tests.e2e.account_states import ACCOUNT_STATES
from tests.e2e.admin_states import ADMIN_STATES
from tests.e2e.blog import Blog
from tests.e2e.conftest import Demo
from tests.e2e.contexts import NewContext
from tests.e2e.imported_states import IMPORTED_STATES
from tests.e2e.moderating_states import MODERATING_STATES
from tests.e2e.policy_states import POLICY_STATES
from tests.e2e.reader import Reader
from tests.e2e.seed import Seed
from tests.e2e.site_states import SITE_STATES
from tests.e2e.states import Scene

pytestmark = pytest.mark.browser

FOLDER = Path(__file__).parents[2] / "build" / "screenshots"
# What the browser is told (Playwright's options for a context), by how the picture's name ends.
FORMATS: dict[str, dict[str, Any]] = {
    f"{width}-{scheme}": {"viewport": {"width": width, "height": 900}, "color_scheme": scheme}
    for width in (1280, 390)
    for scheme in ("light", "dark")
}
SPECIAL: dict[str, dict[str, Any]] = {
    "320": {"viewport": {"width": 320, "height": 640}},
    "zoom": {"viewport": {"width": 640, "height": 450}, "device_scale_factor": 2},  # 1280 pixels at 200 %
    "contrast": {"viewport": {"width": 1280, "height": 900}, "forced_colors": "active"},
}
ALSO_SPECIAL = ("thread", "nested", "guest", "signed-in", "long-words", "thread-page", "account")


STATES = {
    **states.STATES,
    **ACCOUNT_STATES,
    **POLICY_STATES,
    **MODERATING_STATES,
    **ADMIN_STATES,
    **SITE_STATES,
    **IMPORTED_STATES,
}
TWO = ("1280-light", "390-dark")  # of what differs in its comments alone
PICTURES = [
    (state, name)
    for state in STATES
    for name in (*(TWO if state in IMPORTED_STATES else FORMATS), *(SPECIAL if state in ALSO_SPECIAL else ()))
]


@pytest.mark.parametrize(("state", "name"), PICTURES)
async def test_picture(
    state: str,
    name: str,
    new_context: NewContext,
    new_scriptless_context: NewContext,
    demo: Demo,
    blog: Blog,
    seed: Seed,
) -> None:
    options = {**FORMATS, **SPECIAL}[name]
    make = new_scriptless_context if state == "no-scripts" else new_context
    context = await make(locale="en-GB", reduced_motion="reduce", **options)
    page = await context.new_page()
    shown = await STATES[state](Scene(Reader(page), blog, seed, f"{demo.blog}/posts/slow-bread/", name))
    FOLDER.mkdir(parents=True, exist_ok=True)
    await shown.screenshot(
        path=FOLDER / f"{state}-{name}.png",
        full_page=state == "account" or state in {**ADMIN_STATES, **SITE_STATES, **IMPORTED_STATES},
    )

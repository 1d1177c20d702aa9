"""/admin/doctor: what of the comments on a page will not work, and why. A POST, for it makes us ask other servers."""

from __future__ import annotations

from starlette.responses import Response

from widget.doctor.findings import Finding
from widget.errors import Invalid, TooMany
from widget.handlers.admin.desk import Desk, at_desk, show
from widget.moderation.examining import check_examined, read_overseen


async def _page(desk: Desk) -> Response:
    overseen = await read_overseen(desk.core, desk.visitor)
    url, findings = desk.form.get("url", "").strip(), list[Finding]()
    if desk.request.method == "POST":
        try:
            await check_examined(desk.core, overseen, url)
            findings = await desk.service.doctor.examine(url, overseen.sites)
        except (Invalid, TooMany) as error:
            desk = desk._replace(error=error)
    return await show(
        desk,
        "doctor.html",
        here="doctor",
        staff=overseen.staff,
        url=url,
        findings=findings,
        problems=sum(finding.level == "problem" for finding in findings),
    )


doctor = at_desk(_page)

"""Every address of the service, in one table."""

from __future__ import annotations

from starlette.routing import BaseRoute, Route

from auth import Auth
from widget.handlers import (
    account,
    actions,
    avatars,
    comments,
    documents,
    embed,
    health,
    live,
    moderation,
    owners,
    reports,
    summaries,
)
from widget.handlers.admin import comment, doctor, inbox, log, numbers, page, pages, person, site, site_settings, sites
from widget.operations import OPERATIONS

_HANDLERS = {
    "thread": comments.thread,
    "replies": comments.replies,
    "likers": comments.likers,
    "post": comments.post,
    "edit": comments.edit,
    "delete": comments.delete,
    "like": comments.like,
    "unlike": comments.like,
    "dislike": comments.dislike,
    "undislike": comments.dislike,
    "report": reports.report,
    "preview": comments.preview,
    "counts": summaries.counts,
    "latest": summaries.latest,
    "me": comments.me,
    "set_status": moderation.set_status,
    "pin": moderation.pin,
    "unpin": moderation.pin,
    "undo": moderation.undo,
    "ban": moderation.ban,
    "unban": moderation.unban,
    "lock": moderation.lock,
    "unlock": moderation.lock,
}


def routes(auth: Auth) -> list[BaseRoute]:
    """Tried from the top: what is asked for most stands first."""
    return [
        Route("/embed/{site}", embed.frame, methods=["GET"]),
        Route("/embed/{site}", actions.frame, methods=["POST"]),
        Route("/live/{site}", live.stream, methods=["GET"]),
        Route("/thread/{site}", embed.page, methods=["GET"]),
        Route("/thread/{site}", actions.page, methods=["POST"]),
        *(Route(f"/api/v1{op.path}", _HANDLERS[op.name], methods=[op.method]) for op in OPERATIONS),
        Route("/count/{site}", summaries.count, methods=["GET"]),
        Route("/latest/{site}", summaries.latest_document, methods=["GET"]),
        Route("/", documents.home, methods=["GET"]),
        Route("/privacy", documents.privacy, methods=["GET"]),
        Route("/account", account.page, methods=["GET"]),
        Route("/account", account.change, methods=["POST"]),
        Route("/account/export", account.export, methods=["GET"]),
        Route("/account/erase", account.erasure, methods=["GET"]),
        Route("/account/erase", account.erase, methods=["POST"]),
        Route("/account/erased", account.erased, methods=["GET"]),
        Route("/admin", inbox.inbox, methods=["GET", "POST"]),
        Route("/admin/comments/{site}/{id}", comment.comment, methods=["GET", "POST"]),
        Route("/admin/people/{site}/{id}", person.person, methods=["GET", "POST"]),
        Route("/admin/pages", pages.pages, methods=["GET"]),
        Route("/admin/pages/alike", pages.alike, methods=["GET", "POST"]),
        Route("/admin/pages/{site}/{id}", page.page, methods=["GET", "POST"]),
        Route("/admin/pages/{site}/{id}/merge", page.merge, methods=["GET"]),
        Route("/admin/sites", sites.sites, methods=["GET", "POST"]),
        Route("/admin/sites/{site}", site.site, methods=["GET", "POST"]),
        Route("/admin/sites/{site}/export", site.export, methods=["GET"]),
        Route("/admin/sites/{site}/preview", site_settings.preview, methods=["GET"]),
        Route("/admin/sites/{site}/{group}", site_settings.settings, methods=["GET", "POST"]),
        Route("/admin/numbers", numbers.numbers, methods=["GET"]),
        Route("/admin/log", log.log, methods=["GET", "POST"]),
        Route("/admin/doctor", doctor.doctor, methods=["GET", "POST"]),
        Route("/admin/link", owners.link, methods=["GET"]),
        Route("/admin/link", owners.claim, methods=["POST"]),
        Route("/report/thanks", reports.thanks, methods=["GET"]),
        Route("/report/{site}/", reports.find, methods=["GET"]),
        Route("/report/{site}/{id}", reports.form, methods=["GET"]),
        Route("/report/{site}/{id}", reports.send, methods=["POST"]),
        Route("/avatar/{avatar}.webp", avatars.avatar, methods=["GET"]),
        Route("/healthz", health.alive, methods=["GET"]),
        Route("/readyz", health.ready, methods=["GET"]),
        Route("/api/v1/openapi.json", documents.openapi, methods=["GET"]),
        *auth.routes(),
    ]

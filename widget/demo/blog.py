"""The demo's blog: three posts with the tag in them, on a host of its own so that browsers see two sites."""

from __future__ import annotations

from typing import NamedTuple

import jinja2
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from widget.resources import folder


class Post(NamedTuple):
    name: str
    title: str
    lead: str


POSTS = (
    Post("slow-bread", "Slow bread", "A night in the cold does what no amount of kneading will."),
    Post("a-map-of-hedges", "A map of hedges", "Two hundred and fourteen on the old sheet, sixty-one on the ground."),
    Post("empty-page", "An empty page", "Nothing has been said here yet."),
)
_BY_NAME = {post.name: post for post in POSTS}


def blog(blog_origin: str, home: str) -> Starlette:
    """The blog at `blog_origin`, with its comments from `home`."""
    environment = jinja2.Environment(loader=jinja2.FileSystemLoader(folder("templates")), autoescape=True)

    def page(template: str, **values: object) -> Response:
        html = environment.get_template(template).render(blog=blog_origin, home=home, posts=POSTS, **values)
        return HTMLResponse(html)

    async def index(_request: Request) -> Response:
        return page("demo/index.html")

    async def post(request: Request) -> Response:
        found = _BY_NAME.get(request.path_params["name"])
        return page("demo/post.html", post=found) if found else PlainTextResponse("There is no such post.", 404)

    async def style(_request: Request) -> Response:
        return FileResponse(folder("static") / "demo.css")

    return Starlette(routes=[Route("/", index), Route("/posts/{name}/", post), Route("/blog.css", style)])


class ByHost:
    """One port, two sites: 127.0.0.1 is the blog, any other name the service. In the demo alone does Host decide."""

    def __init__(self, blog_app: ASGIApp, service: ASGIApp) -> None:
        self._blog = blog_app
        self._service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and dict(scope["headers"]).get(b"host", b"").startswith(b"127.0.0.1"):
            await self._blog(scope, receive, send)
        else:
            await self._service(scope, receive, send)

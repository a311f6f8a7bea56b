"""Everything that web answers over HTTP."""

from pathlib import Path
from urllib.parse import urlsplit

import anlaufstelle_contracts
from fastapi import FastAPI, Request, Response
from fastapi.responses import FileResponse, PlainTextResponse
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from . import counter, desk, public
from .domain.phrases import _
from .guard import DeskKey, Headers, OtherSite, TooLarge
from .pages import HERE, Pages
from .repository import ReadModel
from .rooms import Rooms
from .spam import FormGuard

ASYNCAPI = Path(anlaufstelle_contracts.__file__).parents[1] / "asyncapi.yaml"
ROBOTS = "User-agent: *\nDisallow: /desk\nDisallow: /s/\n"
FRAMEWORK_PAGES = ("/docs", "/docs/oauth2-redirect", "/redoc", "/openapi.json")
LOOPBACK = ("127.0.0.1", "localhost", "::1")


def register(
    api: FastAPI, pages: Pages, rooms: Rooms, model: ReadModel, key: DeskKey, form_guard: FormGuard, services: dict[str, str]
) -> None:  # fmt: skip
    """All routes; `services` are the addresses of the others, by name."""
    # The interactive API pages of the framework describe nothing here: what this port serves is for people.
    api.router.routes = [route for route in api.router.routes if getattr(route, "path", "") not in FRAMEWORK_PAGES]
    api.add_middleware(Headers)
    api.mount("/static", StaticFiles(directory=HERE / "static"), name="static")
    public.register(api, pages, rooms, form_guard)
    login = desk.login_page(pages)
    desk.register(api, pages, rooms, model, key, login)
    counter.register(api, pages, rooms, key, login)

    @api.get("/docs", include_in_schema=False)
    async def docs(request: Request) -> Response:
        # Inside addresses are told to who is inside: at the desk, or on the one machine that everything runs on.
        inside = key.knows(request)
        shown = {name: url if inside or urlsplit(url).hostname in LOOPBACK else "" for name, url in services.items()}
        language = pages.public_language(request)
        return pages.render(request, "docs.html", language, asyncapi=ASYNCAPI.exists(), services=shown)

    @api.get("/docs/asyncapi.yaml", include_in_schema=False)
    async def asyncapi() -> Response:
        if not ASYNCAPI.exists():
            raise HTTPException(404)
        return FileResponse(ASYNCAPI, media_type="text/plain; charset=utf-8")

    @api.get("/robots.txt", include_in_schema=False)
    async def robots() -> Response:
        return PlainTextResponse(ROBOTS)

    async def not_found(request: Request, error: Exception) -> Response:
        words = _("There is no page at this address.")
        return pages.notice(request, pages.public_language(request), 404, _("There is nothing here"), words)

    async def too_large(request: Request, error: Exception) -> Response:
        words = _("That is far more than a message can hold. Please go back and shorten it.")
        return pages.notice(request, pages.public_language(request), 413, _("Too long"), words, back=request.url.path)

    async def other_site(request: Request, error: Exception) -> Response:
        words = _("This form was sent from another page, so we did not take it. Please open our page and write there.")
        return pages.notice(request, pages.public_language(request), 403, _("Not taken"), words)

    api.add_exception_handler(404, not_found)
    api.add_exception_handler(TooLarge, too_large)
    api.add_exception_handler(OtherSite, other_site)

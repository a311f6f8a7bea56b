"""What keeps the public port safe: headers on every answer, no posts from other sites, small bodies, the desk's key."""

import hashlib
import hmac
from urllib.parse import parse_qs, urlsplit

from fastapi import Request, Response
from itsdangerous import BadSignature, TimestampSigner
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LARGEST_FORM = 256 * 1024
DESK_COOKIE = "desk"
SHIFT = 12 * 3600
"""Seconds that a login at the desk lasts."""

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
}
PRIVATE = {"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"}
"""Headers of pages whose address is a secret."""


class TooLarge(Exception):
    """A form larger than anything a person writes."""


class OtherSite(Exception):
    """A form that was posted from another site."""


class Headers:
    """ASGI middleware: the same headers on every answer, unless the page has its own."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_with_headers if scope["type"] == "http" else send)


async def read_form(request: Request) -> dict[str, list[str]]:
    """The fields of a posted form. Raises OtherSite and TooLarge."""
    if not is_same_site(request):
        raise OtherSite
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_FORM:
            raise TooLarge
    try:
        return parse_qs(body.decode("ascii", errors="replace"), keep_blank_values=True, max_num_fields=100)
    except ValueError:
        raise TooLarge from None


def is_same_site(request: Request) -> bool:
    """Browsers say where a post comes from. `Origin: null` is what they send from a page without referrer."""
    fetch_site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if fetch_site:
        return fetch_site in ("same-origin", "none")
    if origin == "null":
        return request.url.path.startswith("/s/")  # who knows the address of that page may post to it
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")


class DeskKey:
    """Who knows the desk's key gets a signed cookie for one shift."""

    def __init__(self, key: str) -> None:
        self._key = key.encode()
        # Signed with the key itself: a new key ends every login.
        self._signer = TimestampSigner(key, salt="desk", digest_method=hashlib.sha256)

    def opens(self, key: str) -> bool:
        """Whether that is the key."""
        return hmac.compare_digest(key.encode(), self._key)

    def admit(self, request: Request, response: Response) -> None:
        """Give the cookie."""
        response.set_cookie(
            DESK_COOKIE,
            self._signer.sign("coordinator").decode(),
            max_age=SHIFT,
            httponly=True,
            samesite="lax",
            secure=request.url.scheme == "https",
            path="/",
        )

    def dismiss(self, response: Response) -> None:
        """Take the cookie back."""
        response.delete_cookie(DESK_COOKIE, path="/")

    def knows(self, request: Request) -> bool:
        """Whether the request carries a valid cookie."""
        try:
            self._signer.unsign(request.cookies.get(DESK_COOKIE, ""), max_age=SHIFT)
        except BadSignature:
            return False
        return True

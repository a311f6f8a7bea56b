"""Liveness, readiness and metrics over HTTP, and the token that guards internal routes."""

import hmac
from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Depends, FastAPI, Header, HTTPException, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from .settings import Settings


def add_health(api: FastAPI, problems: Callable[[], Awaitable[list[str]]], guard: Callable[..., None]) -> None:
    """`/health/live` answers while the event loop turns; `/health/ready` names what stands in the way, if anything.

    `/metrics` wants the token: the port of the public page is open to everybody.
    """

    @api.get("/health/live", tags=["health"])
    async def live() -> dict[str, str]:
        return {"status": "live"}

    @api.get("/health/ready", tags=["health"])
    async def ready(response: Response) -> dict[str, object]:
        found = await problems()
        response.status_code = 503 if found else 200
        return {"status": "not ready" if found else "ready", "problems": found}

    @api.get("/metrics", tags=["health"], dependencies=[Depends(guard)], include_in_schema=False)
    async def metrics() -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


def token_guard(settings: Settings) -> Callable[[str], None]:
    """A dependency that lets only callers with the internal bearer token pass."""
    expected = f"Bearer {settings.api_token.get_secret_value()}".encode()

    def guard(authorization: Annotated[str, Header()] = "") -> None:
        if not settings.api_token.get_secret_value() or not hmac.compare_digest(authorization.encode(), expected):
            raise HTTPException(
                401, "this route is for the association's own services: send the bearer token", {"WWW-Authenticate": "Bearer"}
            )

    return guard

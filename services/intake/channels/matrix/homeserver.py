"""Asking a homeserver as one account, and what it keeps for that account."""

import json
from typing import Any
from urllib.parse import quote

import aiohttp

from ..http import whole

TIMEOUT = 8


class Refused(Exception):
    """The server does not do what we ask."""

    def __init__(self, status: int, said: dict[str, Any], header: str) -> None:
        super().__init__(status)
        self.status, self.code = status, str(said.get("errcode", ""))
        wait = said.get("retry_after_ms")
        self.wait = wait / 1000 if isinstance(wait, int) else float(header) if header.isdecimal() else None


class Homeserver:
    """The homeserver of an account; it connects when it is first asked."""

    def __init__(self, url: str, user_id: str, token: str) -> None:
        self._account = f"user/{quoted(user_id)}/account_data"
        self._http = aiohttp.ClientSession(f"{url.rstrip('/')}/_matrix/client/v3/", headers={"Authorization": f"Bearer {token}"})

    async def close(self) -> None:
        """Close its connections."""
        await self._http.close()

    async def ask(self, method: str, path: str, body: Any = None, within: float = TIMEOUT, **query: Any) -> dict[str, Any]:
        """One request. Raises Refused, or what aiohttp raises."""
        timeout = aiohttp.ClientTimeout(total=within)
        async with self._http.request(method, path, json=body, params=query, timeout=timeout) as answer:
            said = _json(await answer.read())
            if not answer.ok:
                raise Refused(answer.status, said, answer.headers.get("Retry-After", ""))
            return said

    async def kept(self, name: str) -> dict[str, Any]:
        """What we keep at the server under a name."""
        try:
            return await self.ask("GET", f"{self._account}/{name}")
        except Refused as error:
            if error.code == "M_NOT_FOUND":
                return {}
            raise

    async def keep(self, name: str, what: dict[str, Any]) -> None:
        """Keep it at the server, in place of what was there."""
        await self.ask("PUT", f"{self._account}/{name}", what)


def quoted(name: str) -> str:
    """A name as a part of a path."""
    return quote(name, safe="")


def _json(body: bytes) -> dict[str, Any]:
    try:
        said = json.loads(whole(body))
    except ValueError:
        said = None
    return said if isinstance(said, dict) else {}

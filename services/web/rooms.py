"""The other services over HTTP: intake takes people's words, matching takes a coordinator's decision."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal, TypeVar
from urllib.parse import quote

import httpx
from pydantic import AliasChoices, BaseModel, ConfigDict, Field, ValidationError

TIMEOUT = 10.0
LONG = 120.0
"""Seconds that a list of hundreds may take."""
GLANCE = 1.0
"""Seconds to wait for what the desk can do without."""

M = TypeVar("M", bound=BaseModel)


class RoomAway(Exception):
    """The service cannot be reached or cannot do it just now; trying again may help."""


class Refused(Exception):
    """The service understood and says no; trying again does not help."""

    def __init__(self, status: int) -> None:
        super().__init__(f"refused with {status}")
        self.status = status


class Choice(BaseModel):
    """A button."""

    value: str
    label: str


class Said(BaseModel):
    """One message of a conversation."""

    model_config = ConfigDict(hide_input_in_errors=True)

    by: Literal["person", "us"] = Field(validation_alias=AliasChoices("from", "by"))
    text: str
    time: datetime
    need_id: str | None = None
    choices: list[Choice] = []


class Conversation(BaseModel):
    """What was said so far on a private page."""

    model_config = ConfigDict(hide_input_in_errors=True)

    language: str
    messages: list[Said]


class Accepted(BaseModel):
    """Where the answer will appear."""

    model_config = ConfigDict(hide_input_in_errors=True)

    token: str


class Noted(BaseModel):
    """Under which code a visitor's conversation is read."""

    code: str


class Written(BaseModel):
    """What became of a coordinator's words."""

    held: bool


class Row(Noted):
    """A row of a list that was taken."""

    line: int
    kind: str


class BadRow(BaseModel):
    """A row that could not be read, and why."""

    line: int
    error: str


class Listed(BaseModel):
    """What became of a list."""

    taken: list[Row]
    errors: list[BadRow]


class Drift(BaseModel):
    """What matching predicted of the last answered referrals, and what share of them helped."""

    answered: int
    predicted: float
    helped: float


class Rooms:
    """Calls with the internal token."""

    def __init__(self, client: httpx.AsyncClient, token: str, intake_url: str, matching_url: str) -> None:
        self._client = client
        self._headers = {"Authorization": f"Bearer {token}"}
        self._intake, self._matching = intake_url.rstrip("/"), matching_url.rstrip("/")

    async def say(self, text: str, *, language: str, message_id: str, token: str | None = None) -> str:
        """Hand a person's words to intake, once for an id; gives the token of the conversation. Raises RoomAway, Refused."""
        body = {"text": text, "language": language, "id": message_id, "token": token}
        return self._read(Accepted, await self._call("POST", f"{self._intake}/channels/web/messages", json=body)).token

    async def conversation(self, token: str) -> Conversation:
        """What was said. Raises RoomAway and Refused (404: nobody has that token)."""
        url = f"{self._intake}/channels/web/conversations/{quote(token, safe='')}"
        return self._read(Conversation, await self._call("GET", url))

    async def write_down(
        self, text: str, *, note_id: str, kind: str | None = None, language: str | None = None, code: str | None = None
    ) -> str:
        """Hand what a visitor said to intake, once for an id; gives the code of the conversation. Raises RoomAway, Refused."""
        body = {"text": text, "id": note_id, "kind": kind, "language": language, "code": code}
        return self._read(Noted, await self._call("POST", f"{self._intake}/channels/desk/messages", json=body)).code

    async def visitor(self, code: str) -> Conversation:
        """What was said with a visitor. Raises RoomAway and Refused (404: there is none)."""
        url = f"{self._intake}/channels/desk/conversations/{quote(code, safe='')}"
        return self._read(Conversation, await self._call("GET", url))

    async def hand_in(self, table: bytes) -> Listed:
        """Hand a list to intake. Raises RoomAway, Refused (it is no list)."""
        url = f"{self._intake}/channels/desk/lists"
        return self._read(Listed, await self._call("POST", url, content=table, timeout=LONG))

    async def write(self, need_id: str, text: str, *, message_id: str) -> bool:
        """A coordinator's words to the person of a need, once for an id. True: they wait until the person writes in private.

        Raises RoomAway and Refused.
        """
        url = f"{self._intake}/needs/{quote(need_id, safe='')}/messages"
        return self._read(Written, await self._call("POST", url, json={"id": message_id, "text": text})).held

    def _read(self, model: type[M], answer: httpx.Response) -> M:
        try:
            return model.model_validate_json(answer.content)
        except ValidationError:
            raise RoomAway(f"no {model.__name__}") from None

    async def decide(self, need_id: str, decision: Mapping[str, object], *, key: str) -> None:
        """A coordinator's decision; the same key decides once. Raises RoomAway and Refused."""
        await self._click(f"needs/{quote(need_id, safe='')}/decision", decision, key)

    async def correct(self, need_id: str, category: str, *, key: str) -> None:
        """What a coordinator says a need is about. Raises RoomAway and Refused."""
        await self._click(f"needs/{quote(need_id, safe='')}/categories", {"categories": [category]}, key)

    async def verify(self, offer_id: str, verified: bool, seen: str, *, key: str) -> None:
        """Whether what somebody offers is shown to people; `seen` tells which words were read. Raises RoomAway and Refused."""
        await self._click(f"offers/{quote(offer_id, safe='')}/verification", {"verified": verified, "seen": seen}, key)

    async def check(self, offer_id: str, reachable: bool, *, key: str) -> None:
        """Whether a coordinator could reach who offers it. Raises RoomAway and Refused."""
        await self._click(f"offers/{quote(offer_id, safe='')}/check", {"reachable": reachable}, key)

    async def drift(self) -> Drift | None:
        """How predictions and answers compare; None when matching does not say."""
        try:
            answer = await self._call("GET", f"{self._matching}/calibration", timeout=GLANCE)
            return Drift.model_validate_json(answer.content)
        except (RoomAway, Refused, ValidationError):
            return None

    async def _click(self, path: str, body: object, key: str) -> None:
        await self._call("POST", f"{self._matching}/{path}", json=body, headers={"Idempotency-Key": key})

    async def _call(
        self, method: str, url: str, *, json: object = None, content: bytes | None = None,
        headers: dict[str, str] | None = None, timeout: float = TIMEOUT,
    ) -> httpx.Response:  # fmt: skip
        try:
            answer = await self._client.request(
                method, url, json=json, content=content, headers={**self._headers, **(headers or {})}, timeout=timeout
            )
        except httpx.HTTPError as error:
            raise RoomAway(type(error).__name__) from None
        if answer.status_code in (401, 403, 408, 429) or answer.status_code >= 500:
            raise RoomAway(f"status {answer.status_code}")
        if answer.is_error:
            raise Refused(answer.status_code)
        return answer

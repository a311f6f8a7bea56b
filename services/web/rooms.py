"""The other services over HTTP: intake takes people's words, matching takes a coordinator's decision."""

from datetime import datetime
from typing import Literal
from urllib.parse import quote

import httpx
from pydantic import AliasChoices, BaseModel, ConfigDict, Field, ValidationError

TIMEOUT = 10.0


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


class Rooms:
    """Calls with the internal token."""

    def __init__(self, client: httpx.AsyncClient, token: str, intake_url: str, matching_url: str) -> None:
        self._client = client
        self._headers = {"Authorization": f"Bearer {token}"}
        self._intake, self._matching = intake_url.rstrip("/"), matching_url.rstrip("/")

    async def say(self, text: str, *, language: str, message_id: str, token: str | None = None) -> str:
        """Hand a person's words to intake, once for an id; gives the token of the conversation. Raises RoomAway, Refused."""
        body = {"text": text, "language": language, "id": message_id, "token": token}
        answer = await self._call("POST", f"{self._intake}/channels/web/messages", json=body)
        try:
            return Accepted.model_validate_json(answer.content).token
        except ValidationError:
            raise RoomAway("intake gave no token") from None

    async def conversation(self, token: str) -> Conversation:
        """What was said. Raises RoomAway and Refused (404: nobody has that token)."""
        answer = await self._call("GET", f"{self._intake}/channels/web/conversations/{quote(token, safe='')}")
        try:
            return Conversation.model_validate_json(answer.content)
        except ValidationError:
            raise RoomAway("intake gave no conversation") from None

    async def decide(self, need_id: str, decision: dict[str, str | list[str]], *, key: str) -> None:
        """A coordinator's decision; the same key decides once. Raises RoomAway and Refused."""
        url = f"{self._matching}/needs/{quote(need_id, safe='')}/decision"
        await self._call("POST", url, json=decision, headers={"Idempotency-Key": key})

    async def _call(self, method: str, url: str, *, json: object = None, headers: dict[str, str] | None = None) -> httpx.Response:
        try:
            answer = await self._client.request(
                method, url, json=json, headers={**self._headers, **(headers or {})}, timeout=TIMEOUT
            )
        except httpx.HTTPError as error:
            raise RoomAway(type(error).__name__) from None
        if answer.status_code in (401, 403, 408, 429) or answer.status_code >= 500:
            raise RoomAway(f"status {answer.status_code}")
        if answer.is_error:
            raise Refused(answer.status_code)
        return answer

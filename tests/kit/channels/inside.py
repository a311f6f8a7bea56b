"""Stand-ins of our own services and commands, which call a channel with the internal token and read there what it says."""

from abc import abstractmethod
from collections.abc import Mapping
from itertools import count
from typing import Any

from tests.kit.channels.host import TOKEN
from tests.kit.channels.provider import Calling, Failure, Received, Update

PEOPLE = (1, 2, 3, 9)


class Inside(Calling):
    """Says what people write with `POST messages`, and reads the answers of each with `read`."""

    path = "messages"

    def __init__(self, mode: str = "") -> None:
        super().__init__(mode)
        self.numbers = count(1)

    def settings(self) -> Mapping[str, object]:
        """It has none."""
        return {}

    def press(self, person: int, message: Received, button: int) -> Update:
        """The value of the choice is said."""
        return self.text(person, message.raw["choices"][button]["value"])

    def headers(self, body: bytes) -> Mapping[str, str]:
        """The token among the services."""
        return {"Authorization": f"Bearer {TOKEN}"}

    def forged(self, body: bytes) -> Mapping[str, str]:
        """Another token."""
        return {"Authorization": "Bearer guessed"}

    async def sent(self) -> list[Received]:
        """What all people can read."""
        found = []
        for person in PEOPLE:
            address = self.address(person)
            for message in await self.read(address):
                buttons = tuple(choice["label"] for choice in message["choices"])
                found.append(Received(address, message["text"], buttons, raw=message))
        return found

    @abstractmethod
    async def read(self, address: str) -> list[dict[str, Any]]:
        """Our messages to an address."""

    def fail(self, how: Failure | None) -> None:
        """Nothing here can."""


class Conversations(Inside):
    """Reads both sides of a conversation, as the pages of web do."""

    async def read(self, address: str) -> list[dict[str, Any]]:
        """Ours of both sides."""
        answer = await self.http.get(f"/channels/{self.channel}/conversations/{address}", headers=self.headers(b""))
        messages = answer.json()["messages"] if answer.status_code == 200 else []
        return [message for message in messages if message["from"] == "us"]

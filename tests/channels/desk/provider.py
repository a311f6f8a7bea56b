"""The desk of our own web service: it calls us with what coordinators write down, and shows them the conversations."""

from collections.abc import Mapping
from itertools import count

from tests.kit.channels import provider
from tests.kit.channels.host import TOKEN
from tests.kit.channels.provider import Failure, Received, Update

PEOPLE = (1, 2, 3, 9)


class Provider(provider.Calling):
    """Visitors, each under a code."""

    path = "messages"

    def __init__(self, mode: str = "") -> None:
        super().__init__(mode)
        self._numbers = count(1)

    def settings(self) -> Mapping[str, object]:
        """It has none."""
        return {}

    def address(self, person: int) -> str:
        """The code of their conversation."""
        return f"code-of-the-visitor-{person}"

    def text(self, person: int, text: str) -> Update:
        """What the web service sends."""
        return {"text": text, "language": "uk", "code": self.address(person), "id": f"note-{next(self._numbers):020}"}

    def press(self, person: int, message: Received, button: int) -> Update:
        """The page sends the value of the choice."""
        return self.text(person, message.raw["choices"][button]["value"])

    def headers(self, body: bytes) -> Mapping[str, str]:
        """The token among the services."""
        return {"Authorization": f"Bearer {TOKEN}"}

    def forged(self, body: bytes) -> Mapping[str, str]:
        """Another token."""
        return {"Authorization": "Bearer guessed"}

    async def sent(self) -> list[Received]:
        """What the desk shows of all visitors."""
        found = []
        for person in PEOPLE:
            address = self.address(person)
            answer = await self.http.get(f"/channels/{self.channel}/conversations/{address}", headers=self.headers(b""))
            for message in answer.json()["messages"] if answer.status_code == 200 else []:
                if message["from"] == "us":
                    buttons = tuple(choice["label"] for choice in message["choices"])
                    found.append(Received(address, message["text"], buttons, raw=message))
        return found

    def fail(self, how: Failure | None) -> None:
        """Nothing here can."""

"""`./anlaufstelle say`: it calls us, and reads the answers here. There is nothing in between that could fail."""

from collections.abc import Mapping
from itertools import count

from tests.kit.channels import provider
from tests.kit.channels.host import TOKEN
from tests.kit.channels.provider import Failure, Received, Update

PEOPLE = (1, 2, 3, 9)


class Provider(provider.Calling):
    """People at a terminal."""

    path = "messages"

    def __init__(self, mode: str = "") -> None:
        super().__init__(mode)
        self._numbers = count(1)

    def settings(self) -> Mapping[str, object]:
        """It has none."""
        return {}

    def address(self, person: int) -> str:
        """Their name."""
        return f"person-{person}"

    def text(self, person: int, text: str) -> Update:
        """What the command sends."""
        return {"from": self.address(person), "text": text, "id": f"typed-{next(self._numbers)}"}

    def press(self, person: int, message: Received, button: int) -> Update:
        """Choices are typed."""
        return self.text(person, message.raw["choices"][button]["value"])

    def headers(self, body: bytes) -> Mapping[str, str]:
        """The token of the instance."""
        return {"Authorization": f"Bearer {TOKEN}"}

    def forged(self, body: bytes) -> Mapping[str, str]:
        """Another token."""
        return {"Authorization": "Bearer guessed"}

    async def sent(self) -> list[Received]:
        """What can be read."""
        found = []
        for person in PEOPLE:
            answer = await self.http.get(
                f"/channels/{self.channel}/messages", params={"from": self.address(person)}, headers=self.headers(b"")
            )
            found += [
                Received(
                    self.address(person), message["text"], tuple(choice["label"] for choice in message["choices"]), raw=message
                )
                for message in answer.json()["messages"]
            ]
        return found

    def fail(self, how: Failure | None) -> None:
        """Nothing here can."""

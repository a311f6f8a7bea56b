"""`./anlaufstelle say`: it calls us, and reads the answers here. There is nothing in between that could fail."""

from typing import Any

from tests.kit.channels.inside import Inside
from tests.kit.channels.provider import Update


class Provider(Inside):
    """People at a terminal."""

    def address(self, person: int) -> str:
        """Their name."""
        return f"person-{person}"

    def text(self, person: int, text: str) -> Update:
        """What the command sends."""
        return {"from": self.address(person), "text": text, "id": f"typed-{next(self.numbers)}"}

    async def read(self, address: str) -> list[dict[str, Any]]:
        """What can be read."""
        answer = await self.http.get(f"/channels/{self.channel}/messages", params={"from": address}, headers=self.headers(b""))
        return list(answer.json()["messages"])

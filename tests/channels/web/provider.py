"""Our own web service: it calls us with what people write into the form, and shows them the conversation."""

from tests.kit.channels.inside import Conversations
from tests.kit.channels.provider import Update


class Provider(Conversations):
    """People at the public page, each with their private link."""

    def address(self, person: int) -> str:
        """The token of their link."""
        return f"token-of-the-private-link-{person}"

    def text(self, person: int, text: str) -> Update:
        """What the web service sends."""
        return {"text": text, "language": "uk", "token": self.address(person), "id": f"form-{next(self.numbers):020}"}

"""The desk of our own web service: it calls us with what coordinators write down, and shows them the conversations."""

from tests.kit.channels.inside import Conversations
from tests.kit.channels.provider import Update


class Provider(Conversations):
    """Visitors, each under a code."""

    def address(self, person: int) -> str:
        """The code of their conversation."""
        return f"code-of-the-visitor-{person}"

    def text(self, person: int, text: str) -> Update:
        """What the web service sends."""
        return {"text": text, "language": "uk", "code": self.address(person), "id": f"note-{next(self.numbers):020}"}

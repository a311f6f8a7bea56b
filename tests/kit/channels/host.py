"""A host in memory that notes what a channel tells it, and what a channel must never do."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from chassis import Settings, new_id
from chassis.health import token_guard
from services.intake.channels.base import Capability, Heard, Incoming, Line, Manifest, Outgoing, Result

TOKEN = "test-token"
"""What the association's own services send."""


class NotTaken(Exception):
    """The host cannot keep a message now."""


class RecordingHost:
    """What a channel sees of intake, without intake."""

    def __init__(self, manifest: Manifest) -> None:
        self.manifest = manifest
        self.all_words: list[str] = []
        self.guard: Any = token_guard(Settings(api_token=TOKEN))
        self.heard: list[Incoming] = []
        self.receipts: list[tuple[str, Result]] = []
        self.left: list[str] = []
        self.moves: list[tuple[str, str]] = []
        self.dishonest: list[str] = []
        """What the channel did without having declared that it can."""
        self.failing = 0
        """How many of the next messages cannot be kept."""
        self.refused = 0
        self.kept: dict[str, str] = {}
        """What is spooled."""
        self._notes: dict[str, str] = {}
        self._lines: dict[str, list[Line]] = {}

    # --- what a channel may ask ---

    async def hear(self, incoming: Incoming) -> Heard:
        """Note a message."""
        self._look(incoming)
        if self.failing:
            self.failing -= 1
            self.refused += 1
            raise NotTaken("nothing can be kept now")
        self.heard.append(incoming)
        lines = self._lines.setdefault(incoming.address, [])
        lines.append(Line(ours=False, text=incoming.text, time=datetime.now(UTC)))
        return Heard(cause_id=f"cause-{len(self.heard)}", kind="need", need_id=f"need-{len(self.heard)}")

    async def receipt(self, reference: str, result: Result) -> None:
        """Note what became of a message."""
        self._declared(Capability.RECEIPTS, "gave a receipt")
        self.receipts.append((reference, result))

    async def gone(self, address: str) -> None:
        """Note that somebody does not want us any more."""
        self.left.append(address)

    async def moved(self, address: str, to: str) -> None:
        """Note that a group has another address."""
        self._declared(Capability.GROUPS, "told of a group that moved")
        self.moves.append((address, to))

    async def shown(self, address: str, after: int, wait: float) -> list[Line]:
        """What was sent to an address."""
        return [line for line in self._lines.get(address, []) if line.ours and line.number > after]

    async def conversation(self, address: str) -> tuple[str, list[Line]] | None:
        """Both sides."""
        return ("uk", list(self._lines[address])) if address in self._lines else None

    def secret(self, *parts: str) -> str:
        """A secret of its parts."""
        return f"secret-of-{'-'.join(parts)}-that-is-long"

    async def spool(self, received: Sequence[str]) -> list[str]:
        """Keep what does not come again."""
        names = [new_id() for _ in received]
        self.kept.update(zip(names, received, strict=True))
        return names

    async def spooled(self) -> list[tuple[str, str]]:
        """What nobody has heard yet."""
        return list(self.kept.items())

    async def unspool(self, name: str) -> None:
        """It was heard."""
        self.kept.pop(name, None)

    async def note(self, name: str, value: str) -> None:
        """Remember something of a name."""
        self._notes[name] = value

    async def noted(self, name: str) -> str | None:
        """What was noted of a name."""
        return self._notes.get(name)

    # --- what the kit does ---

    def note_sent(self, address: str, message: Outgoing) -> None:
        """A message was sent: it can be read with `shown`."""
        lines = self._lines.setdefault(address, [])
        number = len(lines) + 1
        lines.append(Line(True, message.text, datetime.now(UTC), number, f"message-{number}", buttons=message.buttons))

    def forget(self) -> None:
        """Begin anew with noting."""
        self.all_words = self.words()
        self.heard, self.receipts, self.left, self.moves = [], [], [], []

    def words(self) -> list[str]:
        """What must not stand in a log."""
        said = [each for incoming in self.heard for each in (incoming.text, incoming.address, incoming.message_id)]
        return [*self.all_words, *said, *(reference for reference, _ in self.receipts), *self.left]

    def _look(self, incoming: Incoming) -> None:
        can: Sequence[tuple[bool, Capability, str]] = (
            (incoming.group is None, Capability.PRIVATE_CHAT, "heard somebody alone"),
            (incoming.group is not None, Capability.GROUPS, "heard a group"),
            (incoming.pressed is not None, Capability.BUTTONS, "heard a pressed button"),
            (incoming.has_media, Capability.FILES, "noticed a file"),
            (incoming.location is not None, Capability.LOCATION, "heard a place"),
            (incoming.edits is not None, Capability.EDITS, "noticed an edit"),
            (incoming.deletes is not None, Capability.DELETIONS, "noticed a deletion"),
        )
        if incoming.message_id in (incoming.edits, incoming.deletes):
            self.dishonest.append("gave a change the name of the message it changes: the host takes each name once")
        if incoming.said_at and incoming.said_at.tzinfo is None:
            self.dishonest.append("gave said_at without a time zone")
        for happened, capability, what in can:
            if happened:
                self._declared(capability, what)

    def _declared(self, capability: Capability, what: str) -> None:
        if capability not in self.manifest.capabilities:
            self.dishonest.append(f"{what} and does not declare {capability.name}")

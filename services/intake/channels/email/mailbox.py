"""The mailbox, by IMAP. All of it waits for the server, so it is called in a thread.

What is done stands in the mailbox itself, as flags: `\\Seen` is heard, `\\Flagged` as well is set aside for a person to look at.
"""

import contextlib
import socket
import time
from collections.abc import Sequence
from datetime import date

from imapclient import DELETED, FLAGGED, SEEN, IMAPClient

from .settings import EmailSettings

TIMEOUT = 20
HEARD = "AnlaufstelleHeard"
"""Keyword of what was heard: only that is ever deleted. A server that takes no keywords keeps all."""
MOST_BYTES = 300_000
"""So much of a mail is fetched. The words come first; what is beyond is attachments. Thousands of small parts take a second."""


class Mailbox:
    """One connection, with the folder open."""

    def __init__(self, settings: EmailSettings) -> None:
        self.settings = settings
        self._client: IMAPClient
        self._heard: list[bytes | str]

    def open(self) -> None:
        """Connect, log in, open the folder."""
        said = self.settings
        self._client = IMAPClient(said.imap_host, said.imap_port, ssl=said.imap_security == "tls", timeout=TIMEOUT)
        if said.imap_security == "starttls":
            self._client.starttls()
        self._client.login(said.user or said.address, said.password.get_secret_value())
        may_be_kept = self._client.select_folder(said.folder).get(b"PERMANENTFLAGS", ())
        self._heard = [SEEN, HEARD] if b"\\*" in may_be_kept else [SEEN]

    def close(self) -> None:
        """Hang up, even when another thread still waits for the server."""
        with contextlib.suppress(OSError, AttributeError):
            self._client.socket().shutdown(socket.SHUT_RDWR)
            self._client.shutdown()

    def waiting(self, since: date) -> list[int]:
        """The mails since a day that nobody has heard yet, oldest first."""
        self.has_news()
        return sorted(self._client.search(["UNSEEN", "UNDELETED", "SINCE", since]))

    def fetch(self, numbers: Sequence[int]) -> dict[int, bytes]:
        """The beginnings of mails, without marking them; those that vanished meanwhile are not in it."""
        found = self._client.fetch(numbers, [f"BODY.PEEK[]<0.{MOST_BYTES}>"])
        return {number: found[number][b"BODY[]<0>"] for number in numbers if b"BODY[]<0>" in found.get(number, {})}

    def mark(self, heard: Sequence[int], set_aside: Sequence[int]) -> None:
        """Note what is done."""
        if heard:
            self._client.add_flags(heard, self._heard, silent=True)
        if set_aside:
            self._client.add_flags(set_aside, [SEEN, FLAGGED], silent=True)

    def clear(self, before: date) -> None:
        """Delete what was heard and came before a day. What was set aside or is not ours stays."""
        if old := self._client.search(["KEYWORD", HEARD, "UNFLAGGED", "BEFORE", before]):
            self._client.add_flags(old, [DELETED], silent=True)
            if self._client.has_capability("UIDPLUS"):
                self._client.uid_expunge(old)
            else:
                self._client.expunge()

    # --- being told of new mail ---

    def has_news(self) -> bool:
        """Whether the server told of new mail beside its answers since this was last asked. It tells of each only once."""
        _, told = self._client._imap.response("EXISTS")  # what imaplib noted; the client has no method that gives it
        return bool(told != [None])

    @property
    def tells(self) -> bool:
        """Whether the server can say by itself that there is new mail."""
        return bool(self._client.has_capability("IDLE"))

    def start_waiting(self) -> None:
        """From now on the server may tell."""
        self._client.idle()

    def told(self, seconds: float) -> bool:
        """Whether the server tells something within so many seconds. True as well when it has hung up: asking it then fails."""
        if self._is_ahead():
            return True
        started = time.monotonic()
        news = self._client.idle_check(timeout=seconds)
        return any(b"EXISTS" in each for each in news) or (not news and time.monotonic() - started < seconds / 2)

    def _is_ahead(self) -> bool:
        """Whether something came along with an earlier answer and was read with it: the client looks at the socket only."""
        connection = self._client.socket()
        connection.setblocking(False)
        try:
            return bool(self._client._imap.file.peek())
        except OSError:  # TLS's way to say that there is nothing now
            return False
        finally:
            connection.settimeout(TIMEOUT)

    def stop_waiting(self) -> None:
        """Before anything else can be asked."""
        self._client.idle_done()

"""E-mail, by a real Dovecot that keeps the mailbox and a mail server in this process that takes our mails."""

import asyncio
from collections.abc import Mapping
from email.message import EmailMessage
from email.utils import make_msgid
from itertools import count

from imapclient import IMAPClient

from tests.kit.channels import provider
from tests.kit.channels.provider import Failure, Received, Update
from tests.kit.dovecot import PASSWORD, Dovecot
from tests.kit.mail import Line, MailServer

US = "help@example.org"
REFUSALS = {
    Failure.BUSY: ("MAIL", "450 4.7.1 too many mails"),
    Failure.BLOCKED: ("RCPT", "550 5.1.1 no such user"),
    Failure.REJECTED: ("DATA", "554 5.6.0 not this one"),
}
REPORT = """\
--x
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org

Final-Recipient: rfc822; person1@example.org
Action: {action}
Status: {status}

--x
Content-Type: text/rfc822-headers

Message-ID: {reference}
--x--
"""


class Provider(provider.Provider):
    """One mailbox for each case, and people who write to it."""

    says_when = False

    def __init__(self, mode: str = "") -> None:
        super().__init__(mode)
        self.dovecot = Dovecot()
        self._cases = count(1)
        self._user = ""
        self._inbox: IMAPClient
        self.server: MailServer
        self._lines: dict[str, Line] = {}

    async def start(self) -> None:
        """An empty mailbox, and no mail of ours yet."""
        self._user, self.server = f"case{next(self._cases)}", MailServer()
        await self.server.start()
        self._lines = {"imap": Line(self.dovecot.port), "smtp": Line(self.server.port)}
        for line in self._lines.values():
            await line.start()
        self._inbox = await asyncio.to_thread(self.dovecot.login, self._user)

    async def stop(self) -> None:
        """End all but Dovecot."""
        await asyncio.to_thread(self._inbox.logout)
        for line in self._lines.values():
            await line.stop()
        await self.server.stop()

    def discard(self) -> None:
        """End Dovecot."""
        self.dovecot.discard()

    def settings(self) -> Mapping[str, object]:
        """Through the lines that can be cut."""
        return {
            "address": US, "user": self._user, "password": PASSWORD, "authserv_id": "mx.example.org",
            "imap_host": "127.0.0.1", "imap_port": self._lines["imap"].port, "imap_security": "none",
            "smtp_host": "127.0.0.1", "smtp_port": self._lines["smtp"].port, "smtp_security": "none",
        }  # fmt: skip

    # --- people ---

    def address(self, person: int) -> str:
        """Their address."""
        return f"person{person}@example.org"

    def text(self, person: int, text: str) -> Update:
        """A mail."""
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Message-ID"] = f"Oksana <{self.address(person)}>", US, make_msgid(domain="example.org")
        mail.set_content(text)
        return mail.as_bytes()

    def receipt(self, reference: str, failure: Failure | None) -> Update:
        """A report of the person's mail server."""
        action, status = ("failed", "5.1.1") if failure else ("delivered", "2.0.0")
        body = REPORT.format(action=action, status=status, reference=reference)
        kind = 'multipart/report; report-type=delivery-status; boundary="x"'
        return f"From: MAILER-DAEMON@mx.example.org\nTo: {US}\nMIME-Version: 1.0\nContent-Type: {kind}\n\n{body}".encode()

    def private(self) -> list[str]:
        """A name, and what only we know."""
        return ["Oksana", PASSWORD]

    # --- what mail servers do ---

    async def deliver(self, update: Update) -> int | None:
        """Into the mailbox."""
        await asyncio.to_thread(self._inbox.append, "INBOX", update)
        return None

    async def sent(self) -> list[Received]:
        """What the server took."""
        return [
            Received(str(mail["To"]), mail.get_content(), reply_to=mail["In-Reply-To"], raw=mail) for mail in self.server.mails
        ]

    def fail(self, how: Failure | None) -> None:
        """Lines fail both ways, a refusal is the sending server's."""
        command, answer = REFUSALS.get(how, ("", "")) if how else ("", "")
        self.server.answers = {command: answer} if command else {}
        broken = {"imap": b"* BYE not available\r\n", "smtp": b"421 4.3.2 not available\r\n"}
        for name, line in self._lines.items():
            line.silent = how is Failure.SLOW
            line.greeting = b"" if how is Failure.DOWN else broken[name] if how is Failure.BROKEN else None
            if how in (Failure.DOWN, Failure.SLOW, Failure.BROKEN):
                line.cut()

"""The other sides of e-mail for tests: a mail server that takes mails or refuses them, and a line that can be cut."""

import asyncio
import logging
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from ssl import SSLContext
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.kit.dovecot import PASSWORD


class MailServer:
    """Takes mails of whoever knows the password, and keeps them."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.raw: list[bytes] = []
        """The same mails as they came."""
        self.answers: dict[str, str] = {}
        """What it says instead of taking a mail, by the command: MAIL, RCPT, DATA."""
        self.logins: list[str] = []
        self.envelopes: list[tuple[str, list[str]]] = []
        self.port = 0
        self._server: asyncio.Server
        logging.getLogger("mail.log").setLevel(logging.ERROR)  # aiosmtpd's: these are not the logs of who sends

    async def start(self, tls: SSLContext | None = None, starttls: SSLContext | None = None) -> None:
        """Serve on a free port."""
        loop = asyncio.get_running_loop()

        def session() -> SMTP:
            return SMTP(
                self, hostname="mx.example.org", authenticator=self._knows, auth_require_tls=False,
                tls_context=starttls, require_starttls=starttls is not None, enable_SMTPUTF8=True, loop=loop,
            )  # fmt: skip

        self._server = await loop.create_server(session, "127.0.0.1", 0, ssl=tls)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Serve no more."""
        self._server.close()

    def _knows(self, server: Any, session: Any, envelope: Any, mechanism: str, said: Any) -> AuthResult:
        right = isinstance(said, LoginPassword) and said.password == PASSWORD.encode()
        if right:
            self.logins.append(said.login.decode())
        return AuthResult(success=right, handled=False)

    async def handle_MAIL(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:
        if not session.authenticated:
            return "530 5.7.0 authentication required"
        envelope.mail_from = address
        return self.answers.get("MAIL", "250 OK")

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:
        if "RCPT" not in self.answers:
            envelope.rcpt_tos.append(address)
        return self.answers.get("RCPT", "250 OK")

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if "DATA" in self.answers:
            return self.answers["DATA"]
        content = envelope.content
        assert isinstance(content, bytes)
        self.raw.append(content)
        self.mails.append(message_from_bytes(content, policy=policy.default))
        self.envelopes.append((envelope.mail_from or "", list(envelope.rcpt_tos)))
        return "250 OK"


@dataclass
class Line:
    """Leads from a port of its own to a server, and can be cut."""

    to: int
    port: int = 0
    greeting: bytes | None = None
    """Said instead of connecting; empty: nothing is said and the line hangs up."""
    silent: bool = False
    """Nothing is said at all, and nobody hangs up."""
    _ends: set[asyncio.StreamWriter] = field(default_factory=set)
    _server: asyncio.Server | None = None

    async def start(self) -> None:
        """Open it."""
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Close it for good."""
        self.cut()
        if self._server:
            self._server.close()

    def cut(self) -> None:
        """End what goes through it now."""
        for end in self._ends:
            end.transport.abort()
        self._ends.clear()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._ends.add(writer)
        if self.silent:
            return
        if self.greeting is not None:
            writer.write(self.greeting)
            writer.close()
            return
        there, back = await asyncio.open_connection("127.0.0.1", self.to)
        self._ends.add(back)
        await asyncio.gather(_flow(reader, back), _flow(there, writer))


async def _flow(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    try:
        while data := await source.read(65_536):
            sink.write(data)
            await sink.drain()
    except OSError:
        pass  # cut
    finally:
        sink.close()

"""E-mail in intake, with a real Dovecot: threads, restarts, what is set aside, and lines that are encrypted."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from anlaufstelle_contracts import MessageDelivered, MessageFailed, MessageRequested, NeedArticulated, wrap

from services.intake.channels import ChannelError, email, make
from services.intake.channels.base import Incoming, Outgoing, RetryAfter, Sent
from services.intake.channels.email import Email, mailbox
from tests.intake.conftest import Intake, started
from tests.intake.test_email_reading import GENUINE, NEED, OLENA, US, mail, report
from tests.kit import running
from tests.kit.dovecot import PASSWORD, Certificate, Dovecot, self_signed, shown
from tests.kit.infra import Bus, Store
from tests.kit.mail import MailServer
from tests.kit.waiting import eventually


@pytest.fixture(scope="module")
def dovecot() -> Iterator[Dovecot]:
    """One server for all; each test has a mailbox of its own."""
    server = Dovecot()
    yield server
    server.discard()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    """A certificate for this machine that nobody knows."""
    return self_signed(tmp_path_factory.mktemp("tls"))


class Post:
    """A mailbox, and the server that takes our mails."""

    def __init__(self, dovecot: Dovecot, user: str) -> None:
        self.user, self.server, self.inbox = user, MailServer(), dovecot.login(user)

    async def deliver(self, raw: bytes, when: datetime | None = None) -> None:
        await asyncio.to_thread(self.inbox.append, "INBOX", raw, (), when)

    async def flags(self) -> list[set[bytes]]:
        """The flags of all mails, in order."""

        def look() -> list[set[bytes]]:
            self.inbox.noop()
            found = self.inbox.fetch(self.inbox.search(), ["FLAGS"])
            return [set(found[number][b"FLAGS"]) - {b"\\Recent"} for number in sorted(found)]

        return await asyncio.to_thread(look)

    async def all_done(self, count: int) -> list[set[bytes]]:
        """The flags, when as many mails are done."""

        async def done() -> list[set[bytes]]:
            flags = await self.flags()
            return flags if sum(b"\\Seen" in each for each in flags) >= count else []

        return await eventually(done, timeout=20)

    async def mails(self, count: int) -> list[Any]:
        """What went out, at least so many."""
        return await eventually(lambda: self.server.mails if len(self.server.mails) >= count else [], timeout=20)


SEEN, ASIDE = {b"\\Seen", mailbox.HEARD.encode()}, {b"\\Seen", b"\\Flagged"}


@pytest.fixture
async def post(dovecot: Dovecot, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Post]:
    """A mailbox to which the channel is switched on."""
    made = Post(dovecot, f"user{abs(hash(request.node.name))}")
    await made.server.start()
    running.switch_on(
        monkeypatch, "email", address=US, user=made.user, password=PASSWORD, imap_host="127.0.0.1", imap_port=dovecot.port,
        imap_security="none", smtp_host="127.0.0.1", smtp_port=made.server.port, smtp_security="none",
    )  # fmt: skip
    yield made
    await made.server.stop()
    made.inbox.logout()


@pytest.fixture
async def intake(bus: Bus, store: Store, post: Post) -> AsyncIterator[Intake]:
    """Intake that hears the mailbox."""
    await running.provisioned(bus)
    async with started(bus, store) as replica:
        yield replica


def message(need: dict[str, Any], text: str = "Є курс", message_id: str = "m1", **more: Any) -> Any:
    request = MessageRequested(
        message_id=message_id, person_id=need["person_id"], need_id=need["need_id"], text=text, language="uk", **more
    )
    return wrap(request, cause_id=message_id, position=0, source="notify")


async def test_a_need_is_answered_in_its_thread_and_a_bounce_is_noticed(intake: Intake, post: Post) -> None:
    await post.deliver(mail())
    (event,) = await eventually(lambda: intake.events(NeedArticulated), timeout=20)
    assert (event.data["channel"], event.data["text"], event.data["language"]) == ("email", NEED, "uk")
    await running.say(intake.bus, message(event.data))
    answer = next(each for each in await post.mails(1) if "Є курс" in each.get_content())
    assert (answer["From"], answer["To"]) == (f"Anlaufstelle <{US}>", OLENA)
    assert answer["Subject"] == "Re: Ваше повідомлення"
    assert answer["In-Reply-To"] == answer["References"] == "<1@mail.example.org>"
    assert answer["Auto-Submitted"] == "auto-replied"
    assert answer["Content-Language"] == "uk"
    assert answer["Date"].datetime - datetime.now(UTC) < timedelta(minutes=1)
    await eventually(lambda: intake.events(MessageDelivered))
    bounce = report("failed", "5.1.1").replace(b"<0197-abc@example.org>", str(answer["Message-ID"]).encode())
    await post.deliver(bounce)
    (failed,) = await eventually(lambda: intake.events(MessageFailed), timeout=20)
    assert failed.data["reason"] == "unreachable"


@pytest.mark.parametrize(("server", "answer"), [("mx.example.org", "не знаємо"), ("", "напишіть тут лише /link")])
async def test_a_code_is_taken_from_a_genuine_sender_only(
    bus: Bus, store: Store, post: Post, monkeypatch: pytest.MonkeyPatch, server: str, answer: str
) -> None:  # fmt: skip
    running.switch_on(monkeypatch, "email", authserv_id=server)
    await running.provisioned(bus)
    async with started(bus, store):
        await post.deliver(mail("/link 23456789", Authentication_Results=GENUINE))
        assert answer in (await post.mails(1))[0].get_content()


async def test_an_attachment_alone_is_asked_for_in_words_and_a_very_long_mail_in_short(intake: Intake, post: Post) -> None:
    pdf = mail("%PDF", Content_Type="application/pdf; name=x.pdf", Content_Language="uk")
    await post.deliver(pdf)
    assert "словами" in (await post.mails(1))[0].get_content()
    await post.deliver(mail("слово " * 300_000, Message_ID="<2@mail.example.org>"))
    assert "задовге" in (await post.mails(2))[1].get_content()
    assert await intake.events(NeedArticulated) == []


# --- the channel by itself ---


class Hearing:
    """A host that notes what it hears."""

    def __init__(self) -> None:
        self.heard: list[Incoming] = []
        self.receipts: list[tuple[str, object]] = []
        self.failing: set[str] = set()

    async def hear(self, incoming: Incoming) -> None:
        if incoming.address in self.failing:
            raise OSError("cannot be kept")
        self.heard.append(incoming)

    async def receipt(self, reference: str, result: object) -> None:
        self.receipts.append((reference, result))


class Listener:
    """The channel at work."""

    def __init__(self, host: Any) -> None:
        self.host, self.held = host, True
        channel = make("email")
        assert isinstance(channel, Email)
        self.task = asyncio.create_task(channel.listen(host, lambda: self.held))

    async def end(self) -> None:
        """As another replica takes over."""
        self.held = False
        await asyncio.wait_for(self.task, 15)


@pytest.fixture
async def listener(post: Post) -> AsyncIterator[Listener]:
    """The channel, listening, with a host that notes."""
    made = Listener(Hearing())
    yield made
    await made.end()


def texts(listener: Listener) -> list[str]:
    return [incoming.text for incoming in listener.host.heard]


async def test_what_cannot_be_read_is_set_aside_and_the_rest_goes_on(post: Post) -> None:
    for raw in (b"\xff\xfe", mail("x", From="nobody"), mail("Перше"), mail(), mail(Auto_Submitted="auto-replied")):
        await post.deliver(raw)
    listener = Listener(Hearing())
    await eventually(lambda: len(listener.host.heard) == 2)
    assert await post.all_done(5) == [ASIDE, ASIDE, SEEN, SEEN, SEEN]
    assert texts(listener) == ["Перше", NEED]
    await listener.end()


async def test_an_odd_address_keeps_nobody_from_being_heard(post: Post, listener: Listener) -> None:
    for number, sender in enumerate(["x{1}@example.org", "<\udce9ric@example.org>", "éric@example.org", OLENA]):
        await post.deliver(mail(From=sender, Message_ID=f"<{number}@mail.example.org>"))
    assert await post.all_done(4) == [SEEN, ASIDE, SEEN, SEEN]
    assert {each.address for each in listener.host.heard} == {"x{1}@example.org", "éric@example.org", OLENA}


async def test_who_fails_waits_for_a_next_time_and_holds_up_nobody(post: Post, listener: Listener) -> None:
    listener.host.failing = {OLENA}
    for number, sender in enumerate([OLENA, OLENA, "petro@example.org"]):
        await post.deliver(mail(f"{NEED} {number}", From=sender, Message_ID=f"<{number}@mail.example.org>"))
    await eventually(lambda: texts(listener) == [f"{NEED} 2"], timeout=20)
    listener.host.failing = set()
    await eventually(lambda: texts(listener) == [f"{NEED} {number}" for number in (2, 0, 1)], timeout=20)
    assert await post.all_done(3) == [SEEN] * 3


async def test_what_fails_for_long_is_set_aside(post: Post, listener: Listener, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(email, "GIVE_UP_AFTER", 0.0)
    listener.host.failing = {OLENA}
    await post.deliver(mail())
    assert await post.all_done(1) == [ASIDE]
    assert listener.host.heard == []


async def test_a_machine_that_answers_without_saying_that_it_is_one_is_set_aside(
    post: Post, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(email, "MOST_A_DAY", 2)
    for number in range(3):
        await post.deliver(mail(str(number), Message_ID=f"<{number}@mail.example.org>"))
        await post.all_done(number + 1)
    assert await post.flags() == [SEEN, SEEN, ASIDE]
    assert texts(listener) == ["0", "1"]


async def test_what_was_heard_is_deleted_after_a_while_and_nothing_else(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    old = datetime.now(UTC) - timedelta(days=40)
    for number in range(4):
        await post.deliver(mail(str(number), Message_ID=f"<{number}@mail.example.org>"), when=old)
    heard, aside, read_by_a_person, never_read = range(1, 5)
    post.inbox.add_flags([heard], SEEN)
    post.inbox.add_flags([aside], [*SEEN, b"\\Flagged"])
    post.inbox.add_flags([read_by_a_person], [b"\\Seen"])
    listener = Listener(Hearing())
    await post.deliver(mail())
    await eventually(lambda: listener.host.heard)
    await listener.end()
    assert texts(listener) == [NEED]
    assert len(await post.flags()) == 4
    post.inbox.noop()
    assert post.inbox.search() == [2, 3, 4, 5]
    assert b"\\Seen" not in (await post.flags())[never_read - 2]


async def test_a_server_that_cannot_tell_is_asked(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    deaf = Dovecot(idles=False)
    try:
        running.switch_on(monkeypatch, "email", imap_port=deaf.port)
        monkeypatch.setattr(email, "LOOK_EVERY", 0.5)
        listener, inbox = Listener(Hearing()), deaf.login(post.user)
        for number in range(2):
            await asyncio.to_thread(inbox.append, "INBOX", mail(str(number), Message_ID=f"<{number}@mail.example.org>"))
            await eventually(lambda: len(texts(listener)) > number)  # noqa: B023 - awaited here
        await listener.end()
        inbox.logout()
    finally:
        deaf.discard()


async def test_asking_anew_to_be_told_loses_nothing(post: Post, listener: Listener, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(email, "RENEWAL", 0.05)
    for number in range(20):
        await post.deliver(mail(str(number), Message_ID=f"<{number}@mail.example.org>"))
    await eventually(lambda: sorted(texts(listener)) == sorted(map(str, range(20))), timeout=20)


# --- encryption ---


async def send(text: str = "Є курс", **more: Any) -> Any:
    return await make("email").send(OLENA, Outgoing(text, **more))


async def test_both_ways_are_encrypted_by_tls_or_starttls(
    post: Post, certificate: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    dovecot, secure = Dovecot(certificate=certificate), MailServer()
    try:
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate.chain))
        for security, port in (("tls", dovecot.tls_port), ("starttls", dovecot.port)):
            tls = shown(certificate)
            await secure.start(**{security: tls})
            running.switch_on(monkeypatch, "email", imap_host="localhost", imap_port=port, imap_security=security)
            running.switch_on(monkeypatch, "email", smtp_host="localhost", smtp_port=secure.port, smtp_security=security)
            assert isinstance(await send(), Sent)
            listener, inbox = Listener(Hearing()), dovecot.login(post.user)
            await asyncio.to_thread(inbox.append, "INBOX", mail(security))
            await eventually(lambda: listener.host.heard)  # noqa: B023 - awaited here
            await listener.end()
            inbox.logout()
            await secure.stop()
    finally:
        dovecot.discard()


async def test_nothing_is_told_to_a_server_that_is_not_vouched_for_or_does_not_encrypt(
    post: Post, certificate: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    unknown = MailServer()
    await unknown.start(tls=shown(certificate))
    running.switch_on(monkeypatch, "email", smtp_port=unknown.port, smtp_security="tls")
    assert await send() == RetryAfter()
    running.switch_on(monkeypatch, "email", smtp_port=post.server.port, smtp_security="starttls", imap_security="starttls")
    assert await send() == RetryAfter()
    assert unknown.logins == post.server.logins == []
    with pytest.raises(Exception, match="STARTTLS"):
        await Listener(Hearing()).task
    await unknown.stop()


def test_words_go_unencrypted_only_within_a_machine(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    for part in ("imap", "smtp"):
        monkeypatch.setenv(f"ANLAUFSTELLE_EMAIL_{part.upper()}_HOST", "mail.example.org")
        with pytest.raises(ChannelError, match=f"{part}_security=none"):
            make("email")
        monkeypatch.setenv(f"ANLAUFSTELLE_EMAIL_{part.upper()}_HOST", "localhost")
    assert make("email")


def test_without_dovecot_the_tests_say_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda *_, **__: None)
    with pytest.raises(AssertionError, match=r"apt-get install .*dovecot-imapd"):
        Dovecot()


class TellTale:
    """An IMAP server that tells of a mail in the same breath as it agrees to tell."""

    def __init__(self) -> None:
        self.told = self.taken = False

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"* OK [CAPABILITY IMAP4rev1 IDLE] ready\r\n")
        waiting = ""
        while line := (await reader.readline()).decode():
            tag, _, command = line.strip().partition(" ")
            if tag == "DONE":
                writer.write(f"{waiting} OK done\r\n".encode())
            elif command == "IDLE":
                waiting, first, self.told = tag, not self.told, True
                writer.write(b"+ idling\r\n* 1 EXISTS\r\n" if first else b"+ idling\r\n")
            else:
                writer.write(self._answer(command) + f"{tag} OK done\r\n".encode())

    def _answer(self, command: str) -> bytes:
        if "SEARCH" in command:
            new = self.told and not self.taken
            return b"* SEARCH 1\r\n" if new and "UNSEEN" in command else b"* SEARCH\r\n"
        if "FETCH" in command:
            raw = mail()
            return f"* 1 FETCH (UID 1 BODY[]<0> {{{len(raw)}}}\r\n".encode() + raw + b")\r\n"
        self.taken = self.taken or "STORE" in command
        return b"* CAPABILITY IMAP4rev1 IDLE\r\n" if command == "CAPABILITY" else b""


async def test_what_a_server_tells_too_early_is_not_missed(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    teller = TellTale()
    server = await asyncio.start_server(teller.talk, "127.0.0.1", 0)
    running.switch_on(monkeypatch, "email", imap_port=server.sockets[0].getsockname()[1])
    listener = Listener(Hearing())
    await eventually(lambda: texts(listener) == [NEED] and teller.taken)
    await listener.end()
    server.close()

"""Mails that we send, as a mail server takes or refuses them."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from services.intake.channels import make
from services.intake.channels.base import Outgoing, Rejected, RetryAfter, Sent, Unreachable
from tests.intake.test_email_reading import OLENA, US
from tests.kit import running
from tests.kit.dovecot import PASSWORD
from tests.kit.mail import MailServer


@pytest.fixture
async def server(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[MailServer]:
    """The server that takes our mails."""
    made = MailServer()
    await made.start()
    running.switch_on(
        monkeypatch, "email", address=US, password=PASSWORD, imap_host="imap.example.org",
        smtp_host="127.0.0.1", smtp_port=made.port, smtp_security="none",
    )  # fmt: skip
    yield made
    await made.stop()


async def send(text: str = "Є курс", **more: Any) -> Any:
    return await make("email").send(OLENA, Outgoing(text, **more))


async def test_the_first_mail_answers_nothing_and_any_letters_arrive(server: MailServer) -> None:
    text = "Курс <b>&amp;</b> 🚋 שלום\n.\n\nFrom here\n> так\n" + "довго " * 500
    result = await send(text, language="de")
    (sent,) = server.mails
    assert result == Sent(sent["Message-ID"])
    assert sent.get_content().replace("\r\n", "\n").rstrip("\n") == text
    assert (sent["Subject"], sent["In-Reply-To"], sent["Auto-Submitted"]) == ("Ihre Nachricht", None, "auto-generated")
    assert server.envelopes == [(US, [OLENA])]


@pytest.mark.parametrize("signs", ["A" * 83, "a" * 900, "(a)@b", "a@b@c", "=?utf-8?q?a=0D=0ABcc=3A_x?=@b"], ids=len)
async def test_the_id_of_what_is_answered_arrives_as_it_was(server: MailServer, signs: str) -> None:
    await send(reply_to=f"<{signs}>")
    for name in ("In-Reply-To", "References"):
        assert f"\r\n{name}: <{signs}>\r\n".encode() in server.raw[0]


@pytest.mark.parametrize("name", ["sha256:0a", "<а@b>", "<" + "a" * 2_000 + ">", "<a>\r\nBcc: x"], ids=len)
async def test_what_is_no_id_is_not_referred_to(server: MailServer, name: str) -> None:
    assert isinstance(await send(reply_to=name), Sent)
    assert server.mails[0]["In-Reply-To"] is None


@pytest.mark.parametrize(
    ("command", "answer", "result"),
    [
        ("MAIL", "421 4.3.2 shutting down", RetryAfter()),
        ("MAIL", "550 5.7.1 you are not allowed", RetryAfter()),
        ("RCPT", "450 4.2.0 greylisted", RetryAfter()),
        ("RCPT", "550 5.1.1 no such user", Unreachable()),
        ("RCPT", "553 5.1.2 no such domain", Unreachable()),
        ("DATA", "451 4.7.1 later", RetryAfter()),
        ("DATA", "554 5.7.1 spam", Rejected()),
        ("DATA", "550 5.1.1 no such user", Unreachable()),
    ],
)
async def test_what_a_server_answers_is_told_honestly(server: MailServer, command: str, answer: str, result: object) -> None:
    server.answers = {command: answer}
    assert await send() == result
    assert server.mails == []


async def test_a_wrong_password_is_ours_to_mend(server: MailServer, monkeypatch: pytest.MonkeyPatch) -> None:
    running.switch_on(monkeypatch, "email", password="wrong")
    assert await send() == RetryAfter()

"""Our mails: how they look, and what a mail server's answer means."""

import re
from datetime import UTC, datetime
from email import policy
from email.headerregistry import Address, BaseHeader, HeaderRegistry
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import aiosmtplib
import structlog

from chassis import new_id
from chassis.logs import error_name
from chassis.texts import Texts

from ..base import LANGUAGES, Outgoing, Rejected, Result, RetryAfter, Sent, Unreachable
from .reading import MESSAGE_ID
from .settings import EmailSettings

log = structlog.get_logger()

TIMEOUT = 8
_texts = Texts(Path(__file__).parents[2] / "locale")
_NO_SUCH_PERSON = re.compile(r"5\.(1\.\d+|2\.1)\b")


class _Whole(BaseHeader):
    """A header that goes out as it is, in one line: the library encodes a long id, and then the mail leaves its thread."""

    max_count = 1

    @classmethod
    def parse(cls, value: str, kwds: dict[str, Any]) -> None:
        kwds["decoded"], kwds["parse_tree"] = value, None

    def fold(self, *, policy: policy.Policy) -> str:
        return f"{self.name}: {self}{policy.linesep}"


_headers = HeaderRegistry()
_headers.map_to_type("In-Reply-To", _Whole)
_headers.map_to_type("References", _Whole)


def compose(settings: EmailSettings, address: str, message: Outgoing) -> EmailMessage:
    """A mail that says the text, in the thread of what it answers."""
    local, _, domain = settings.address.rpartition("@")
    mail = EmailMessage(policy=policy.SMTP.clone(header_factory=_headers))
    mail["From"] = Address(settings.name, local, domain)
    mail["To"] = address
    gettext = _texts.get(message.language if message.language in LANGUAGES else "en").gettext
    # Never the person's own subject: it may say what they need, and who looks over their shoulder reads it in a list.
    subject = gettext("Your message")
    mail["Subject"] = f"Re: {subject}" if message.reply_to else subject
    mail["Date"] = format_datetime(datetime.now(UTC))
    mail["Message-ID"] = f"<{new_id()}@{domain}>"
    if message.reply_to and MESSAGE_ID.fullmatch(message.reply_to):
        mail["In-Reply-To"] = mail["References"] = message.reply_to
    mail["Auto-Submitted"] = "auto-replied" if message.reply_to else "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"  # Exchange heeds this one instead
    mail.set_content(message.text)
    if message.language:
        mail["Content-Language"] = message.language
    return mail


async def send(settings: EmailSettings, mail: EmailMessage) -> Result:
    """Hand a mail to the server."""
    try:
        await aiosmtplib.send(
            mail,
            hostname=settings.smtp_host,
            port=settings.smtp_port,
            use_tls=settings.smtp_security == "tls",
            start_tls=settings.smtp_security == "starttls",
            username=settings.user or settings.address,
            password=settings.password.get_secret_value(),
            local_hostname=settings.address.rpartition("@")[2],
            timeout=TIMEOUT,
        )
    except aiosmtplib.SMTPRecipientsRefused as error:
        return Unreachable() if all(refused.code >= 500 for refused in error.recipients) else RetryAfter()
    except aiosmtplib.SMTPDataError as error:
        if error.code < 500:
            return RetryAfter()
        return Unreachable() if _NO_SUCH_PERSON.match(error.message) else Rejected()
    except aiosmtplib.SMTPNotSupported:
        return Unreachable()  # letters in the address that this server cannot write to
    except (aiosmtplib.SMTPException, OSError) as error:
        # Away, or it refuses us and not this mail (password, quota): somebody will mend that.
        log.warning("the mail server takes no mail now", reason=error_name(error))
        return RetryAfter()
    return Sent(mail["Message-ID"])

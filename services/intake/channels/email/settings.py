"""The settings of the e-mail channel."""

from ipaddress import ip_address
from typing import Literal, Self

from pydantic import Field, SecretStr, model_validator

from ..base import ChannelSettings

Security = Literal["tls", "starttls", "none"]


class EmailSettings(ChannelSettings, channel="email"):
    """A mailbox of its own, and the server that sends."""

    address: str = Field(pattern=r"^[^\s@<>,;:\"]+@[^\s@<>,;:\"]+$", description="Our address, e.g. help@example.org.")
    name: str = Field("Anlaufstelle", description="Our name beside the address, as people see it.")
    user: str = Field("", description="User name at both servers; empty: the address.")
    password: SecretStr = Field(min_length=1, description="Password at both servers, best one for this use only.")
    imap_host: str = Field(min_length=1, description="The server that keeps the mailbox.")
    imap_port: int = Field(993, ge=1, le=65535, description="Its port: 993 with tls, usually 143 with starttls.")
    imap_security: Security = Field("tls", description="tls, starttls, or none for a server on this very machine.")
    smtp_host: str = Field(min_length=1, description="The server that takes our mails.")
    smtp_port: int = Field(465, ge=1, le=65535, description="Its port: 465 with tls, usually 587 with starttls.")
    smtp_security: Security = Field("tls", description="tls, starttls, or none for a server on this very machine.")
    authserv_id: str = Field(
        "", description="Name under which our mail server notes in Authentication-Results that a sender is genuine (DMARC)."
    )
    folder: str = Field("INBOX", description="Folder of the mailbox that is heard; nobody else should read or file in it.")
    keep_days: int = Field(30, ge=1, description="Days after which a mail that was heard is deleted from the folder.")

    @model_validator(mode="after")
    def _words_travel_encrypted(self) -> Self:
        for part, security, host in (("imap", self.imap_security, self.imap_host), ("smtp", self.smtp_security, self.smtp_host)):
            if security == "none" and not _is_this_machine(host):
                raise ValueError(f"{part}_security=none is for a server on this very machine; use tls or starttls")
        return self


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"

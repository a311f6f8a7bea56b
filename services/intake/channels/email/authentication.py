"""What our own mail server found out about who wrote a mail: its headers Authentication-Results (RFC 8601)."""

import re
from email.message import Message


def results(mail: Message, server: str) -> list[str]:
    """What the mail server of a name says.

    Anybody can write such a header; the server removes those with its own name that it did not write. Without a name the first
    is taken for its, which is enough to doubt a sender and not to believe one.
    """
    all_of_them = [str(value).strip().lower() for key, value in mail.raw_items() if key.lower() == "authentication-results"]
    return [each for each in all_of_them if re.split(r"[\s;]", each)[0] == server.lower()] if server else all_of_them[:1]


def is_forged(said: list[str]) -> bool:
    """Whether a domain says of a mail that is none of its own (DMARC)."""
    return any("dmarc=fail" in each for each in said)


def is_genuine(said: list[str], sender: str) -> bool:
    """Whether the domain of the sender vouches for the mail, and nothing speaks against it."""
    verdicts: list[tuple[str, str]] = []
    for each in said:
        # What is quoted and what stands in brackets is about the sender, and maybe by them.
        plain = re.sub(r"\([^()]*\)", " ", re.sub(r'"[^"]*"', " ", each))
        if "\\" in each or re.search(r'["()]', plain):
            return False
        verdicts += re.findall(r";\s*dmarc\s*=\s*(\w+)([^;]*)", plain)
    domain = f"header.from={sender.rpartition('@')[2]}"
    return bool(verdicts) and all(verdict == "pass" and domain in about.split() for verdict, about in verdicts)

"""What a mail is to us: something a person said, a report that a mail of ours did not arrive, or nothing."""

import hashlib
import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import Message
from email.utils import parseaddr

from ..base import Incoming, Rejected, Result, Sent, Unreachable
from . import authentication
from .words import decode, html_to_text, own_words

MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,900}>")
"""One that fits into a line when it is answered."""
_ANSWERED_OR_FORWARDED = re.compile(r"\s*(re|aw|antw|fwd?|wg|відп|отв|на|пересл)\s*(\[\d+\])?\s*:", re.IGNORECASE)
_NOBODY = re.compile(r"(mailer-daemon|postmaster|bounces?|(no|do-?not)[-_.]?reply)([-+._=].*)?")
_MACHINE_HEADERS = ("List-Id", "List-Post", "List-Unsubscribe", "X-Autoreply", "X-Autorespond", "X-Auto-Reply")
_MACHINE_PRECEDENCE = frozenset({"bulk", "junk", "list", "auto_reply"})
_NO_ATTACHMENT = frozenset({"application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature"})

_MOST_IN_HEADER = 10_000
_MOST_IN_FROM = 1_000
_MOST_IN_TEXT = 100_000
"""So much of each is read: the library takes time with the square of its length, and anybody can send anything."""
_MOST_WITHIN = 30
"""Parts that hold parts: the library looks at each line once for each of them."""


class _Cut(policy.Compat32):
    """The library's older and quicker way with headers, and of each only the beginning."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines)
        return name, value[:_MOST_IN_HEADER]


class UnreadableError(Exception):
    """A mail that a person had better look at."""


@dataclass(frozen=True)
class Report:
    """What became of a mail that we sent."""

    reference: str
    result: Result


@dataclass(frozen=True)
class Nothing:
    """A mail that is not for us to answer; `why` for the log."""

    why: str


def read(raw: bytes, ours: str, server: str = "") -> Incoming | Report | Nothing:
    """Read a mail; `ours` is our own address, `server` the name of the mail server that judges senders for us.

    Raises UnreadableError when it holds no sender or is known to be forged.
    """
    if raw.lower().count(b"multipart/") > _MOST_WITHIN:
        raise UnreadableError("too many parts within parts")
    mail = message_from_bytes(raw, policy=_Cut())
    if _is_report(mail):
        return _report(mail)
    sender = normal_address(_sender(mail))
    if sender == normal_address(ours):
        return Nothing("our own")
    if why := _machine(mail, sender):
        return Nothing(why)
    judged = authentication.results(mail, server)
    if authentication.is_forged(judged):
        raise UnreadableError("sender is forged")
    words = own_words(_text(mail))
    subject = "" if _belongs_to_earlier(mail) else _subject(mail).strip()
    return Incoming(
        sender,
        _message_id(mail) or f"sha256:{hashlib.sha256(raw).hexdigest()}",
        _with_subject(subject, words),
        has_media=any(_is_attachment(part) for part in mail.walk()),
        language_hint=_header(mail, "Content-Language").split(",")[0].strip() or None,
        authenticated=bool(server) and authentication.is_genuine(judged, sender),
    )


def normal_address(address: str) -> str:
    """An address in the one spelling under which its owner is known. Raises UnreadableError when it is none."""
    try:
        # Letters that stand in a header as they are come from the library as bytes in disguise.
        whole = address.encode("utf-8", "surrogateescape").decode()
        local, _, domain = whole.strip().lower().rpartition("@")
        domain = domain.encode("idna").decode()
    except UnicodeError:
        local = domain = ""
    if not local or not domain or re.search(r"[\s@<>,;:\"]", local + domain):
        raise UnreadableError("no address of a sender")
    return f"{local}@{domain}"


def _sender(mail: Message) -> str:
    # Not Reply-To: only From is what a mail server can vouch for, and whoever can write as somebody can delete as somebody.
    sent = _as_sent(mail, "From")[:_MOST_IN_FROM]
    try:
        addresses = policy.default.header_factory("From", sent).addresses
    except (LookupError, ValueError, AttributeError, TypeError):  # the library stumbles over some malformed ones
        return parseaddr(sent)[1]
    return str(addresses[0].addr_spec) if addresses else ""


def _machine(mail: Message, sender: str) -> str:
    """Why nobody would read an answer, or nothing."""
    if not (_header(mail, "Auto-Submitted").strip().lower() or "no").startswith("no"):
        return "automatic"
    if _header(mail, "Precedence").strip().lower() in _MACHINE_PRECEDENCE or any(
        _header(mail, name) for name in _MACHINE_HEADERS
    ):
        return "list or automatic"
    if _header(mail, "Return-Path").strip() == "<>":
        return "no way back"
    return "nobody" if _NOBODY.fullmatch(sender.rpartition("@")[0]) else ""


def _belongs_to_earlier(mail: Message) -> bool:
    """Whether its subject is that of an earlier mail."""
    return bool(_header(mail, "In-Reply-To") or _header(mail, "References") or _ANSWERED_OR_FORWARDED.match(_subject(mail)))


def _with_subject(subject: str, words: str) -> str:
    """What was said in the body, and in the subject if that says more. A command or a number stays alone."""
    if not words or not subject:
        return words or subject
    if words.startswith("/") or not any(sign.isalpha() for sign in words) or subject.lower() in words.lower():
        return words
    return f"{subject}\n\n{words}"


def _header(mail: Message, name: str) -> str:
    """A header as it was sent; bytes that ought not to be there are guessed at. Parsing it may fail, this does not."""
    unfolded = _as_sent(mail, name)
    return unfolded if unfolded.isascii() else decode(unfolded.encode("utf-8", "surrogateescape"), None)


def _as_sent(mail: Message, name: str) -> str:
    value = next((str(value) for key, value in mail.raw_items() if key.lower() == name.lower()), "")
    return re.sub(r"[\r\n]+", "", value)


def _subject(mail: Message) -> str:
    sent = _header(mail, "Subject")
    try:
        return str(make_header(decode_header(sent))) if "=?" in sent else sent
    except (LookupError, ValueError):  # an unknown charset, or broken base64
        return sent


def _message_id(mail: Message) -> str | None:
    found = MESSAGE_ID.search(_header(mail, "Message-ID"))
    return found[0] if found else None


def _text(part: Message) -> str:
    """The text of a part and of those in it, as far as it is to be read in the mail itself."""
    kind = part.get_content_type()
    if part.is_multipart() and part.get_content_maintype() == "multipart":
        texts = (text for each in part.get_payload() if isinstance(each, Message) and (text := _text(each)).strip())
        return next(texts, "") if kind == "multipart/alternative" else "\n".join(texts)
    if part.get_content_disposition() == "attachment" or kind not in ("text/plain", "text/html"):
        return ""
    payload = part.get_payload(decode=True)
    body = payload if isinstance(payload, bytes) else b""
    if len(body) > _MOST_IN_TEXT:
        beginning = body[:_MOST_IN_TEXT]
        body = beginning.rpartition(b" ")[0] or beginning  # at a blank: a letter cut in two would spoil the charset
    text = decode(body, part.get_content_charset())
    if kind == "text/html":
        return html_to_text(text)
    if part.get_param("format") == "flowed":
        text = re.sub(r"(?m)(?<!^--) \r?\n(?!>)", " ", text)
    return text


def _is_attachment(part: Message) -> bool:
    if part.get_content_maintype() == "multipart" or part.get_content_type() in _NO_ATTACHMENT:
        return False
    is_logo = part.get_content_maintype() == "image" and part["Content-ID"] is not None
    return part.get_content_disposition() == "attachment" or (part.get_content_maintype() != "text" and not is_logo)


# --- reports by mail servers (RFC 3464) ---


def _is_report(mail: Message) -> bool:
    return mail.get_content_type() == "multipart/report" and mail.get_param("report-type") in ("delivery-status", None)


def _report(mail: Message) -> Report | Nothing:
    reference, result = _reported(mail), None
    for part in mail.walk():
        if "Action" in part:  # one for each address, inside the part message/delivery-status
            result = _became_of_it(_header(part, "Action").strip().lower(), _header(part, "Status").strip()) or result
    return Report(reference, result) if reference and result else Nothing("report without news")


def _became_of_it(action: str, status: str) -> Result | None:
    if action == "delivered":
        return Sent()
    if action != "failed":
        return None  # delayed: the mail server still tries
    is_about_the_mail = status.startswith(("5.3.4", "5.2.3", "5.6.", "5.7."))
    return Rejected() if is_about_the_mail else Unreachable()


def _reported(mail: Message) -> str | None:
    """The Message-ID of the mail that the report is about."""
    for part in mail.walk():
        if part is not mail and part.get_content_type() == "text/rfc822-headers":
            payload = part.get_payload(decode=True)
            about = message_from_bytes(payload if isinstance(payload, bytes) else b"", policy=_Cut())
            if found := _message_id(about):
                return found
        if part is not mail and (found := _message_id(part)):
            return found  # the mail itself, returned
    found_ids = MESSAGE_ID.findall(f"{_header(mail, 'In-Reply-To')} {_header(mail, 'References')}")
    return found_ids[-1] if found_ids else None

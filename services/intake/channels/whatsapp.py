"""WhatsApp, by Meta's Cloud API: a webhook in, the Graph API out.

We may write freely for 24 hours after a person last wrote. After that only templates go out that Meta approved; without one the
person cannot be reached here, until they write again.
"""

import asyncio
import hashlib
import hmac
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Annotated, Any

import httpx
import structlog
from fastapi import APIRouter, Header, HTTPException, Query, Request
from fastapi.responses import PlainTextResponse
from pydantic import BaseModel, Field, SecretStr, ValidationError

from chassis.logs import error_name
from chassis.texts import Texts

from ..domain.splitting import numbered, split
from .base import (
    LANGUAGES,
    Button,
    Capability,
    Channel,
    ChannelSettings,
    Host,
    Incoming,
    Limits,
    Manifest,
    Outgoing,
    Rejected,
    Result,
    RetryAfter,
    Sent,
    Unreachable,
)
from .http import check_secret, parse_json, read_body, whole

log = structlog.get_logger()
texts = Texts(Path(__file__).parents[1] / "locale")

TIMEOUT = 8
LARGEST_CALL = 3_000_000
"""Bytes that one call of the webhook may have; it can hold many messages."""
WINDOW = timedelta(hours=24)
TEXT, TEXT_WITH_BUTTONS, TEXT_OF_TEMPLATE = 4096, 1024, 900
"""Longest texts. A template may have 1024 characters, and says something around the text."""
BUTTONS, LABEL = 3, 20
ROWS, ROW_TITLE, ROW_DESCRIPTION = 10, 24, 72

# https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes
LATER = frozenset({1, 2, 4, 368, 80007, 130429, 130497, 131000, 131016, 131048, 131056, 131057, 133004})
"""Too fast, too much, away: it will be taken another time."""
OURS_TO_MEND = frozenset({0, 3, 10, 33, 190, 131005, 131031, 131042, 131037, 131045, 133010, *range(200, 300)})
"""A token, a right, a payment is missing, whatever the message is."""
GONE = frozenset({130472, 131021, 131026, 131030, 131047, 131049, 131050})
"""The person is not at WhatsApp, does not want us, or has not written for 24 hours."""
OF_TEMPLATES = range(132000, 133000)

WITHOUT_WORDS = frozenset({"image", "video", "audio", "voice", "document", "contacts", "order", "unsupported"})
NOTHING_SAID = frozenset({"reaction", "sticker", "system", "request_welcome"})


class WhatsAppSettings(ChannelSettings, channel="whatsapp"):
    """What Meta's app dashboard gives."""

    access_token: SecretStr = Field(
        min_length=1, description="Token of a system user, with the right whatsapp_business_messaging."
    )
    phone_number_id: str = Field(pattern=r"^\d+$", description="Id of our number (not the number itself), from the dashboard.")
    app_secret: SecretStr = Field(min_length=1, description="Secret of the app, by which a call is known to be Meta's.")
    verify_token: SecretStr = Field(min_length=1, description="Made up by us and told the dashboard, when the webhook is set up.")
    template: str = Field(
        "", description="Template for what is said after 24 hours of silence, its body with one {{1}}; empty: none."
    )
    template_languages: str = Field(
        "uk,ru,de,en", description="Languages that the template is approved in, the one for all others first."
    )
    api_url: str = Field("https://graph.facebook.com/v25.0", description="The Graph API; another one for tests.")


# --- what Meta sends ---


class _Loose(BaseModel):
    """Meta adds fields whenever it likes."""

    model_config = {"extra": "ignore", "hide_input_in_errors": True}


class _Text(_Loose):
    body: str


class _Media(_Loose):
    caption: str = ""


class _Place(_Loose):
    latitude: float = Field(ge=-90, le=90)
    longitude: float = Field(ge=-180, le=180)


class _Reply(_Loose):
    id: str


class _Pressed(_Loose):
    button_reply: _Reply | None = None
    list_reply: _Reply | None = None


class _Button(_Loose):
    text: str


class _Revoke(_Loose):
    original_message_id: str


class _Edit(_Revoke):
    message: dict[str, Any]


class _Message(_Loose):
    type: str
    sender: str = Field("", alias="from")
    from_user_id: str = ""
    id: str
    timestamp: int | None = Field(None, ge=0, lt=2**33)
    group_id: str | None = None
    text: _Text | None = None
    image: _Media | None = None
    video: _Media | None = None
    document: _Media | None = None
    location: _Place | None = None
    interactive: _Pressed | None = None
    button: _Button | None = None
    unsupported: dict[str, Any] = {}
    edit: _Edit | None = None
    revoke: _Revoke | None = None


class _Status(_Loose):
    id: str
    status: str
    errors: list[dict[str, Any]] = []


class _Value(_Loose):
    metadata: dict[str, Any] = {}
    messages: list[dict[str, Any]] = []
    statuses: list[dict[str, Any]] = []


class _Change(_Loose):
    value: _Value


class _Entry(_Loose):
    changes: list[_Change]


class _Call(_Loose):
    entry: list[_Entry]


class WhatsApp(Channel):
    """One number of ours, and people who write to it."""

    manifest = Manifest(
        "whatsapp",
        frozenset({
            Capability.PRIVATE_CHAT, Capability.BUTTONS, Capability.FILES, Capability.LOCATION, Capability.EDITS,
            Capability.DELETIONS, Capability.RECEIPTS,
        }),
        Limits(text=TEXT, per_second=60, per_second_each=1),  # 80 with what comes in; one each 6 s in the long run
        WhatsAppSettings,
    )  # fmt: skip
    settings: WhatsAppSettings

    async def open(self) -> None:
        """Make the client; it connects when it is first used."""
        token = self.settings.access_token.get_secret_value()
        self.http = httpx.AsyncClient(
            base_url=f"{self.settings.api_url.rstrip('/')}/{self.settings.phone_number_id}/",
            headers={"Authorization": f"Bearer {token}"},
            timeout=TIMEOUT,
        )

    async def close(self) -> None:
        """Close its connections."""
        await self.http.aclose()

    # --- sending ---

    async def send(self, address: str, message: Outgoing) -> Result:
        """Send a text with its choices; after 24 hours of silence by the template."""
        if message.heard_at and datetime.now(UTC) - message.heard_at > WINDOW:
            content = self._template(message)
            return await self._post(address, content) if content else Unreachable()
        result: Result = Sent()
        for content in _contents(message):
            result = await self._post(address, content)
            if not isinstance(result, Sent):
                break
        return result

    def _template(self, message: Outgoing) -> dict[str, Any] | None:
        """The text within the template, or None when there is none or the text is too long for it."""
        text = " ".join(numbered(message.text, [button.label for button in message.buttons]).split())  # no new lines are allowed
        if not self.settings.template or len(text) > TEXT_OF_TEMPLATE:
            return None
        approved = [language.strip() for language in self.settings.template_languages.split(",")]
        language = message.language if message.language in approved else approved[0]
        body = {"type": "body", "parameters": [{"type": "text", "text": text}]}
        return {
            "type": "template",
            "template": {"name": self.settings.template, "language": {"code": language}, "components": [body]},
        }

    async def _post(self, address: str, content: dict[str, Any]) -> Result:
        # Who hides their number is known by an id of Meta's, with a country in front: UA.1234567890.
        whom = {"to": address} if address.isdigit() else {"recipient": address}
        body = {"messaging_product": "whatsapp", "recipient_type": "individual", **whom, **content}
        try:
            answer = await self.http.post("messages", json=body)
            if answer.is_success:
                return Sent(str(answer.json()["messages"][0]["id"]))
            code = _code(answer)
        except (httpx.HTTPError, ValueError, LookupError, TypeError) as error:
            log.warning("whatsapp does not take a message now", reason=error_name(error))
            return RetryAfter()
        if code in GONE:
            return Unreachable()
        if code in OF_TEMPLATES and "template" in content:
            log.error("whatsapp does not know the template, or does not let us send it", code=code)
            return Unreachable()
        if code in LATER or code in OURS_TO_MEND or answer.status_code >= 500 or answer.status_code in (401, 403, 429):
            log.warning("whatsapp does not take a message now", code=code, status=answer.status_code)
            wait = answer.headers.get("Retry-After", "")
            return RetryAfter(float(wait) if wait.isdecimal() else None)
        return Rejected()

    # --- hearing ---

    def routes(self, host: Host) -> APIRouter:
        """The webhook."""
        router = APIRouter()

        @router.get("/webhook", response_class=PlainTextResponse)
        async def verify(
            mode: Annotated[str, Query(alias="hub.mode")] = "",
            token: Annotated[str, Query(alias="hub.verify_token")] = "",
            challenge: Annotated[str, Query(alias="hub.challenge", max_length=200)] = "",
        ) -> str:
            if mode != "subscribe":
                raise HTTPException(404, "this is where WhatsApp calls")
            check_secret(token, self.settings.verify_token)
            return challenge

        @router.post("/webhook")
        async def webhook(
            request: Request, signature: Annotated[str, Header(alias="X-Hub-Signature-256")] = ""
        ) -> dict[str, bool]:  # fmt: skip
            body = await read_body(request, LARGEST_CALL)
            check_secret(signature, SecretStr(f"sha256={self._sign(body)}"))
            await self._take(parse_json(whole(body), _Call), host)
            return {"ok": True}

        return router

    def _sign(self, body: bytes) -> str:
        return hmac.new(self.settings.app_secret.get_secret_value().encode(), body, hashlib.sha256).hexdigest()

    async def _take(self, call: _Call, host: Host) -> None:
        """Take what concerns our number, each person's messages in order. What fails makes Meta call again with all of it."""
        values = [change.value for entry in call.entry for change in entry.changes]
        ours = [value for value in values if value.metadata.get("phone_number_id") == self.settings.phone_number_id]
        heard = [incoming for value in ours for raw in value.messages if (incoming := _incoming(raw))]
        people = groupby(sorted(heard, key=attrgetter("address")), key=attrgetter("address"))
        await asyncio.gather(*(_hear_all(list(messages), host) for _, messages in people))
        for raw in (raw for value in ours for raw in value.statuses):
            if receipt := _receipt(raw):
                await host.receipt(*receipt)


async def _hear_all(messages: Iterable[Incoming], host: Host) -> None:
    for incoming in messages:
        await host.hear(incoming)


def _incoming(raw: dict[str, Any]) -> Incoming | None:
    """What the host is to hear of a message; None of what says nothing, or is in a form that nobody knows yet."""
    try:
        message = _Message.model_validate(raw)
        said = _said(_Message.model_validate({**raw, **message.edit.message}) if message.edit else message)
    except ValidationError as error:
        log.warning("unreadable message left out", errors=error.error_count())
        return None
    # The id of Meta's is always there, the number only when the person does not hide it.
    address = message.from_user_id or "".join(sign for sign in message.sender if sign.isdigit())
    if said is None or not address or message.group_id:
        return None
    edits = message.edit.original_message_id if message.edit else None
    said_at = datetime.fromtimestamp(message.timestamp, UTC) if message.timestamp else None
    return Incoming(address, message.id, edits=edits, said_at=said_at, **said)


def _said(message: _Message) -> dict[str, Any] | None:
    """What a message says, as fields of `Incoming`."""
    media = message.image or message.video or message.document
    if message.type == "text" and message.text:
        return {"text": message.text.body}
    if message.type == "interactive" and message.interactive:
        reply = message.interactive.button_reply or message.interactive.list_reply
        return {"pressed": reply.id} if reply else None
    if message.type == "button" and message.button:  # below a template
        return {"text": message.button.text}
    if message.type == "location" and message.location:
        return {"location": (message.location.latitude, message.location.longitude)}
    if message.type == "revoke" and message.revoke:
        return {"deletes": message.revoke.original_message_id}
    if message.type == "unsupported" and message.unsupported.get("type") in ("edit", "revoke"):
        return None  # a change that Meta does not tell us
    if message.type in WITHOUT_WORDS:
        return {"text": media.caption if media else "", "has_media": True}
    if message.type not in NOTHING_SAID:
        log.info("message of an unknown kind left out", kind=message.type[:20])
    return None


def _receipt(raw: dict[str, Any]) -> tuple[str, Result] | None:
    """The message that a status is about, and what became of it; None while it is on its way."""
    try:
        status = _Status.model_validate(raw)
    except ValidationError as error:
        log.warning("unreadable status left out", errors=error.error_count())
        return None
    if status.status in ("delivered", "read"):
        return status.id, Sent()
    if status.status != "failed":
        return None
    return status.id, Unreachable() if any(error.get("code") in GONE for error in status.errors) else Rejected()


def _code(answer: httpx.Response) -> int:
    """The error's code, or the status where there is none."""
    try:
        return int(answer.json()["error"]["code"])
    except (ValueError, LookupError, TypeError):
        return answer.status_code


# --- the forms of what we send ---


def _contents(message: Outgoing) -> Sequence[dict[str, Any]]:
    """Reply buttons where three short ones do, a list where ten longer ones do, else numbers in the text."""
    labels = [button.label for button in message.buttons]
    if not labels:
        return [_text(message.text)]
    if len(labels) <= BUTTONS and max(map(len, labels)) <= LABEL and len(message.text) <= TEXT_WITH_BUTTONS:
        buttons = [{"type": "reply", "reply": {"id": button.token, "title": button.label}} for button in message.buttons]
        return [_interactive("button", message.text, {"buttons": buttons})]
    if len(labels) <= ROWS and max(map(len, labels)) <= ROW_DESCRIPTION:
        gettext = texts.get(message.language if message.language in LANGUAGES else "en").gettext
        rows = [_row(button) for button in message.buttons]
        return [_interactive("list", message.text, {"button": gettext("Choose"), "sections": [{"rows": rows}]})]
    return [_text(part) for part in split(numbered(message.text, labels), TEXT)]


def _text(text: str) -> dict[str, Any]:
    return {"type": "text", "text": {"body": text, "preview_url": False}}


def _interactive(kind: str, text: str, action: dict[str, Any]) -> dict[str, Any]:
    return {"type": "interactive", "interactive": {"type": kind, "body": {"text": text}, "action": action}}


def _row(button: Button) -> dict[str, str]:
    """A row of a list; a long label stands whole below its beginning."""
    if len(button.label) <= ROW_TITLE:
        return {"id": button.token, "title": button.label}
    beginning = button.label[: ROW_TITLE - 1].rstrip()
    return {"id": button.token, "title": f"{beginning}…", "description": button.label}

"""WhatsApp, by a stand-in of the Graph API that keeps to what Meta documents of its limits."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from itertools import count
from typing import Any

from aiohttp import web

from tests.kit.channels import provider
from tests.kit.channels.provider import Failure, Received, Update

SECRET, TOKEN, VERIFY, NUMBER_ID = "app-secret-1", "EAAG-access-token", "verify-token-1", "106540352242922"
ERRORS = {Failure.BLOCKED: (131026, "Message undeliverable"), Failure.REJECTED: (131009, "Parameter value is not valid")}
REFUSALS = {Failure.BLOCKED: 131026, Failure.REJECTED: 131051}


class Provider(provider.WebhookProvider):
    """One number of ours, and people that write to it. Person 2 hides their number."""

    def __init__(self, mode: str = "") -> None:
        super().__init__(mode)
        self._ids = count(1)
        self.requests: list[dict[str, Any]] = []

    async def start(self) -> None:
        """Nothing sent."""
        self.requests = []
        await super().start()

    def settings(self) -> Mapping[str, object]:
        """What the dashboard gives."""
        return {
            "access_token": TOKEN, "phone_number_id": NUMBER_ID, "app_secret": SECRET, "verify_token": VERIFY,
            "api_url": self.server.url,
        }  # fmt: skip

    # --- people ---

    def address(self, person: int) -> str:
        """A number, or Meta's id of who hides it."""
        return f"38000000000{person}" if person != 2 else "UA.1349120865530274191"

    def text(self, person: int, text: str) -> Update:
        """A text."""
        return self._message(person, {"type": "text", "text": {"body": text}})

    def press(self, person: int, message: Received, button: int) -> Update:
        """A reply button, or a row of a list."""
        interactive = message.raw["interactive"]
        if interactive["type"] == "button":
            reply = {"type": "button_reply", "button_reply": interactive["action"]["buttons"][button]["reply"]}
        else:
            reply = {"type": "list_reply", "list_reply": interactive["action"]["sections"][0]["rows"][button]}
        return self._message(person, {"type": "interactive", "interactive": reply})

    def receipt(self, reference: str, failure: Failure | None) -> Update:
        """A status."""
        status: dict[str, Any] = {
            "id": reference,
            "status": "delivered",
            "timestamp": "1764000000",
            "recipient_id": self.address(1),
        }
        if failure:
            status |= {"status": "failed", "errors": [{"code": REFUSALS[failure], "title": "Message undeliverable"}]}
        return self._update({"statuses": [status]})

    def private(self) -> list[str]:
        """A name, and the secrets."""
        return ["Oksana", TOKEN, SECRET, VERIFY]

    def _message(self, person: int, content: dict[str, Any]) -> Update:
        address, known = self.address(person), {"profile": {"name": "Oksana"}}
        sender = {"from": address} if address.isdigit() else {"from_user_id": address}
        contact = {"wa_id": address} if address.isdigit() else {"user_id": address}
        message = {**sender, "id": f"wamid.IN{next(self._ids)}", "timestamp": "1764000000", **content}
        return self._update({"contacts": [{**known, **contact}], "messages": [message]})

    def _update(self, value: dict[str, Any]) -> Update:
        metadata = {"display_phone_number": "493410001234", "phone_number_id": NUMBER_ID}
        change = {"field": "messages", "value": {"messaging_product": "whatsapp", "metadata": metadata, **value}}
        return {"object": "whatsapp_business_account", "entry": [{"id": "102290129340398", "changes": [change]}]}

    # --- what Meta does ---

    def headers(self, body: bytes) -> Mapping[str, str]:
        """The signature."""
        return {"X-Hub-Signature-256": _signature(SECRET, body)}

    def forged(self, body: bytes) -> Mapping[str, str]:
        """With another secret."""
        return {"X-Hub-Signature-256": _signature("guessed", body)}

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Take a message, if it is as it must be."""
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return _error(401, 190, "Access token has expired")
        said = json.loads(await request.read())
        self.requests.append(said)
        if error := ERRORS.get(self.failing) if self.failing else None:
            return _error(400, *error)
        if request.path != f"/{NUMBER_ID}/messages" or (wrong := _wrong(said)):
            return _error(400, 100, f"Invalid parameter: {request.path if request.path != f'/{NUMBER_ID}/messages' else wrong}")
        taken = {"id": f"wamid.OUT{next(self._ids)}"}
        self.received.append(Received(said.get("to") or said["recipient"], _words(said), _labels(said), raw={**said, **taken}))
        return web.json_response({"messaging_product": "whatsapp", "messages": [taken]})


def _signature(secret: str, body: bytes) -> str:
    return f"sha256={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"


def _error(status: int, code: int, message: str) -> web.Response:
    return web.json_response(
        {"error": {"message": f"(#{code}) {message}", "type": "OAuthException", "code": code}}, status=status
    )


def _words(said: dict[str, Any]) -> str:
    if said["type"] == "template":
        return f"[{said['template']['name']}] {said['template']['components'][0]['parameters'][0]['text']}"
    return str(said["text"]["body"] if said["type"] == "text" else said["interactive"]["body"]["text"])


def _labels(said: dict[str, Any]) -> tuple[str, ...]:
    if said["type"] != "interactive":
        return ()
    action = said["interactive"]["action"]
    if said["interactive"]["type"] == "button":
        return tuple(button["reply"]["title"] for button in action["buttons"])
    return tuple(row.get("description") or row["title"] for row in action["sections"][0]["rows"])


def _wrong(said: dict[str, Any]) -> str:
    """What Meta would not take."""
    words = _words(said)
    if not words or said.get("messaging_product") != "whatsapp" or bool(said.get("to")) == bool(said.get("recipient")):
        return "form"
    if said["type"] == "template":
        return "template" if len(words) > 1024 or "\n" in words or "\t" in words or "     " in words else ""
    if said["type"] == "text":
        return "text" if len(words) > 4096 else ""
    action, kind = said["interactive"]["action"], said["interactive"]["type"]
    if kind == "button":
        titles = [button["reply"]["title"] for button in action["buttons"]]
        return "buttons" if len(words) > 1024 or len(titles) > 3 or any(not 1 <= len(title) <= 20 for title in titles) else ""
    rows = action["sections"][0]["rows"]
    wide = any(len(row["title"]) > 24 or len(row.get("description", "")) > 72 for row in rows)
    return "list" if len(words) > 4096 or len(rows) > 10 or wide or not 1 <= len(action["button"]) <= 20 else ""

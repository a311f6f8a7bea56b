"""Reading what is sent over HTTP, for channels and the other routes: clear refusals that repeat nothing of the content."""

import hmac
import json
from typing import Any, TypeVar

from fastapi import HTTPException, Request
from pydantic import BaseModel, SecretStr, ValidationError

from .base import Heard, Host

MOST_BYTES = 1_000_000
MOST_SIGNS = 10_000

M = TypeVar("M", bound=BaseModel)


async def read_json(request: Request, model: type[M]) -> M:
    """The body as a model. 415 when it is no JSON by its type, 413 when it is too large, 400 when it is malformed."""
    if request.headers.get("content-type", "").split(";")[0].strip().lower() != "application/json":
        raise HTTPException(415, "send JSON with Content-Type: application/json")
    return parse_json(await read_body(request), model)


def parse_json(body: bytes, model: type[M]) -> M:
    """A body as a model. 400 when it is malformed."""
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        where = "; ".join(f"{'.'.join(map(str, e['loc'])) or 'body'}: {e['type']}" for e in error.errors(include_input=False)[:5])
        raise HTTPException(400, f"not what is expected here: {where}") from None


def check_secret(given: str, expected: SecretStr) -> None:
    """401 unless it is the secret; how long that takes tells nothing of it."""
    if not hmac.compare_digest(given.encode(), expected.get_secret_value().encode()):
        raise HTTPException(401, "wrong secret")


async def read_body(request: Request, most: int = MOST_BYTES) -> bytes:
    """The body, refused as soon as it is larger than a megabyte, or whatever a provider may send."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most:
            raise HTTPException(413, f"at most {most} bytes are taken")
    return bytes(body)


def whole(body: bytes) -> bytes:
    """JSON without halves of signs, over which all of it would be refused."""
    try:
        return json.dumps(json.loads(body), ensure_ascii=False).encode("utf-8", "replace")
    except (ValueError, RecursionError):
        return body  # no JSON: that is said by who reads it


def refuse_too_fast(heard: Heard) -> Heard:
    """What became of a message. 429 when it was not read because its sender writes too fast."""
    if heard.kind == "too_fast":
        raise HTTPException(429, "not read: too many messages in a minute", {"Retry-After": "60"})
    return heard


def check_length(text: str) -> str:
    """The text. 413 when it is longer than is taken, 400 when there is none."""
    if len(text) > MOST_SIGNS:
        raise HTTPException(413, f"at most {MOST_SIGNS} characters are taken; please say the most important things")
    if not text.strip():
        raise HTTPException(400, "text: empty")
    return text


async def read_back(host: Host, address: str) -> dict[str, Any]:
    """Both sides of a conversation, as our own pages show it. 404 when nobody ever wrote from that address."""
    found = await host.conversation(address)
    if found is None:
        raise HTTPException(404, "no such conversation, or it has been deleted")
    language, lines = found
    return {
        "language": language,
        "messages": [
            {
                "from": "us" if line.ours else "person",
                "text": line.text,
                "time": line.time,
                "choices": [{"value": button.value, "label": button.label} for button in line.buttons],
                "need_id": line.need_id,
            }
            for line in lines
        ],
    }

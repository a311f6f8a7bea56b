"""The desk: a coordinator writes down what somebody said at the counter or by phone, or hands in a list kept on paper.

Each visitor is a conversation of its own under a code. What we answer is read at the desk, and told to the visitor by a person.
"""

import csv
import io
from hashlib import sha256
from typing import Any, Literal

from fastapi import APIRouter, Depends, HTTPException, Request
from pydantic import BaseModel, Field

from .base import LANGUAGES, Capability, Channel, Host, Incoming, Manifest, Outgoing, Result, Sent
from .http import check_length, read_back, read_body, read_json, refuse_too_fast

MOST_ROWS = 500
COLUMNS = ("text", "kind", "language", "number")
"""Of a list; only `text` must be there. A `number` tells two visitors apart who said the same."""


class Said(BaseModel):
    """What a visitor said, a new one when there is no code. `kind` when the coordinator knows; `id` makes it safe to repeat."""

    text: str
    id: str = Field(min_length=16, max_length=64)
    kind: Literal["need", "offer"] | None = None
    language: str | None = Field(None, max_length=16)
    code: str | None = Field(None, min_length=16, max_length=128)


class Desk(Channel):
    """People who come in person or call."""

    manifest = Manifest("desk", frozenset({Capability.PRIVATE_CHAT, Capability.BUTTONS}))

    async def send(self, address: str, message: Outgoing) -> Result:
        """Nothing to do: the desk reads it."""
        return Sent()

    def routes(self, host: Host) -> APIRouter:
        """POST what a visitor said or a list of such, GET their conversation."""
        router = APIRouter(dependencies=[Depends(host.guard)])

        @router.post("/messages", status_code=202)
        async def write_down(request: Request) -> dict[str, Any]:
            said = await read_json(request, Said)
            return await hear(said.code or host.secret("visitor", said.id), said)

        @router.get("/conversations/{code}")
        async def read(code: str) -> dict[str, Any]:
            return await read_back(host, code)

        @router.post("/lists", status_code=202)
        async def take_list(request: Request) -> dict[str, Any]:
            taken, errors = [], []
            for line, row in _rows(await read_body(request)):
                try:
                    said = _said(row)
                except ValueError as error:
                    errors.append({"line": line, "error": str(error)})
                    continue
                taken.append({"line": line, **await hear(host.secret("visitor", said.id), said)})
            return {"taken": taken, "errors": errors}

        async def hear(code: str, said: Said) -> dict[str, Any]:
            text = check_length(said.text)
            text = f"/{said.kind} {text}" if said.kind else text
            heard = refuse_too_fast(await host.hear(Incoming(code, said.id, text, language_hint=said.language)))
            return {"code": code, "need_id": heard.need_id, "kind": heard.kind}

        return router


def _rows(body: bytes) -> list[tuple[int, dict[str, str]]]:
    """The rows of a list with the numbers of their lines. 400 when it is no list at all."""
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise HTTPException(400, "not UTF-8: save the table as “CSV UTF-8”") from None
    first = text.partition("\n")[0]
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count), strict=True, restval="")
    try:
        names = [name.strip().lower() for name in reader.fieldnames or []]
        if "text" not in names:
            raise HTTPException(400, f"the first line must name the columns: text and, if wanted, {', '.join(COLUMNS[1:])}")
        reader.fieldnames = names
        found = [(reader.line_num, {name: (row[name] or "").strip() for name in COLUMNS if name in row}) for row in reader]
    except csv.Error as error:
        raise HTTPException(400, f"line {reader.line_num}: {error}") from None
    found = [(line, row) for line, row in found if any(row.values())]
    if len(found) > MOST_ROWS:
        raise HTTPException(413, f"{len(found)} rows; at most {MOST_ROWS} are taken at once")
    return found


def _said(row: dict[str, str]) -> Said:
    """A row as what its visitor said: the same row again is the same visitor. Raises ValueError."""
    text, kind, language = row["text"], row.get("kind", "").lower(), row.get("language", "").lower()
    if not text:
        raise ValueError("text: empty")
    if kind not in ("", "need", "offer"):
        raise ValueError("kind: need or offer, or empty")
    if language not in ("", *LANGUAGES):
        raise ValueError(f"language: one of {', '.join(LANGUAGES)}, or empty")
    identity = sha256(f"{row.get('number', '')}|{text}".encode()).hexdigest()
    return Said.model_validate({"text": text, "id": identity, "kind": kind or None, "language": language or None})

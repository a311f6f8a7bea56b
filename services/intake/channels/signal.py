"""Signal, by the REST API around signal-cli (https://github.com/bbernhard/signal-cli-rest-api) in its json-rpc mode.

It hands over what comes by a socket and keeps nothing: what it handed over stays in memory here until the host has it, and a
socket that breaks is made anew at once. People are known by their account id, since who wants to hides their number.
"""

import asyncio
import base64
import re
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable
from itertools import groupby
from typing import Any
from urllib.parse import quote

import aiohttp
import structlog
from pydantic import BaseModel, Field, ValidationError

from chassis.logs import error_name

from .base import (
    Capability,
    Channel,
    ChannelSettings,
    Group,
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
from .http import whole

log = structlog.get_logger()

TIMEOUT = 8
TEXT = 2000
"""Longer texts become a file that people have to open."""
HEARTBEAT = 30.0
LOOK_EVERY = 1.0
RETRY = 1.0
GIVE_UP_AFTER = 90.0
"""Seconds after which one message that always fails is left out. When the store is what fails, the process ends sooner."""
CHANGES_KEPT = 10_000
LONG_TEXT = "text/x-signal-plain"
MENTION = "\ufffc"
"""Stands in a text where somebody is mentioned."""

# What signal-cli says in words. There are numbers and names in it: none of it may be logged.
GONE = re.compile(
    r"^The user .* is not registered|^Unregistered user|^Group not found|^User is not (a member|allowed to send)", re.S
)
LATER = re.compile(r"^Failed to send message|rate limit|CAPTCHA|captcha", re.S)
"""Nobody can tell which of its many reasons it was; the host tries longer and longer, and then another way."""
OURS_TO_MEND = re.compile(r"^(Specified account does not exist|User .*is not registered)|untrusted|update your profile", re.S)


class SignalSettings(ChannelSettings, channel="signal"):
    """Where signal-cli is, and who we are there."""

    api_url: str = Field(min_length=1, description="The REST API of signal-cli in json-rpc mode, e.g. http://signal:8080.")
    number: str = Field(pattern=r"^\+\d{6,15}$", description="Our number at Signal, e.g. +493410000000.")


# --- what signal-cli hands over ---


class _Loose(BaseModel):
    """signal-cli adds fields with each version."""

    model_config = {"extra": "ignore", "hide_input_in_errors": True}


class _Attachment(_Loose):
    contentType: str | None = None


class _GroupInfo(_Loose):
    groupId: str


class _Quote(_Loose):
    id: int
    authorUuid: str | None = None
    authorNumber: str | None = None


class _RemoteDelete(_Loose):
    timestamp: int


class _AdminDelete(_Loose):
    targetAuthorUuid: str
    targetSentTimestamp: int


class _Data(_Loose):
    timestamp: int
    message: str | None = None
    attachments: list[_Attachment] | None = None
    contacts: list[dict[str, Any]] | None = None
    groupInfo: _GroupInfo | None = None
    quote: _Quote | None = None
    remoteDelete: _RemoteDelete | None = None
    adminDelete: _AdminDelete | None = None
    reaction: dict[str, Any] | None = None


class _Edit(_Loose):
    targetSentTimestamp: int
    dataMessage: _Data


class _Receipt(_Loose):
    isDelivery: bool = False
    timestamps: list[int]


class _Envelope(_Loose):
    sourceUuid: str | None = None
    sourceNumber: str | None = None
    dataMessage: _Data | None = None
    editMessage: _Edit | None = None
    receiptMessage: _Receipt | None = None

    @property
    def source(self) -> str:
        """Whom it came from."""
        return self.sourceUuid or self.sourceNumber or ""


class _Received(_Loose):
    envelope: _Envelope


class Signal(Channel):
    """One number of ours, people who write to it, and groups that it was invited to."""

    manifest = Manifest(
        "signal",
        frozenset({
            Capability.PRIVATE_CHAT, Capability.GROUPS, Capability.FILES, Capability.EDITS, Capability.DELETIONS,
            Capability.RECEIPTS,
        }),
        # Signal publishes no limits and asks who writes too fast to solve a riddle.
        Limits(text=TEXT, per_second=2, per_second_each=1, per_minute_group=10),
        SignalSettings,
    )  # fmt: skip
    settings: SignalSettings

    def __init__(self, settings: SignalSettings) -> None:
        super().__init__(settings)
        self._arrived: deque[_Envelope] = deque()
        self._news = asyncio.Event()
        self._firsts: OrderedDict[str, str] = OrderedDict()

    async def open(self) -> None:
        """Make the client; it connects when it is first used."""
        timeout = aiohttp.ClientTimeout(total=TIMEOUT)
        self.http = aiohttp.ClientSession(self.settings.api_url.rstrip("/") + "/", timeout=timeout)

    async def close(self) -> None:
        """Close its connections."""
        await self.http.close()

    def private_link(self, code: str) -> str:
        """The link that opens a chat with us. It can carry no code: who writes is known by their account."""
        return f"https://signal.me/#p/{self.settings.number}"

    # --- sending ---

    async def send(self, address: str, message: Outgoing) -> Result:
        """Send a text, in a group as an answer."""
        body: dict[str, Any] = {"number": self.settings.number, "recipients": [address], "message": message.text}
        body["text_mode"] = "normal"
        author, _, timestamp = (message.reply_to or "").rpartition("/")
        if _is_group(address) and author:  # in a private chat, quoting what was just said helps nobody
            # People's programmes show the words from their own copy.
            body |= {"quote_author": author, "quote_timestamp": int(timestamp), "quote_message": ""}
        try:
            async with self.http.post("v2/send", json=body) as answer:
                said, status = await answer.json(), answer.status
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            log.warning("signal does not take a message now", reason=error_name(error))
            return RetryAfter()
        if status < 300:
            return _taken(address, said)
        return _refused(status, str(said.get("error", "")) if isinstance(said, dict) else "")

    # --- hearing ---

    async def listen(self, host: Host, held: Callable[[], bool]) -> None:
        """Hear what comes by the socket, and take it beside that: a socket that nobody reads loses messages."""
        taking = asyncio.create_task(self._take_what_comes(host))
        try:
            while held():
                await self._read_socket(held)
        finally:
            taking.cancel()
            await asyncio.wait([taking])
        await self._take_arrived(host)  # nobody else was given it

    async def _read_socket(self, held: Callable[[], bool]) -> None:
        """Note what comes until the socket is closed, or another replica is to hear."""
        path = f"v1/receive/{quote(self.settings.number, safe='')}"
        async with self.http.ws_connect(path, heartbeat=HEARTBEAT, timeout=aiohttp.ClientWSTimeout(ws_close=1)) as socket:
            while held():
                try:
                    message = await socket.receive(timeout=LOOK_EVERY)
                except TimeoutError:
                    continue
                if message.type is not aiohttp.WSMsgType.TEXT:
                    return
                if envelope := _read(message.data):
                    self._arrived.append(envelope)
                    self._news.set()

    async def _take_what_comes(self, host: Host) -> None:
        while True:
            await self._take_arrived(host)
            await self._news.wait()
            self._news.clear()

    async def _take_arrived(self, host: Host) -> None:
        """Take what is there, each person's in order. What was begun and not finished is taken again."""
        while self._arrived:
            some = list(self._arrived)
            people = groupby(sorted(some, key=lambda each: each.source), key=lambda each: each.source)
            await asyncio.gather(*(self._take_all(list(theirs), host) for _, theirs in people))
            for _ in some:
                self._arrived.popleft()

    async def _take_all(self, envelopes: Iterable[_Envelope], host: Host) -> None:
        for envelope in envelopes:
            give_up_at = time.monotonic() + GIVE_UP_AFTER
            while True:
                try:
                    await self._take(envelope, host)
                    break
                except Exception as error:  # noqa: BLE001 - it does not come again: it is kept until the host has it
                    if time.monotonic() > give_up_at:
                        log.error("message left out", reason=error_name(error))
                        break
                    log.warning("message not taken", reason=error_name(error))
                await asyncio.sleep(RETRY)

    async def _take(self, envelope: _Envelope, host: Host) -> None:
        if envelope.receiptMessage and envelope.receiptMessage.isDelivery:
            for timestamp in envelope.receiptMessage.timestamps:
                await host.receipt(_name(envelope.source, timestamp), Sent())
        elif envelope.editMessage:
            changed = self._change(envelope.source, envelope.editMessage)
            if (incoming := await self._said(envelope, envelope.editMessage.dataMessage, changed)) and incoming.text:
                await host.hear(incoming)
        elif envelope.dataMessage and (incoming := await self._said(envelope, envelope.dataMessage)):
            await host.hear(incoming)

    async def _said(self, envelope: _Envelope, said: _Data, edits: str | None = None) -> Incoming | None:
        """What the host is to hear; None of what says nothing: reactions, stickers, polls, changes of a group."""
        source, name = envelope.source, _name(envelope.source, said.timestamp)
        group = Group(_group_address(said.groupInfo.groupId)) if said.groupInfo else None
        if said.adminDelete:  # an administrator takes back what somebody else wrote
            author, target = said.adminDelete.targetAuthorUuid, said.adminDelete.targetSentTimestamp
            return Incoming(author, name, group=group, deletes=self._first(author, target))
        if said.remoteDelete:
            return Incoming(source, name, group=group, deletes=self._first(source, said.remoteDelete.timestamp))
        text = (said.message or "").replace(MENTION, "")
        has_media = bool(said.contacts) or any(file.contentType != LONG_TEXT for file in said.attachments or ())
        if said.reaction or not (text or has_media):
            return None
        if group:
            reply_to = _name(said.quote.authorUuid or said.quote.authorNumber or "", said.quote.id) if said.quote else None
            by_admin = text.startswith("/") and await self._is_admin(envelope, group.address)
            group = Group(group.address, reply_to=reply_to, by_admin=by_admin)
        return Incoming(source, name, text, has_media=has_media, group=group, edits=edits)

    async def _is_admin(self, envelope: _Envelope, group: str) -> bool:
        path = f"v1/groups/{quote(self.settings.number, safe='')}/{quote(group, safe='')}"
        async with self.http.get(path) as answer:
            answer.raise_for_status()
            admins = (await answer.json()).get("admins") or []
        return bool({envelope.sourceUuid, envelope.sourceNumber}.intersection(admins))

    def _first(self, source: str, timestamp: int) -> str:
        """The name of the message before its first change: each change names the one before."""
        name = _name(source, timestamp)
        return self._firsts.get(name, name)

    def _change(self, source: str, edit: _Edit) -> str:
        """The name of the message that is changed, before its first change."""
        first = self._first(source, edit.targetSentTimestamp)
        self._firsts[_name(source, edit.dataMessage.timestamp)] = first
        while len(self._firsts) > CHANGES_KEPT:
            self._firsts.popitem(last=False)
        return first


def _read(data: str) -> _Envelope | None:
    try:
        envelope = _Received.model_validate_json(whole(data.encode("utf-8", "replace"))).envelope
    except ValidationError as error:
        log.warning("unreadable message left out", errors=error.error_count())
        return None
    return envelope if envelope.source else None


def _name(source: str, timestamp: int) -> str:
    """The name of a message: who sent it, and when to the millisecond. That is how Signal itself names them."""
    return f"{source}/{timestamp}"


def _group_address(group_id: str) -> str:
    """How the REST API calls a group when it sends: the id that came, in base64 once more."""
    return f"group.{base64.b64encode(group_id.encode()).decode()}"


def _is_group(address: str) -> bool:
    return address.startswith("group.")


def _taken(address: str, said: Any) -> Result:
    """Newer versions answer with a list of one."""
    sent = said[0] if isinstance(said, list) and said else said
    if _is_group(address):
        return Sent()  # its members say each for themselves that it arrived
    reasons = {each.get("reason") for each in (sent.get("errors") or {}).get("recipients", ())}
    if reasons:
        return Unreachable() if reasons == {"UNREGISTERED_FAILURE"} else RetryAfter()
    return Sent(_name(address, int(sent["timestamp"])))


def _refused(status: int, why: str) -> Result:
    if GONE.search(why):
        return Unreachable()
    ours = OURS_TO_MEND.search(why) is not None
    if status == 429 or status >= 500 or LATER.search(why) or ours:
        log.warning("signal does not take a message now", status=status, look_at_its_account=ours)
        return RetryAfter()
    return Rejected()

"""Signal, by the REST API around signal-cli (https://github.com/bbernhard/signal-cli-rest-api) in its json-rpc mode.

It hands over what comes by a socket, once, and keeps nothing: what is read is spooled before anything else is done with it, and
taken from there, by whichever replica listens. A socket that breaks is made anew at once. People are known by their account id,
since who wants to hides their number.
"""

import asyncio
import base64
import re
import time
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from typing import Any, TypeVar
from urllib.parse import quote

import aiohttp
import structlog
from pydantic import Field

from chassis.logs import error_name

from ..base import (
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
from .envelopes import Data, Envelope, read

log = structlog.get_logger()

TIMEOUT = 8
TEXT = 2000
"""Longer texts become a file that people have to open."""
HEARTBEAT = 30.0
LOOK_EVERY = 1.0
RETRY = 1.0
LONGEST_RETRY = 16.0
GIVE_UP_AFTER = 90.0
"""Seconds for which one message that always fails holds up its sender's next; it stays in the spool."""
LOOK_AGAIN = 600.0
"""Seconds after which the spool is looked through for what was given up, or left by a replica for which the store was away."""
GIVE_WAY_AFTER = 40.0
"""Seconds without the REST API after which another replica may try."""
LONG_TEXT = "text/x-signal-plain"
MENTION = "\ufffc"
"""Stands in a text where somebody is mentioned."""
T = TypeVar("T")

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
        self._arrived: list[str] = []
        """What was read and is not spooled yet."""
        self._news = asyncio.Event()
        self._waiting: dict[str, deque[tuple[str, Envelope]]] = {}
        """What is spooled and not heard yet, by its author."""
        self._taking: set[asyncio.Task[None]] = set()

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
        self._begin(self._take_what_comes(host))
        away_since: float | None = None
        try:
            while held():
                try:
                    await self._read_socket(held)
                    away_since = None
                except (aiohttp.ClientError, TimeoutError) as error:
                    if away_since is None:
                        away_since = time.monotonic()
                        log.warning("channel is not heard", channel=self.manifest.id, reason=error_name(error))
                    elif time.monotonic() - away_since > GIVE_WAY_AFTER:
                        raise
                    await asyncio.sleep(RETRY)
        finally:
            leaving = asyncio.create_task(self._leave(host))
            while not leaving.done():  # whoever stops us asks again every second
                with suppress(asyncio.CancelledError):
                    await asyncio.wait([leaving])

    async def _leave(self, host: Host) -> None:
        """Leave nothing in memory; whoever listens next takes it."""
        while self._taking:  # the drivers can swallow a cancellation
            for task in self._taking:
                task.cancel()
            await asyncio.wait(self._taking, timeout=LOOK_EVERY)
        self._waiting.clear()
        await self._spool_arrived(host)

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._taking.add(task)
        task.add_done_callback(self._taking.discard)

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
                if read(message.data):
                    self._arrived.append(message.data)
                    self._news.set()

    async def _take_what_comes(self, host: Host) -> None:
        """Take what was spooled before, then what comes: each person's in order, beside the others'."""
        look_at = time.monotonic()
        while True:
            spooled = await self._spool_arrived(host)
            if time.monotonic() >= look_at:
                spooled, look_at = await _insist(host.spooled), time.monotonic() + LOOK_AGAIN
            known = {name for theirs in self._waiting.values() for name, _ in theirs}
            for name, received in spooled:
                if name not in known and (envelope := read(received)):
                    theirs = self._waiting.setdefault(envelope.author, deque())
                    theirs.append((name, envelope))
                    if len(theirs) == 1:
                        self._begin(self._take_all(envelope.author, host))
            with suppress(TimeoutError):
                async with asyncio.timeout(look_at - time.monotonic()):
                    await self._news.wait()
            self._news.clear()

    async def _spool_arrived(self, host: Host) -> list[tuple[str, str]]:
        """Spool what was read, however long the store is away; gives it with the names it has there."""
        arrived = list(self._arrived)
        names = await _insist(lambda: host.spool(arrived))
        del self._arrived[: len(arrived)]
        return list(zip(names, arrived, strict=True))

    async def _take_all(self, author: str, host: Host) -> None:
        theirs = self._waiting[author]
        while theirs:
            name, envelope = theirs[0]
            give_up_at, pause = time.monotonic() + GIVE_UP_AFTER, RETRY
            while True:
                try:
                    await self._take(envelope, host)
                    await host.unspool(name)
                    break
                except Exception as error:  # noqa: BLE001 - it does not come again: it is kept until the host has it
                    if time.monotonic() > give_up_at:
                        log.error("message put aside", reason=error_name(error))
                        break
                    log.warning("message not taken", reason=error_name(error))
                await asyncio.sleep(pause)
                pause = min(LONGEST_RETRY, pause * 2)
            theirs.popleft()
        del self._waiting[author]

    async def _take(self, envelope: Envelope, host: Host) -> None:
        if envelope.receiptMessage and envelope.receiptMessage.isDelivery:
            for timestamp in envelope.receiptMessage.timestamps:
                await host.receipt(_name(envelope.source, timestamp), Sent())
        elif envelope.editMessage:
            edit, first = envelope.editMessage, await self._first(envelope.source, envelope.editMessage.targetSentTimestamp, host)
            await host.note(_name(envelope.source, edit.dataMessage.timestamp), str(first))
            changed = _name(envelope.source, first)
            if (incoming := await self._said(envelope, edit.dataMessage, host, changed)) and incoming.text:
                await host.hear(incoming)
        elif envelope.dataMessage and (incoming := await self._said(envelope, envelope.dataMessage, host)):
            await host.hear(incoming)

    async def _said(self, envelope: Envelope, said: Data, host: Host, edits: str | None = None) -> Incoming | None:
        """What the host is to hear; None of what says nothing: reactions, stickers, polls, changes of a group."""
        source, name = envelope.source, _name(envelope.source, said.timestamp)
        group = Group(_group_address(said.groupInfo.groupId)) if said.groupInfo else None
        if said.adminDelete:  # an administrator takes back what somebody else wrote
            author, target = said.adminDelete.targetAuthorUuid, said.adminDelete.targetSentTimestamp
            return Incoming(author, name, group=group, deletes=_name(author, await self._first(author, target, host)))
        if said.remoteDelete:
            first = await self._first(source, said.remoteDelete.timestamp, host)
            return Incoming(source, name, group=group, deletes=_name(source, first))
        text = (said.message or "").replace(MENTION, "")
        has_media = bool(said.contacts) or any(file.contentType != LONG_TEXT for file in said.attachments or ())
        if said.reaction or not (text or has_media):
            return None
        if group:
            reply_to = _name(said.quote.authorUuid or said.quote.authorNumber or "", said.quote.id) if said.quote else None
            by_admin = text.startswith("/") and await self._is_admin(envelope, group.address)
            group = Group(group.address, reply_to=reply_to, by_admin=by_admin)
        said_at = envelope.said_at  # what was spooled for a while was not written too fast
        return Incoming(source, name, text, has_media=has_media, group=group, edits=edits, said_at=said_at)

    async def _is_admin(self, envelope: Envelope, group: str) -> bool:
        path = f"v1/groups/{quote(self.settings.number, safe='')}/{quote(group, safe='')}"
        async with self.http.get(path) as answer:
            answer.raise_for_status()
            admins = (await answer.json()).get("admins") or []
        return bool({envelope.sourceUuid, envelope.sourceNumber}.intersection(admins))

    async def _first(self, source: str, timestamp: int, host: Host) -> int:
        """The timestamp of the message before its first change: each change names the one before."""
        return int(await host.noted(_name(source, timestamp)) or timestamp)


async def _insist(what: Callable[[], Awaitable[T]]) -> T:
    """Do it, however often it fails: what was read exists nowhere else."""
    while True:
        try:
            return await what()
        except Exception as error:  # noqa: BLE001 - whatever it is, giving up would lose it
            log.warning("what came cannot be spooled", reason=error_name(error))
        await asyncio.sleep(RETRY)


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

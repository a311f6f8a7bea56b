"""`anlaufstelle replay DIR`: what would become of labelled messages, if people wrote them to the bot.

A second instance is started beside whatever runs, in a folder and on ports of its own, and listens to an emulated Bot API. Every
message comes from a chat of its own; the labels are only looked at when everything is over.
"""

import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import nats
from anlaufstelle_contracts import (
    CloudEvent,
    NeedArticulated,
    NeedMatched,
    NeedUnmet,
    OfferSubmitted,
    ReviewRequested,
    topology,
)
from nats.aio.client import Client
from nats.js.errors import APIError
from pydantic import BaseModel, ValidationError
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from services.intake.domain.redaction import redact

from . import parts
from .emulator.telegram import TelegramEmulator, serving
from .home import REPOSITORY, Home
from .problem import Problem
from .programs import child_environment

FIRST_CHAT = 1_000_000
QUIET_FOR = 3.0
"""Seconds without a new message, and with nothing waiting anywhere, after which nothing more is expected."""
FATES = ("answered", "unmet", "to a coordinator", "offer noted", "asked back", "ignored")


class Message(BaseModel):
    """A labelled message, as in the development set."""

    id: str
    text: str
    kind: str
    relevant_offers: dict[str, int] = {}


@dataclass
class Fate:
    """What became of one message."""

    message: Message
    became: str = "ignored"
    offers: list[str] = field(default_factory=list)
    seconds: float | None = None

    @property
    def right(self) -> bool:
        """Whether one of the offers is among those that a person labelled as helping, wholly or in part."""
        return bool(set(self.offers) & set(self.message.relevant_offers))


def replay(folder: Path, console: Console, rate: float, as_json: bool) -> None:
    """Run it and print the table. Raises Problem."""
    messages = _read(folder / "needs.jsonl")
    offers = folder / "offers.jsonl"
    if not offers.exists():
        raise Problem(f"{offers} is missing: the directory that the messages are to be answered from")
    with tempfile.TemporaryDirectory(prefix="anlaufstelle-replay-") as name:
        fates = asyncio.run(_Replay(Home(Path(name)), messages, offers, console, rate).run())
    if as_json:
        console.print_json(json.dumps(summary(fates)))
    else:
        _show(console, fates)


def summary(fates: list[Fate]) -> dict[str, Any]:
    """The same numbers for scripts: counts by kind, answers with a right offer, seconds to the first answer."""
    kinds: dict[str, Counter[str]] = defaultdict(Counter)
    for fate in fates:
        kinds[fate.message.kind][fate.became] += 1
    answered = [fate for fate in fates if fate.became == "answered" and fate.message.kind == "need"]
    took = sorted(fate.seconds for fate in fates if fate.seconds is not None)
    return {
        "messages": len(fates),
        "by_kind": {kind: dict(counts) for kind, counts in sorted(kinds.items())},
        "needs_answered": len(answered),
        "needs_answered_with_a_right_offer": sum(fate.right for fate in answered),
        "needs_that_have_an_offer": sum(bool(fate.message.relevant_offers) for fate in fates),
        "seconds_median": round(statistics.median(took), 3) if took else None,
        "seconds_p99": round(took[min(len(took) - 1, int(len(took) * 0.99))], 3) if took else None,
    }


class _Replay:
    """One run on an instance of its own."""

    def __init__(self, home: Home, messages: list[Message], offers: Path, console: Console, rate: float) -> None:
        self._home, self._messages, self._offers, self._console, self._rate = home, messages, offers, console, rate
        self._said: dict[int, float] = {}

    async def run(self) -> list[Fate]:
        """Start, import, say everything, wait until it is quiet, look."""
        async with AsyncExitStack() as stack:
            telegram = await stack.enter_async_context(serving(TelegramEmulator()))
            with self._console.status("starting an instance of its own"):
                await asyncio.to_thread(self._command, telegram, "up", "--detach")
            stack.push_async_callback(asyncio.to_thread, self._command, telegram, "down")
            titles = await self._import()
            await self._say_everything(telegram)
            await self._quiet(telegram)
            return self._fates(telegram, await self._events(), titles)

    def _command(self, telegram: TelegramEmulator, *words: str) -> None:
        environment = {
            **child_environment(), "ANLAUFSTELLE_HOME": str(self._home.path), "ANLAUFSTELLE_PORT": str(parts.free_port()),
            "ANLAUFSTELLE_TELEGRAM_BOT_TOKEN": telegram.token, "ANLAUFSTELLE_TELEGRAM_API_URL": telegram.url,
            "ANLAUFSTELLE_TELEGRAM_WEBHOOK_URL": "",
        }  # fmt: skip
        done = subprocess.run(
            (sys.executable, "-P", "-m", "deploy.cli", *words), env=environment, cwd=REPOSITORY, capture_output=True, text=True
        )
        if done.returncode:
            raise Problem(f"`{' '.join(words)}` failed:\n{done.stdout}{done.stderr}")

    async def _import(self) -> dict[str, str]:
        """Bring the directory in; gives the offers' titles by their id in matching."""
        token = {"Authorization": f"Bearer {self._home.secrets().api_token}"}
        url = f"http://{parts.HOST}:{self._port('matching')}"
        async with httpx.AsyncClient(base_url=url, headers=token, timeout=120, trust_env=False) as client:
            lines = {"Content-Type": "application/x-ndjson"}
            answer = await client.post("/directory/import?sample=true", content=self._offers.read_bytes(), headers=lines)
            answer.raise_for_status()
            if errors := answer.json()["errors"]:
                raise Problem(f"{self._offers}: {len(errors)} lines cannot be read, the first: {errors[0]}")
            return {offer["id"]: offer["title"] for offer in (await client.get("/directory/offers")).raise_for_status().json()}

    async def _say_everything(self, telegram: TelegramEmulator) -> None:
        with Progress(console=self._console, transient=True) as progress:
            for number, message in enumerate(progress.track(self._messages, description="people write")):
                self._said[FIRST_CHAT + number] = time.monotonic()
                telegram.say(FIRST_CHAT + number, message.text)
                await asyncio.sleep(1 / self._rate)

    async def _quiet(self, telegram: TelegramEmulator) -> None:
        """Wait until every update is confirmed, every event handled, and the bot has said nothing for a while."""
        with self._console.status("waiting for the last answers"):
            count, since = -1, time.monotonic()
            async with self._bus() as client:
                while time.monotonic() - since < QUIET_FOR:
                    if telegram.waiting() or len(telegram.sent) != count or await self._unhandled(client):
                        count, since = len(telegram.sent), time.monotonic()
                    await asyncio.sleep(0.2)

    async def _unhandled(self, client: Client) -> int:
        infos = [await client.jetstream().consumer_info(topology.INTERNAL.name, service) for service in topology.SERVICES]
        return sum((info.num_pending or 0) + (info.num_ack_pending or 0) for info in infos)

    @asynccontextmanager
    async def _bus(self) -> AsyncIterator[Client]:
        url, password = f"nats://{parts.HOST}:{self._port('bus')}", self._home.secrets().bus["operator"]
        client = await nats.connect(url, user="operator", password=password)
        try:
            yield client
        except APIError as error:
            raise Problem(f"the bus refuses: {error.description}") from None
        finally:
            await client.close()

    async def _events(self) -> list[CloudEvent]:
        async with self._bus() as client:
            stream = client.jetstream()
            count = (await stream.stream_info(topology.INTERNAL.name)).state.messages
            subscription = await stream.subscribe("internal.>", ordered_consumer=True)
            return [CloudEvent.model_validate_json((await subscription.next_msg(timeout=10)).data) for _ in range(count)]

    def _port(self, name: str) -> int:
        state = self._home.state()
        if state is None:
            raise Problem(f"the instance has ended; see {self._home.logs}")
        return state.port(name)

    def _fates(self, telegram: TelegramEmulator, events: list[CloudEvent], titles: Mapping[str, str]) -> list[Fate]:
        """Put together, by the redacted text and the need's id, what was said of each message."""
        ids_by_title = {json.loads(line)["title"]: json.loads(line)["id"] for line in self._offers.read_text().splitlines()}
        need_of: dict[str, str] = {}
        offered: set[str] = set()
        decided: dict[str, Any] = {}
        for event in (envelope.event() for envelope in events):
            match event:
                case NeedArticulated():
                    need_of[event.text] = event.need_id
                case OfferSubmitted():
                    offered.add(event.description)
                case NeedMatched() | NeedUnmet() | ReviewRequested():
                    decided.setdefault(event.need_id, event)  # the first decision; later ones are follow-ups
        fates = []
        for number, message in enumerate(self._messages):
            chat, words = FIRST_CHAT + number, redact(message.text.strip())
            answers = telegram.sent_to(chat)
            fate = Fate(message, "asked back" if answers else "ignored")
            decision = decided.get(need_of.get(words, ""))
            if isinstance(decision, NeedMatched):
                fate.became = "answered"
                fate.offers = [ids_by_title[titles[offer]] for offer in decision.offer_ids if titles.get(offer) in ids_by_title]
            elif decision is not None:
                fate.became = "unmet" if isinstance(decision, NeedUnmet) else "to a coordinator"
            elif words in offered:
                fate.became = "offer noted"
            fate.seconds = answers[0].at - self._said[chat] if answers else None
            fates.append(fate)
        return fates


def _read(path: Path) -> list[Message]:
    try:
        return [Message.model_validate_json(line) for line in path.read_text().splitlines() if line.strip()]
    except OSError as error:
        raise Problem(f"cannot read {path}: {error.strerror}") from None
    except ValidationError as error:
        raise Problem(f"{path} is not in the development set's format: {error.errors(include_input=False)[0]['msg']}") from None


def _show(console: Console, fates: list[Fate]) -> None:
    numbers = summary(fates)
    table = Table("", *FATES, "all", title=f"{len(fates)} messages to the bot")
    for kind, counts in numbers["by_kind"].items():
        table.add_row(kind, *(str(counts.get(fate, 0)) for fate in FATES), str(sum(counts.values())))
    console.print(table)
    right, answered = numbers["needs_answered_with_a_right_offer"], numbers["needs_answered"]
    share = f" ({100 * right / answered:.0f} %)" if answered else ""
    console.print(f"Of {answered} needs that were answered with offers, {right}{share} got a right one;")
    console.print(f"{numbers['needs_that_have_an_offer']} needs have one in the directory.")
    console.print(f"First answer after {numbers['seconds_median']} s (median), {numbers['seconds_p99']} s (99th percentile).")

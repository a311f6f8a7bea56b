"""`./anlaufstelle bench channels`: nine groups in a hurry, while replicas of intake are killed; then everything is counted.

Matching and notify take part, on a real bus and store with every write flushed. Every text costs about 50 ms of a core to
read, and every need twice that: two cores read some ten updates a second. `--rate` says how fast people write.
"""

import argparse
import asyncio
import random
import statistics
import sys
import time
from collections import Counter
from dataclasses import dataclass

from anlaufstelle_contracts import NeedArticulated
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from bench.ground import ground
from deploy.emulator.telegram import serving
from services.intake.domain.redaction import redact

from .crowd import GROUPS, Crowd
from .stage import Provider, Stage

AIM_SECONDS = 2.0
AFTER_A_KILL = 20.0
"""Seconds for which a dead replica can hold up what it had in hand: claims lapse after 15."""


@dataclass
class Counted:
    """What became of it all."""

    lost: Counter[str]
    twice: Counter[str]
    below_needs: int
    below_offers: int
    below_chatter: int
    private: list[float]
    private_undisturbed: list[float]
    in_groups: list[float]
    in_groups_undisturbed: list[float]
    quiet: bool


async def soak(arguments: argparse.Namespace, console: Console) -> tuple[Counted, Crowd, Stage]:
    """Let them write, then count."""
    by = random.Random(arguments.seed)
    telegram = Provider()
    async with ground() as on, serving(telegram), Stage(on, telegram, arguments.replicas, arguments.hears) as stage:
        crowd = Crowd(telegram, by)
        killer = asyncio.create_task(stage.kill_now_and_then(arguments.kill_every, by))
        await _write(crowd, stage, arguments, console)
        killer.cancel()
        await asyncio.gather(killer, return_exceptions=True)
        with console.status("waiting for the last answers"):
            quiet = await stage.quiet()
        return await _count(crowd, stage, quiet), crowd, stage


async def _write(crowd: Crowd, stage: Stage, arguments: argparse.Namespace, console: Console) -> None:
    began = time.monotonic()
    with Progress(console=console) as progress:
        task = progress.add_task("people write", total=arguments.updates)
        for number in range(arguments.updates):
            crowd.act()
            waits = f"{crowd.telegram.waiting():3} on their way, {len(stage.kills)} killed"
            progress.update(task, advance=1, description=f"people write; {waits}")
            await asyncio.sleep(max(0.0, began + (number + 1) / arguments.rate - time.monotonic()))


async def _count(crowd: Crowd, stage: Stage, quiet: bool) -> Counted:
    telegram = stage.telegram
    lost, twice = Counter[str](), Counter[str]()
    said = Counter(redact(ask.text) for ask in crowd.asks)
    articulated = Counter(event.data["text"] for event in (await stage.events())[NeedArticulated.type])
    for text, times in said.items():
        lost["needs"] += max(0, times - articulated[text])
        twice["needs"] += max(0, articulated[text] - times)
    answers = {chat: [message for message in telegram.sent if message.chat_id == chat] for chat in _chats(crowd)}
    private = []
    for ask in (ask for ask in crowd.asks if not ask.group or ask.opened):
        got, since = answers[ask.person], ask.opened or ask.at
        lost["answers"] += not got
        twice["messages"] += 0 if ask.person in crowd.pressed else len(got) - len({message.text for message in got})
        if got and not ask.group:
            private.append((since, got[0].at))
    for person in crowd.helped:
        lost["answers"] += not answers[person]
        twice["messages"] += max(0, len(answers[person]) - 1)
    by_name = {ask.name: ask for ask in crowd.asks if ask.group}
    lines = [(message, (message.chat_id, message.reply_to or 0)) for message in telegram.sent if message.chat_id < 0]
    answered = Counter(below for _, below in lines)
    twice["lines"] = sum(times - 1 for times in answered.values())
    unreplied = {name: ask.at for name, ask in by_name.items() if not ask.replied}
    in_groups = [(unreplied[below], line.at) for line, below in lines if below in unreplied]
    below_needs, below_offers = (sum(answered[name] for name in names) for names in (by_name, crowd.offered))
    return Counted(
        lost, twice, below_needs, below_offers, answered.total() - below_needs - below_offers,
        _took(private), _took(_undisturbed(private, stage)), _took(in_groups), _took(_undisturbed(in_groups, stage)), quiet,
    )  # fmt: skip


def _chats(crowd: Crowd) -> set[int]:
    return {ask.person for ask in crowd.asks} | set(crowd.helped)


def _took(spans: list[tuple[float, float]]) -> list[float]:
    return [until - since for since, until in spans]


def _undisturbed(spans: list[tuple[float, float]], stage: Stage) -> list[tuple[float, float]]:
    return [(since, until) for since, until in spans if not any(since - AFTER_A_KILL < kill < until for kill in stage.kills)]


def _show(counted: Counted, crowd: Crowd, stage: Stage, arguments: argparse.Namespace, console: Console) -> None:
    did = ", ".join(f"{count} × {kind.replace('_', ' ')}" for kind, count in crowd.did.most_common())
    title = (
        f"{arguments.updates} updates in {GROUPS} groups, {arguments.rate:g} a second, {arguments.replicas} replicas of intake "
        f"({arguments.hears}), {len(stage.kills)} × kill -9"
    )
    table = Table("", "value", "aim", title=title)
    table.add_row("lost", _counts(counted.lost), "0")
    table.add_row("twice", _counts(counted.twice), "0")
    needs, offers = crowd.did["group_need"], crowd.did["group_offer"]
    chatter = crowd.did["group_chatter"] + crowd.did["group_reply"]
    lines = counted.below_needs + counted.below_offers + counted.below_chatter
    table.add_row("lines in groups for each need or offer said there", f"{lines / max(1, needs + offers):.2f}", "≤ 1")
    table.add_row("  below needs", f"{counted.below_needs} of {needs}", "")
    table.add_row("  below offers", f"{counted.below_offers} of {offers}", "")
    table.add_row("  below chatter", f"{counted.below_chatter} of {chatter}", "0")
    table.add_row("private: update to answer, median and p99", _times(counted.private), f"p99 ≤ {AIM_SECONDS:g} s")
    table.add_row(f"  without those within {AFTER_A_KILL:g} s of a kill", _times(counted.private_undisturbed), "")
    table.add_row("group: update to line, median and p99", _times(counted.in_groups), f"p99 ≤ {AIM_SECONDS:g} s")
    table.add_row(f"  without those within {AFTER_A_KILL:g} s of a kill", _times(counted.in_groups_undisturbed), "")
    table.add_row("calls that a dead replica did not take", str(stage.telegram.not_taken), "")
    console.print(table)
    console.print(did, highlight=False)
    if not counted.quiet:
        console.print("[red]It did not come to rest: what is counted as lost may only be late.[/]")


def _counts(counts: Counter[str]) -> str:
    return ", ".join(f"{count} {what}" for what, count in counts.items() if count) or "0"


def _times(seconds: list[float]) -> str:
    if len(seconds) < 2:
        return "–"
    return f"{statistics.median(seconds):.2f} s, {statistics.quantiles(seconds, n=100)[98]:.2f} s ({len(seconds)})"


def main() -> int:
    """Run it; exit code 1 when something was lost or done twice."""
    parser = argparse.ArgumentParser(prog="./anlaufstelle bench channels", description=__doc__)
    parser.add_argument("--updates", type=int, default=20_000, help="how many (20000)")
    parser.add_argument("--rate", type=float, default=8.0, help="updates a second (8)")
    parser.add_argument("--replicas", type=int, default=3, help="of intake (3)")
    parser.add_argument("--kill-every", type=float, default=45.0, help="seconds, on average (45)")
    parser.add_argument("--hears", choices=("webhook", "poll"), default="webhook", help="how Telegram is heard (webhook)")
    parser.add_argument("--seed", type=int, default=1, help="of chance (1)")
    arguments = parser.parse_args()
    console = Console()
    counted, crowd, stage = asyncio.run(soak(arguments, console))
    _show(counted, crowd, stage, arguments, console)
    return 1 if counted.lost.total() or counted.twice.total() else 0


if __name__ == "__main__":
    sys.exit(main())

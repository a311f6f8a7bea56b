"""The soak counts right: what is lost, what comes twice, and lines that nobody needed are seen."""

import random
from typing import Any

import pytest
from anlaufstelle_contracts import NeedArticulated, wrap

from bench.channels.__main__ import Counted, _count
from bench.channels.crowd import WEIGHTS, Crowd
from bench.channels.stage import Provider
from deploy.emulator.telegram import SentMessage
from services.intake.domain.redaction import redact


class Stage:
    """As much of it as counting asks."""

    def __init__(self, crowd: Crowd, telegram: Provider) -> None:
        self.crowd, self.telegram, self.kills = crowd, telegram, [1.0]
        self.texts = [redact(ask.text) for ask in crowd.asks]

    async def events(self) -> dict[str, list[Any]]:
        """Every need, articulated."""
        needs = [NeedArticulated(need_id="n", person_id="p", text=text, language="uk", channel="telegram") for text in self.texts]
        return {NeedArticulated.type: [wrap(need, cause_id="c", position=0, source="intake") for need in needs]}


@pytest.fixture
def stage() -> Stage:
    """A crowd that wrote, and was answered as it should be."""
    telegram = Provider()
    crowd = Crowd(telegram, random.Random(4))
    for _ in range(600):
        crowd.act()
    made = Stage(crowd, telegram)
    for ask in crowd.asks:
        reply(made, ask.group.id if ask.group else ask.person, ask.name[1] if ask.group else None, ask.at + 0.5)
    for person in crowd.helped:
        reply(made, person, None, 0.0)
    return made


def reply(stage: Stage, chat: int, to: int | None, at: float, text: str = "Є курс") -> None:
    stage.telegram.sent.append(SentMessage(chat, 1, text, (), at, reply_to=to))


async def counted(stage: Stage) -> Counted:
    return await _count(stage.crowd, stage, True)  # type: ignore[arg-type]


async def test_all_well(stage: Stage) -> None:
    assert set(stage.crowd.did) >= set(WEIGHTS) - {"press", "open_link"}  # nobody was answered yet when they wrote
    found = await counted(stage)
    assert (found.lost.total(), found.twice.total(), found.below_offers, found.below_chatter) == (0, 0, 0, 0)
    assert found.below_needs == stage.crowd.did["group_need"] > 20
    assert found.private == pytest.approx([0.5] * len(found.private))


async def test_what_is_lost_is_seen(stage: Stage) -> None:
    stage.texts.pop()
    alone = next(ask for ask in stage.crowd.asks if ask.group is None)
    stage.telegram.sent = [
        message for message in stage.telegram.sent if message.chat_id not in (alone.person, stage.crowd.helped[0])
    ]
    found = await counted(stage)
    assert (found.lost["needs"], found.lost["answers"]) == (1, 2)


async def test_what_comes_twice_is_seen(stage: Stage) -> None:
    alone = next(ask for ask in stage.crowd.asks if ask.group is None)
    common = next(ask for ask in stage.crowd.asks if ask.group)
    assert common.group
    stage.texts.append(stage.texts[0])
    reply(stage, alone.person, None, alone.at + 1)
    reply(stage, common.group.id, common.name[1], common.at + 1)
    reply(stage, common.group.id, 0, common.at)
    reply(stage, *next(iter(stage.crowd.offered)), common.at)
    found = await counted(stage)
    assert dict(found.twice) == {"needs": 1, "messages": 1, "lines": 1}
    assert (found.below_chatter, found.below_offers) == (1, 1)

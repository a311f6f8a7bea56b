"""What the host sends reaches the person whole, and the channel says honestly what became of it."""

import asyncio

import pytest

from services.intake.channels.base import (
    Button,
    Capability,
    Outgoing,
    Rejected,
    Result,
    RetryAfter,
    Sent,
    Unreachable,
)  # fmt: skip
from services.intake.domain.splitting import units
from tests.kit.channels.provider import RETRY_AFTER, Failure
from tests.kit.channels.rig import Rig
from tests.kit.channels.test_hearing import TEXTS

HOW_IT_HEARS_IS_ALL_THE_SAME = True
LABELS = ("Допомогло", "Не допомогло", "Показати ще", "Поговорити з людиною", "Mit einem Menschen sprechen")
FAILURES: dict[Failure, type[Result]] = {
    Failure.DOWN: RetryAfter, Failure.SLOW: RetryAfter, Failure.BUSY: RetryAfter, Failure.BROKEN: RetryAfter,
    Failure.BLOCKED: Unreachable, Failure.REJECTED: Rejected,
}  # fmt: skip


async def known(rig: Rig) -> str:
    """The address of somebody who has written, as everybody has whom we write to."""
    await rig.hears(rig.text(1, "Потрібен велосипед"))
    return rig.provider.address(1)


def tidy(text: str) -> str:
    """What a person reads: gaps at the ends of lines are not seen."""
    return "\n".join(line.rstrip() for line in text.replace("\r\n", "\n").split("\n")).strip()


async def test_words_arrive_whole(rig: Rig) -> None:
    address, before = await known(rig), 0
    for kind, text in TEXTS.items():
        results = await rig.send_whole(address, text)
        assert all(isinstance(result, Sent) for result in results), (kind, results)
        got = (await rig.received(address, before + len(results)))[before:]
        before += len(got)
        assert " ".join(message.text for message in got).split() == text.split(), kind
        assert len(got) > 1 or tidy(got[0].text) == tidy(text), kind


async def test_control_signs_are_sent_or_refused(rig: Rig) -> None:
    address = await known(rig)
    result = await rig.send(address, Outgoing("Курс\x00 \x1b[31mнімецької\x7f"))
    assert isinstance(result, Sent | Rejected)
    assert isinstance(await rig.send(address, Outgoing("Далі")), Sent)


async def test_text_at_and_over_the_limit(rig: Rig) -> None:
    limit, before = rig.channel.manifest.limits.text, 0
    if limit is None:
        pytest.skip("it has no limit")
    address = await known(rig)
    for sign, over in (("я", 0), ("🚋", 0), ("я", 1), ("🚋", 1)):
        text = sign * (limit // units(sign) + over)
        results = await rig.send_whole(address, text)
        assert [type(result) for result in results] == [Sent] * (1 + over), (sign, over, results)
        got = (await rig.received(address, before + len(results)))[before:]
        before += len(got)
        assert "".join(message.text for message in got) == text, (sign, over)


@pytest.mark.parametrize("failure", FAILURES)
async def test_a_provider_that_fails(rig: Rig, failure: Failure) -> None:
    if failure in rig.fixtures.kit.exempt:
        pytest.skip(rig.fixtures.kit.exempt[failure])
    address = await known(rig)
    rig.provider.fail(failure)
    result = await rig.send(address, Outgoing("Є курс німецької"))
    rig.provider.fail(None)
    assert isinstance(result, FAILURES[failure]), result
    if failure is Failure.BUSY and rig.provider.says_when:
        assert result == RetryAfter(RETRY_AFTER)
    assert await rig.provider.sent() == []
    assert isinstance(await rig.send(address, Outgoing("Тепер уже так")), Sent), "it does not get on afterwards"


async def test_many_at_once_arrive_all(rig: Rig) -> None:
    address = await known(rig)
    texts = [f"Відповідь {number}" for number in range(20)]
    results = await asyncio.gather(*(rig.send(address, Outgoing(text), within=10) for text in texts))
    assert all(isinstance(result, Sent) for result in results)
    assert {tidy(message.text) for message in await rig.received(address, 20)} == set(texts)


async def test_each_button_can_be_pressed(rig: Rig) -> None:
    if not rig.has(Capability.BUTTONS):
        pytest.skip("it has no buttons")
    address = await known(rig)
    buttons = [Button(f"1764000000{index}:{index}", label, f"value-{index}") for index, label in enumerate(LABELS)]
    assert isinstance(await rig.send(address, Outgoing("Чи допомогло?", buttons)), Sent)
    got = (await rig.received(address))[-1]
    assert got.buttons == LABELS
    for index, button in enumerate(buttons):
        (heard,) = await rig.hears(rig.provider.press(1, got, index))
        assert heard.address == address
        assert heard.pressed == button.token or (heard.pressed is None and heard.text in (button.value, button.label))


async def test_a_receipt_names_what_was_sent(rig: Rig) -> None:
    if not rig.has(Capability.RECEIPTS):
        pytest.skip("it has no receipts")
    address = await known(rig)
    for failure, kind in ((None, Sent), (Failure.BLOCKED, Unreachable)):
        result = await rig.send(address, Outgoing("Є курс німецької"))
        assert isinstance(result, Sent)
        assert result.reference, "Sent.reference is empty"
        update = rig.provider.receipt(result.reference, failure)
        if update is None:
            continue
        await rig.hears(update)
        reference, said = rig.host.receipts[-1]
        assert (reference, type(said)) == (result.reference, kind)
    assert not isinstance(rig.host.receipts[0][1], Unreachable)


async def test_an_answer_in_a_group_stands_below_the_question(rig: Rig) -> None:
    if not rig.has(Capability.GROUPS):
        pytest.skip("it has no groups")
    names = [name for name in rig.recordings() if any(each.group for each in rig.fixtures.kit.recordings[name].becomes)]
    assert names, "no recording says something in a group"
    sent: dict[str, int] = {}
    for name in names:
        for heard in [each for each in await rig.hears(rig.fixtures.update(name)) if each.group and not each.deletes]:
            assert heard.group is not None
            there, asked = heard.group.address, heard.edits or heard.message_id
            message = Outgoing("Тут допоможуть приватно", reply_to=asked)
            assert isinstance(await rig.send(there, message), Sent), name
            sent[there] = sent.get(there, 0) + 1
            got = (await rig.received(there, sent[there]))[-1]
            assert got.reply_to == rig.provider.stands_below(asked), name

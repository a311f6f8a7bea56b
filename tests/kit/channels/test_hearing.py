"""What a provider hands over becomes what the host hears: whole, in any order, and again when it could not be kept."""

import asyncio
from contextlib import suppress
from itertools import zip_longest

import pytest

from services.intake.channels.base import Incoming, Listening
from tests.kit.channels.provider import Calling, Failure
from tests.kit.channels.recordings import Expected
from tests.kit.channels.rig import MARK, Rig, same
from tests.kit.waiting import eventually

TEXTS = {
    "plain": "Шукаю курси німецької для мами, живемо в Грюнау",
    "lines": "Guten Tag,\nich suche ein Bett.\n\nDanke",
    "right to left": "אני מחפשת רופא בלייפציג, أبحث عن طبيب",
    "emoji": "Потрібна коляска 👩‍👩‍👧‍👦🇺🇦👍🏽 дякую",
    "markup": "<b>Hilfe</b> & <script>x</script> *a* _b_ [c](http://example.org) `d` ~e~ {{7*7}} %s \\n '; --",
    "numbers only": "2",
    "long": "Довга розповідь про нас. " * 60,
}
ODD = ("\x00\x01Потрібно \x1b[31mліжко\x7f", "Велосипед \u202eзараз\u200b", "Пів\ud83d", "слово " * 20_000)
TAKE_OVER = 15.0
TOO_LARGE = b'{"text": "' + b"x" * 1_100_000 + b'"}'
HOSTILE = [b"", b"\xff\x00", b"null", b"[]", b"7", b'"x"', b"{}", b"{", b"[" * 100_000, b'{"a":' * 5_000, TOO_LARGE]


def caller(rig: Rig) -> Calling:
    """The provider that calls us; when this one does not, the case is not for it."""
    if not rig.provider.calls:
        pytest.skip("this provider does not call us")
    assert isinstance(rig.provider, Calling)
    return rig.provider


async def test_recordings_become_what_they_should_and_the_same_again(rig: Rig) -> None:
    wrong = {}
    for name in rig.recordings():
        expected = rig.fixtures.kit.recordings[name]
        rig.host.forget()
        update, count = rig.fixtures.update(name), len(expected.becomes)
        status, again = await rig.deliver(update, update)
        assert again == status, name
        await rig.mark()
        heard = [incoming for incoming in rig.host.heard if MARK not in incoming.text]
        if count and len(heard) % count == 0 and all(same(each, heard[at % count]) for at, each in enumerate(heard)):
            del heard[count:]
        found = {
            "becomes": [_described(*pair) for pair in zip_longest(heard, expected.becomes)],
            "gone": sorted(set(rig.host.left)),
            "moved": dict(rig.host.moves),
            "receipts": {reference: type(result).__name__.lower() for reference, result in rig.host.receipts},
            "answer": "ok" if status is None or 200 <= status < 300 else status,
        }
        wanted = {**expected.model_dump(include={"becomes", "moved", "receipts"}), "gone": sorted(expected.gone)}
        refused = expected.malformed and status is not None and 400 <= status < 500
        if found != {**wanted, "answer": status if refused else "ok"}:
            wrong[name] = found
    assert wrong == {}


def _described(incoming: Incoming | None, expected: Expected | None) -> dict[str, object] | None:
    """What was heard, in the form of what was expected; what may be anything is as expected."""
    if incoming is None or expected is None:
        return vars(incoming) if incoming else None
    found = Expected.model_validate({name: value for name, value in vars(incoming).items() if name in Expected.model_fields})
    free = {name: None for name in ("message_id", "language_hint") if getattr(expected, name) is None}
    return found.model_copy(update=free).model_dump()


async def test_words_come_whole(rig: Rig) -> None:
    for kind, text in TEXTS.items():
        (heard,) = await rig.hears(rig.text(1, text))
        assert "\n".join(line.strip() for line in heard.text.split("\n")).strip() == text.strip(), kind
        assert (heard.address, heard.group, heard.edits) == (rig.provider.address(1), None, None)


async def test_control_signs_and_endless_words_do_no_harm(rig: Rig) -> None:
    for text in ODD:
        with suppress(UnicodeEncodeError):  # not every provider can carry half a sign
            await rig.deliver(rig.text(1, text))
        await rig.mark()
    assert {incoming.address for incoming in rig.host.heard} <= {rig.provider.address(1), rig.provider.address(9)}


async def test_people_are_told_apart_and_so_are_equal_words(rig: Rig) -> None:
    text = "Потрібен велосипед"
    heard = await rig.hears(rig.text(1, text), rig.text(2, text), rig.text(1, text))
    assert len({(incoming.address, incoming.message_id) for incoming in heard}) == 3
    assert {incoming.address for incoming in heard} == {rig.provider.address(1), rig.provider.address(2)}


async def test_the_same_again_is_the_same_message(rig: Rig) -> None:
    update = rig.text(1, "Потрібен велосипед")
    heard = await rig.hears(update, update)
    assert heard
    assert all(same(incoming, heard[0]) for incoming in heard)


async def test_what_comes_in_another_order_is_heard_all(rig: Rig) -> None:
    updates = [rig.text(1, f"Потрібно номер {number}") for number in range(5)]
    heard = await rig.hears(*(updates[index] for index in (3, 0, 4, 2, 1)))
    assert {incoming.text.strip() for incoming in heard} == {f"Потрібно номер {number}" for number in range(5)}
    assert len({incoming.message_id for incoming in heard}) == 5


async def test_what_could_not_be_kept_comes_again(rig: Rig) -> None:
    await rig.mark()
    rig.host.failing = 1
    text = "Потрібна кухня"
    update = rig.text(1, text)
    (status,) = await rig.deliver(update)
    await eventually(lambda: rig.host.refused)
    if status is not None:
        assert status >= 500, f"a provider that is answered with {status} does not call again"
        await rig.deliver(update)
    await eventually(lambda: any(text == incoming.text.strip() for incoming in rig.host.heard), timeout=10)


async def test_what_could_not_be_kept_outlives_who_read_it(rig: Rig) -> None:
    if not isinstance(rig.channel, Listening) or rig.provider.calls:
        pytest.skip("it does not ask its provider")
    await rig.mark()
    rig.host.failing = 1_000
    waiting = asyncio.create_task(rig.deliver(rig.text(1, "Потрібна кухня")))  # some stand-ins wait until it is taken
    await eventually(lambda: rig.host.refused)
    await rig.close()
    rig.host.failing = 0
    await rig.channel.open()
    await rig.restart()
    await eventually(lambda: any("кухня" in incoming.text for incoming in rig.host.heard), timeout=10)
    await waiting


async def test_a_restart_loses_nothing(rig: Rig) -> None:
    await rig.hears(rig.text(1, "Перше"))
    update = rig.text(1, "Друге")
    if isinstance(rig.channel, Listening) and not rig.provider.calls:
        await rig.close()
        waiting = asyncio.create_task(rig.provider.deliver(update))
        await rig.channel.open()
        await rig.restart()
        await waiting
    else:
        await rig.restart()
        await rig.deliver(update)
    await eventually(lambda: any("Друге" in incoming.text for incoming in rig.host.heard), timeout=10)


@pytest.mark.parametrize("failure", [Failure.DOWN, Failure.BROKEN])
async def test_a_provider_that_was_away_is_heard_again(rig: Rig, failure: Failure) -> None:
    if rig.provider.calls:
        pytest.skip("this provider calls us")
    if failure in rig.fixtures.kit.exempt:
        pytest.skip(rig.fixtures.kit.exempt[failure])
    await rig.mark()
    rig.provider.fail(failure)
    waiting = asyncio.create_task(rig.provider.deliver(rig.text(1, "Поки нікого не було")))
    await asyncio.sleep(0.1)  # a while of failing
    rig.provider.fail(None)
    await eventually(lambda: any("Поки нікого" in incoming.text for incoming in rig.host.heard), timeout=10)
    await waiting


async def test_it_lets_another_replica_listen(rig: Rig) -> None:
    if not isinstance(rig.channel, Listening):
        pytest.skip("it does not listen")
    await rig.mark()
    with suppress(asyncio.CancelledError):
        await rig.let_go(TAKE_OVER)


async def test_nonsense_is_refused_and_the_rest_goes_on(rig: Rig) -> None:
    provider = caller(rig)
    for body in HOSTILE:
        status = await provider.call(body)
        assert status < 500, f"{len(body)} bytes of {body[:6]!r} are answered with {status}"
        assert body is not TOO_LARGE or status in (400, 413)
    assert rig.host.heard == []
    await rig.mark()


async def test_who_does_not_know_the_secret_is_nobody(rig: Rig) -> None:
    provider = caller(rig)
    body = provider.body(rig.text(1, "Потрібен велосипед"))
    for headers in (provider.forged(body), {}):
        assert await provider.call(body, headers) in (401, 403, 404)
    assert rig.host.heard == []
    assert 200 <= await provider.call(body) < 300

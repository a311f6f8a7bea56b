"""Who writes too fast is told so once a minute, and is heard again after it."""

from services.intake.rates import MOST_KNOWN, Rates, Verdict


def test_beyond_the_most_it_is_not_read_and_said_once_a_minute() -> None:
    time = [0.0]
    rates = Rates(2, lambda: time[0])
    assert [rates.take("a", message) for message in "1234"] == [Verdict.READ, Verdict.READ, Verdict.WARN, Verdict.DROP]
    assert rates.take("b", "1") is Verdict.READ
    time[0] = 59.9
    assert rates.take("a", "5") is Verdict.DROP
    time[0] = 60.1
    assert [rates.take("a", message) for message in "678"] == [Verdict.READ, Verdict.READ, Verdict.WARN]


def test_what_comes_again_counts_once() -> None:
    rates = Rates(2, lambda: 0.0)
    assert [rates.take("a", message) for message in "11121"] == [Verdict.READ] * 5
    assert rates.take("a", "3") is Verdict.WARN


def test_what_waited_while_we_were_away_was_not_written_too_fast() -> None:
    now = 1_000_000.0
    rates = Rates(2, lambda: now)
    backlog = [rates.take("a", str(minute), now - 60 * (60 - minute)) for minute in range(60)]
    assert backlog == [Verdict.READ] * 60
    in_a_hurry = [rates.take("b", str(second), now - 600 + second) for second in range(4)]
    assert in_a_hurry == [Verdict.READ, Verdict.READ, Verdict.WARN, Verdict.DROP]
    assert rates.take("c", "1", now + 3600) is Verdict.READ
    assert [rates.take("c", message) for message in "23"] == [Verdict.READ, Verdict.WARN], "a clock that is ahead hides nothing"


def test_only_so_many_are_remembered() -> None:
    rates = Rates(1, lambda: 0.0)
    rates.take("first", "1")
    for number in range(MOST_KNOWN):
        rates.take(str(number), "1")
    assert len(rates._heard) == MOST_KNOWN
    assert rates.take("first", "2") is Verdict.READ

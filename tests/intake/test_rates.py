"""Who writes too fast is told so once a minute, and is heard again after it."""

from services.intake.rates import MOST_KNOWN, Rates, Verdict


def test_beyond_the_most_it_is_not_read_and_said_once_a_minute() -> None:
    time = [0.0]
    rates = Rates(2, lambda: time[0])
    assert [rates.take("a") for _ in range(4)] == [Verdict.READ, Verdict.READ, Verdict.WARN, Verdict.DROP]
    assert rates.take("b") is Verdict.READ
    time[0] = 59.9
    assert rates.take("a") is Verdict.DROP
    time[0] = 60.1
    assert [rates.take("a") for _ in range(3)] == [Verdict.READ, Verdict.READ, Verdict.WARN]


def test_only_so_many_are_remembered() -> None:
    rates = Rates(1, lambda: 0.0)
    rates.take("first")
    for number in range(MOST_KNOWN):
        rates.take(str(number))
    assert len(rates._heard) == MOST_KNOWN
    assert rates.take("first") is Verdict.READ

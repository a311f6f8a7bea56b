"""What answers do to an offer's score, and how far predictions are from answers: the arithmetic."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from anlaufstelle_contracts import ReferredOffer

from services.matching.domain.answers import Answered, Drift, take
from services.matching.domain.feedback import BOUND, HALF_LIFE, Feedback, Verdict
from services.matching.domain.need import Need, Referral
from services.matching.domain.offer import Offer, OfferStatus

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
TODAY = date(2026, 11, 22)


def referral(offer_id: str = "o", probability: float = 0.8, **fields: Any) -> Referral:
    return Referral(offer_id=offer_id, title="", probability=probability, reasons=[], round=1, **fields)


def verdict(answer: str, share: float = 1.0) -> Verdict:
    return Verdict(referral(), referral(answer=answer, share=share))


def heard(*answers: str, at: datetime = NOW) -> Feedback:
    feedback = Feedback(as_of=at)
    for answer in answers:
        feedback = feedback.heard(verdict(answer), at)
    return feedback


def named(*probabilities: float) -> Need:
    offers = [ReferredOffer(offer_id=f"o{place}", title="", probability=value) for place, value in enumerate(probabilities)]
    return Need(id="n", person_id="p", language="uk").refer(offers)[0]


def test_answers_move_the_score_up_and_down_and_never_far() -> None:
    assert heard().log_odds(TODAY) == 0
    assert 0 < heard("helped").log_odds(TODAY) < heard("helped", "helped").log_odds(TODAY)
    assert heard("not_helped").log_odds(TODAY) == heard("unreachable").log_odds(TODAY) < 0
    assert heard(*["helped"] * 100).log_odds(TODAY) == BOUND
    assert heard(*["not_helped"] * 100).log_odds(TODAY) == -BOUND
    assert heard(*["helped"] * 3, *["not_helped"] * 2).log_odds(TODAY) == pytest.approx(0)


def test_answers_are_forgotten_little_by_little() -> None:
    old = heard("not_helped", "not_helped")
    later = TODAY + timedelta(days=HALF_LIFE)
    assert old.log_odds(later) == pytest.approx(heard("not_helped").log_odds(TODAY), abs=1e-6)
    assert abs(old.log_odds(later + timedelta(days=10 * HALF_LIFE))) < 0.001
    younger = heard("not_helped", at=NOW + timedelta(days=HALF_LIFE)).heard(verdict("not_helped"), NOW)
    assert younger.failed == pytest.approx(1.5)
    assert younger.as_of == NOW + timedelta(days=HALF_LIFE)


def test_an_answer_about_several_offers_counts_once() -> None:
    need, verdicts, answered = take(named(0.6, 0.3), "helped", None, NOW)
    assert [round(one.after.share, 3) for one in verdicts] == [0.667, 0.333]
    assert [one.answer for one in need.referrals] == ["helped", "helped"]
    assert answered is not None
    assert answered.predicted == pytest.approx(0.72)
    assert answered.helped is True


def test_who_changes_their_mind_counts_once() -> None:
    need, first, before = take(named(0.8), "unreachable", None, NOW)
    _, second, after = take(need, "helped", None, NOW + timedelta(days=1))
    feedback = Feedback(as_of=NOW).heard(first[0], NOW)
    assert (feedback.failed, feedback.unreached) == (1, 1)
    feedback = feedback.heard(second[0], NOW + timedelta(days=1))
    assert (feedback.helped, feedback.failed, feedback.unreached) == (1, 0, 0)
    assert before is not None
    assert after is not None
    assert (before.id, before.helped, after.helped) == (after.id, False, True)
    _, late, _ = take(need, "helped", None, NOW - timedelta(days=1))
    assert late == []


def test_an_answer_after_more_is_about_what_was_named_last() -> None:
    need, none, _ = take(named(0.8), "more", None, NOW)
    assert none == []
    again, verdicts, _ = take(need, "helped", None, NOW)
    assert [one.after.offer_id for one in verdicts] == ["o0"]
    need, _ = need.refer([ReferredOffer(offer_id="second", title="", probability=0.5)])
    need, verdicts, _ = take(need, "not_helped", None, NOW)
    assert [one.after.offer_id for one in verdicts] == ["second"]
    assert [one.answer for one in need.referrals] == ["more", "not_helped"]
    assert take(again, "human", None, NOW) == (again, [], None)


def test_what_a_coordinator_chose_was_no_prediction() -> None:
    need, _ = Need(id="n", person_id="p", language="uk").refer(
        [ReferredOffer(offer_id="o", title="", probability=0.4)], by_human=True
    )
    _, verdicts, answered = take(need, "helped", "o", NOW)
    assert len(verdicts) == 1
    assert answered is None


def test_a_check_is_asked_once_and_again_after_it_was_done() -> None:
    offer = Offer(id="o", title="Kurs", description="", status=OfferStatus.PUBLISHED, changed_at=NOW)

    def after(offer: Offer, *answers: str) -> tuple[Offer, list[str]]:
        asked = []
        for answer in answers:
            offer, said = offer.heard(verdict(answer), NOW, NOW, TODAY, check_after=3)
            asked += [said.title] if said else []
        return offer, asked

    assert after(offer, "unreachable", "unreachable", "not_helped", "unreachable", "unreachable")[1] == []
    offer, asked = after(offer, *["unreachable"] * 5)
    assert asked == ["Kurs"]
    vouched, changed = offer.vouched_for(NOW, TODAY)
    assert (vouched.check_asked_on, vouched.assured_date, changed.assured_date) == (None, TODAY, TODAY)
    assert after(vouched, "unreachable", "unreachable")[1] == []
    assert after(vouched, *["unreachable"] * 3)[1] == ["Kurs"]
    imported = offer.with_content(offer.content().model_copy(update={"assured_date": TODAY}))
    assert imported.check_asked_on is None
    assert offer.with_content(offer.content()).check_asked_on == TODAY


def test_drift_tells_promises_from_answers() -> None:
    def answered(predicted: float, helped: int, of: int) -> list[Answered]:
        return [Answered(id=f"{predicted}-{n}", predicted=predicted, helped=n < helped, at=NOW) for n in range(of)]

    assert Drift.of([]).answered == 0
    kept = Drift.of([*answered(0.5, 10, 20), *answered(0.9, 18, 20)])
    assert (kept.bias, kept.predicted, kept.helped) == (0, 0.7, 0.7)
    broken = Drift.of(answered(0.9, 10, 20))
    assert broken.bias == pytest.approx(0.4)
    assert broken.error >= 0.4
    crossed = Drift.of([*answered(0.1, 20, 20), *answered(0.9, 0, 20)])
    assert crossed.bias == 0
    assert crossed.error > 0.7

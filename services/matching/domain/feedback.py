"""What people said of an offer, and what that adds to its score.

The Beta reputation system (A. Jøsang, R. Ismail: The Beta Reputation System, Bled 2002): an answer is a count of a Beta
distribution, older counts are forgotten little by little, and the mean of the distribution is the rate at which the offer helps.
Its log-odds beyond those of an offer that nobody has spoken of are added to the score, within bounds.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from math import log
from typing import Self

from anlaufstelle_contracts import Answer
from pydantic import BaseModel, Field

from .need import Referral

VERDICTS = (Answer.HELPED, Answer.NOT_HELPED, Answer.UNREACHABLE)
"""Answers that say something of an offer; the others ask for something."""

BOUND = 0.5
"""Most that answers add to a score or take from it, in log-odds: they order what fits alike, they never make a fit."""
USUAL_HELPED, USUAL_FAILED = 3.0, 2.0
"""An offer that nobody has spoken of counts as if five people had, of whom it helped three."""
HALF_LIFE = 180.0
"""Days after which an answer counts half."""


@dataclass(frozen=True)
class Verdict:
    """One offer that an answer is about: the referral before (whose answer no longer counts) and after it."""

    before: Referral
    after: Referral


class Feedback(BaseModel):
    """Counts of answers, as they weigh at `as_of`. They say nothing of who answered, and outlive the needs."""

    helped: float = 0.0
    failed: float = Field(0.0, description="It did not help, or nobody could be reached.")
    unreached: float = Field(0.0, description="Answers in a row that nobody could be reached.")
    as_of: datetime

    def heard(self, verdict: Verdict, at: datetime) -> Self:
        """With one more answer, of which a share is about this offer; what the person said of it before no longer counts."""
        before, after = verdict.before, verdict.after
        counts = self._at(at)
        if before.answer in VERDICTS and before.answered_at:
            _add(counts, before.answer, -before.share, _decay(before.answered_at, max(at, self.as_of)))
        if after.answer != Answer.UNREACHABLE:
            counts["unreached"] *= 1 - after.share
        _add(counts, str(after.answer), after.share, _decay(at, max(at, self.as_of)))
        rounded = {name: round(max(0.0, count), 6) for name, count in counts.items()}
        return self.model_copy(update={**rounded, "as_of": max(at, self.as_of)})

    def log_odds(self, today: date) -> float:
        """What the answers add to the offer's score on a day."""
        left = _decay(self.as_of, datetime.combine(today, time(12), UTC))
        helped, failed = USUAL_HELPED + left * self.helped, USUAL_FAILED + left * self.failed
        return max(-BOUND, min(BOUND, log(helped / failed) - log(USUAL_HELPED / USUAL_FAILED)))

    def reached(self) -> Self:
        """Somebody made sure that they can be reached."""
        return self.model_copy(update={"unreached": 0.0})

    def _at(self, now: datetime) -> dict[str, float]:
        left = _decay(self.as_of, now)
        return {"helped": self.helped * left, "failed": self.failed * left, "unreached": self.unreached}


def _add(counts: dict[str, float], answer: str, share: float, weight: float) -> None:
    counts["helped" if answer == Answer.HELPED else "failed"] += share * weight
    if answer == Answer.UNREACHABLE:
        counts["unreached"] += share


def _decay(since: datetime, until: datetime) -> float:
    """What is left of a count."""
    return float(0.5 ** (max(0.0, (until - since).total_seconds()) / 86_400 / HALF_LIFE))

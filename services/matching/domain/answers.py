"""From what a person says of a referral to what it means for the offers named, and for how far predictions can be trusted."""

from collections.abc import Sequence
from datetime import datetime
from typing import Self
from uuid import UUID, uuid5

from anlaufstelle_contracts import Answer
from pydantic import BaseModel

from .decision import chance_of_help
from .feedback import VERDICTS, Verdict
from .need import Need, Referral

_ANSWERED = UUID("b5b6c7de-8b1c-5c5e-93a1-6a0f9f1f3c52")
BINS = 5


class Answered(BaseModel):
    """What was predicted of offers that were named together, and whether one helped. It says nothing of who asked for what."""

    id: str
    version: int = 0
    predicted: float
    helped: bool
    at: datetime


def take(need: Need, answer: str, offer_id: str | None, at: datetime) -> tuple[Need, list[Verdict], Answered | None]:
    """Keep what the person said of one referral, or of all that have no answer yet; if all have one, of those named last.

    An answer about several offers counts once: each offer has the share of it that its probability has among them, for it is the
    likeliest that was tried.
    """
    found = [index for index in _about(need.referrals, answer, offer_id) if not _is_newer(need.referrals[index], at)]
    if not found:
        return need, [], None
    total = sum(need.referrals[index].probability for index in found)
    referrals, verdicts = list(need.referrals), []
    for index in found:
        before = referrals[index]
        share = before.probability / total if total else 1 / len(found)
        referrals[index] = before.model_copy(update={"answer": str(answer), "answered_at": at, "share": round(share, 6)})
        verdicts.append(Verdict(before, referrals[index]))
    need = need.model_copy(update={"referrals": referrals})
    if answer not in VERDICTS:
        return need, [], None
    return need, verdicts, _prediction(need.id, [verdict.before for verdict in verdicts], answer, offer_id, at)


def _about(referrals: Sequence[Referral], answer: str, offer_id: str | None) -> list[int]:
    """Places of the referrals that an answer is about."""
    if offer_id is not None:
        named = [index for index, one in enumerate(referrals) if one.offer_id == offer_id]
        return [index for index in named if answer in VERDICTS or referrals[index].answer not in VERDICTS]
    if unanswered := [index for index, one in enumerate(referrals) if one.answer is None]:
        return unanswered
    if answer not in VERDICTS:
        return []
    last = max((one.round for one in referrals), default=0)
    return [index for index, one in enumerate(referrals) if one.round == last]


def _is_newer(referral: Referral, at: datetime) -> bool:
    return referral.answered_at is not None and referral.answered_at > at


def _prediction(need_id: str, named: Sequence[Referral], answer: str, offer_id: str | None, at: datetime) -> Answered | None:
    """What the model had said of them; what a coordinator chose was no prediction."""
    if any(one.by_human for one in named):
        return None
    chance = chance_of_help(sorted((one.probability for one in named), reverse=True))
    name = f"{need_id}|{max(one.round for one in named)}|{offer_id or ''}"
    return Answered(id=str(uuid5(_ANSWERED, name)), predicted=round(chance, 4), helped=answer == Answer.HELPED, at=at)


class Drift(BaseModel):
    """How far what was predicted of the last answered referrals is from what people said of them."""

    answered: int
    predicted: float
    helped: float
    bias: float
    error: float

    @classmethod
    def of(cls, answered: Sequence[Answered]) -> Self:
        """`bias` is mean prediction minus share helped; `error` the expected calibration error over bins of equal size."""
        count = len(answered)
        if not count:
            return cls(answered=0, predicted=0, helped=0, bias=0, error=0)
        ordered = sorted(answered, key=lambda one: (one.predicted, one.id))
        bins = [ordered[count * number // BINS : count * (number + 1) // BINS] for number in range(BINS)]
        error = sum(abs(_predicted(some) - _helped(some)) * len(some) for some in bins if some) / count
        predicted, helped = _predicted(ordered), _helped(ordered)
        return cls(
            answered=count, predicted=round(predicted, 4), helped=round(helped, 4), bias=round(predicted - helped, 4),
            error=round(error, 4),
        )  # fmt: skip


def _predicted(some: Sequence[Answered]) -> float:
    return sum(one.predicted for one in some) / len(some)


def _helped(some: Sequence[Answered]) -> float:
    return sum(one.helped for one in some) / len(some)

"""Whether the model still keeps what it promises: predicted chances against what people said, as metrics and over HTTP."""

import asyncio

import structlog
from fastapi import Depends
from prometheus_client import Gauge

from chassis import Service

from .domain.answers import Drift
from .repository import Predictions, StoreAway

log = structlog.get_logger()

EVERY = 15.0
LAST = 200
"""Answered referrals that count: the newest."""

BIAS = Gauge(
    "anlaufstelle_calibration_bias",
    "Mean predicted chance that a referral helps, minus the share that helped, of the last 200 answered ones",
)
ERROR = Gauge("anlaufstelle_calibration_error", "Expected calibration error of the last 200 answered referrals")
ANSWERED = Gauge("anlaufstelle_calibration_answers", "Answered referrals that bias and error are read from")


class Calibration:
    """Every replica reads the same numbers from the store."""

    def __init__(self, predictions: Predictions) -> None:
        self._predictions = predictions

    def register(self, service: Service) -> None:
        """Keep the metrics up to date, and show the numbers."""
        service.background(self._follow)

        @service.api.get("/calibration", dependencies=[Depends(service.token)])
        async def calibration() -> Drift:
            """How far predictions are from answers."""
            return await self.measure()

    async def measure(self) -> Drift:
        """The numbers of now."""
        drift = Drift.of(await self._predictions.last(LAST))
        BIAS.set(drift.bias)
        ERROR.set(drift.error)
        ANSWERED.set(drift.answered)
        return drift

    async def _follow(self) -> None:
        while True:
            try:
                await self.measure()
            except StoreAway:
                log.warning("calibration not measured, store away")
            await asyncio.sleep(EVERY)

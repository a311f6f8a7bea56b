"""What one replica does for all: tries waiting needs with new offers, and gathers unmet needs into gaps.

Every step is a command whose key names the need, offer or gap with its version, so that a repetition or a second keeper does
nothing twice. What is left to do stands in the store: an offer's `rematch_on`, and unmet needs without a gap.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np
import structlog
from anlaufstelle_contracts import Event, NeedUnmet, OfferChanged, OfferPublished

from chassis import Conflict, Service, UnitOfWork

from .deciding import Deciding, leave_gap
from .domain.audience import Stated
from .domain.decision import Decision, Outcome, chosen_by_human, needs_human
from .domain.filters import find_obstacle
from .domain.gap import Evidence, Gap, Thresholds, choose, is_due
from .domain.model import Vectors, from_bytes
from .domain.need import Need, NeedState
from .domain.offer import Offer
from .repository import Gaps, Needs, Offers, StoreAway

if TYPE_CHECKING:
    from .second_opinion import SecondOpinion

log = structlog.get_logger()

EVERY = 1.0
OFFERS_A_ROUND = 200
NEEDS_A_PAGE = 500
GATHERED_A_ROUND = 200
PUT_OFF_A_ROUND = 100
COUNTED = 1_000
"""Most needs that the evidence of a gap is read from: the newest."""


class Keeper:
    """Runs in every replica; works in the one that holds the lease."""

    def __init__(
        self, service: Service, deciding: Deciding, needs: Needs, offers: Offers, gaps: Gaps, thresholds: Thresholds,
        opinions: "SecondOpinion | None",
    ) -> None:  # fmt: skip
        self._service, self._deciding, self._opinions = service, deciding, opinions
        self._needs, self._offers, self._gaps = needs, offers, gaps
        self._thresholds = thresholds
        self._wake = asyncio.Event()
        self._is_new = True

    def register(self) -> None:
        """Run from start to stop; at once when this replica published an offer or left a need unmet."""
        self._service.background(self._run)
        self._service.committed(self._committed)

    async def _run(self) -> None:
        while True:
            async with self._service.lease("keeper") as lease:
                self._is_new = True  # another may have died between a gap's last need and its announcement
                try:
                    while lease.held:
                        await self._keep()
                finally:
                    if self._opinions:
                        await self._opinions.stop()

    async def _keep(self) -> None:
        try:
            await self.round()
        except StoreAway:
            log.warning("keeper waits, store away")
        try:
            async with asyncio.timeout(EVERY):
                await self._wake.wait()
        except TimeoutError:
            pass
        self._wake.clear()

    def _committed(self, events: list[Event]) -> None:
        may_be_put_off = self._opinions is not None and not events
        if may_be_put_off or any(isinstance(event, NeedUnmet | OfferPublished | OfferChanged) for event in events):
            self._wake.set()

    async def round(self) -> None:
        """Everything that is to be done now.

        Needs that were decided on an older directory while an offer came are caught when they are gathered: that happens
        after their commit, with the directory brought level before.
        """
        now = datetime.now(UTC)
        today = self._deciding.day(now)
        due = await self._offers.to_rematch(today, OFFERS_A_ROUND)
        await self._deciding.directory.sync()
        if due:
            await self._rematch(due, now, today)
        await self._gather(now, today)
        await self._settle_put_off(today)

    # --- needs that wait for a second opinion ---

    async def _settle_put_off(self, today: date) -> None:
        for need in await self._needs.put_off(PUT_OFF_A_ROUND):
            if self._opinions:
                self._opinions.ask(need, self._settle)
            else:  # it was put off when there was somebody to ask
                await self._settle(need, await self._deciding.decide(need, today))

    async def _settle(self, need: Need, decision: Decision) -> None:
        try:
            await self._apply([(need, decision)])
        except StoreAway:
            log.warning("need not settled, store away")

    # --- waiting needs and new offers ---

    async def _rematch(self, due: Sequence[Offer], now: datetime, today: date) -> None:
        for offer in due:
            if offer.fills_gap:
                await self._fill(offer.fills_gap, offer, today)
        model, index = self._deciding.model, self._deciding.directory.index
        new = {offer.id for offer in due if index.get(offer.id)}
        offers = model.map_offers(self._vectors([offer for offer in due if offer.encoder == self._deciding.encoder.name]))
        after, gaps = "", await self._gaps.announced()
        while page := await self._needs.waiting(self._since(now), gaps, after, NEEDS_A_PAGE):
            after = page[-1].id
            waiting = [await self._deciding.read(need) for need in page]
            likely = (model.map_needs(self._vectors(waiting)) @ offers.T).max(axis=1, initial=-1.0)
            found: list[tuple[Need, Decision]] = []
            for need, similarity in zip(waiting, likely, strict=True):
                if similarity < model.numbers.rematch_similarity:
                    continue
                decision = await self._deciding.decide(need, today)
                if _is_answered_by(need, decision, new):
                    found.append((need, decision))
                await asyncio.sleep(0)  # messages are handled in between
            await self._apply(found)
        await asyncio.gather(*(self._tried(offer) for offer in due))
        log.info("waiting needs tried with new offers", offers=len(due))

    async def _fill(self, gap_id: str, offer: Offer, today: date) -> None:
        """Everybody who waits in a gap is told of the offer that was made for it, unless a fact rules it out for them."""

        async def tell(need: Need) -> None:
            async def command(uow: UnitOfWork) -> None:
                fresh = await uow.get(Need, need.id)
                if fresh and fresh.version == need.version and fresh.gap_id == gap_id:
                    left = await leave_gap(fresh, uow, offer.id)
                    told, matched = left.refer([chosen_by_human(left, offer)], by_human=True)
                    uow.save(told)
                    uow.emit(matched)

            await self._execute(f"fill:{offer.id}:{need.id}:{need.version}", "need.fill", command, need.correlation_id)

        if needs_human(offer):
            return
        waiting = await self._needs.of_gap(gap_id)
        fitting = [need for need in waiting if not find_obstacle(need, Stated.of(need.text), offer, today)]
        await asyncio.gather(*(tell(need) for need in fitting if offer.id not in need.used))

    async def _apply(self, found: Sequence[tuple[Need, Decision]]) -> None:
        async def one(need: Need, decision: Decision) -> None:
            async def command(uow: UnitOfWork) -> None:
                fresh = await uow.get(Need, need.id)
                if fresh and fresh.version == need.version:
                    await self._deciding.settle(fresh, decision, uow)

            await self._execute(f"rematch:{need.id}:{need.version}", "need.rematch", command, need.correlation_id)

        await asyncio.gather(*(one(need, decision) for need, decision in found))

    async def _tried(self, offer: Offer) -> None:
        async def command(uow: UnitOfWork) -> None:
            fresh = await uow.get(Offer, offer.id)
            if fresh and fresh.version == offer.version:
                uow.save(fresh.model_copy(update={"rematch_on": None, "changed_at": uow.now}))

        await self._execute(f"tried:{offer.id}:{offer.version}", "offer.tried", command)

    # --- unmet needs and gaps ---

    async def _gather(self, now: datetime, today: date) -> None:
        await self._release()
        unmet = await self._needs.ungathered(GATHERED_A_ROUND)
        if not unmet and not self._is_new:
            return
        self._is_new = False
        encoder = self._deciding.encoder.name
        gaps = {gap.id: gap for gap in await self._gaps.growing(self._since(now), encoder)}
        changed_minds: list[tuple[Need, Decision]] = []
        joining: list[Awaitable[None]] = []
        for need in [await self._deciding.read(need) for need in unmet]:
            decision = await self._deciding.decide(need, today)
            if decision.outcome is not Outcome.UNMET and not need.left_by_human:
                changed_minds.append((need, decision))
                continue
            chosen = choose(need, list(gaps.values()), self._deciding.model) or Gap.opened(need, now)
            gaps[chosen.id] = chosen.joined(need, now)
            joining.append(self._join(need, chosen.id))
            await asyncio.sleep(0)
        await asyncio.gather(self._apply(changed_minds), *joining)
        if joining:
            gaps = {gap.id: gap for gap in await self._gaps.growing(self._since(now), encoder)}
        for gap in gaps.values():
            if gap.count >= max(self._thresholds.least, 2 * gap.announced):
                await self._announce(gap, now)

    async def _release(self) -> None:
        """Who is left without help when a gap closes counts for another one."""

        async def one(need: Need) -> None:
            async def command(uow: UnitOfWork) -> None:
                fresh = await uow.get(Need, need.id)
                if fresh and fresh.version == need.version:
                    uow.save(await leave_gap(fresh, uow))

            await self._execute(f"release:{need.id}:{need.version}", "need.release", command, need.correlation_id)

        for gap_id in await self._gaps.left_behind():
            await asyncio.gather(*(one(need) for need in await self._needs.of_gap(gap_id)))

    async def _join(self, need: Need, gap_id: str) -> None:
        async def command(uow: UnitOfWork) -> None:
            fresh = await uow.get(Need, need.id)
            if fresh is None or fresh.version != need.version:
                return
            gap = await uow.get(Gap, gap_id)
            if gap is None or gap.closed_at:
                own = Gap.opened(need, uow.now)
                gap = await uow.get(Gap, own.id) or own
            fresh = fresh.model_copy(update={"gap_id": gap.id, "vector": need.vector, "encoder": need.encoder})
            uow.save(gap.joined(need, uow.now))
            uow.save(fresh)

        await self._execute(f"gather:{need.id}:{need.version}", "need.gather", command, need.correlation_id)

    async def _announce(self, gap: Gap, now: datetime) -> None:
        needs = await self._needs.of_gap(gap.id, self._since(now), COUNTED)
        if not needs:
            return
        evidence = Evidence.of(needs, self._deciding.model.numbers.everyday_stems)
        if not is_due(gap, needs, evidence, self._thresholds):
            return

        async def command(uow: UnitOfWork) -> None:
            fresh = await uow.get(Gap, gap.id)
            if fresh and fresh.version == gap.version:
                announced, detected = fresh.announce(needs, evidence, uow.now)
                uow.save(announced)
                uow.emit(detected)

        await self._execute(f"announce:{gap.id}:{gap.version}", "gap.announce", command)

    # --- both ---

    async def _execute(
        self, key: str, name: str, command: Callable[[UnitOfWork], Awaitable[None]], correlation_id: str | None = None
    ) -> None:
        try:
            await self._service.execute(key, command, name=name, correlation_id=correlation_id or None)
        except Conflict:
            log.info("left to the next round, others are changing it", step=name)

    def _since(self, now: datetime) -> datetime:
        return now - timedelta(days=self._thresholds.days)

    def _vectors(self, kept: Sequence[Need] | Sequence[Offer]) -> Vectors:
        if not kept:
            return np.zeros((0, self._deciding.model.dimensions), dtype=np.float32)
        return np.stack([from_bytes(one.vector) for one in kept])


def _is_answered_by(need: Need, decision: Decision, new: set[str]) -> bool:
    """Whether one of the new offers leads the decision, and it brings the need further."""
    if not decision.offers or decision.offers[0].offer_id not in new:
        return False
    return decision.outcome is Outcome.REFER or (decision.outcome is Outcome.REVIEW and need.state is NeedState.UNMET)

"""What handlers, commands and the keeper share: a need read, decided, and out of its gap."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from anlaufstelle_contracts import MatchReason

from chassis import UnitOfWork

from .directory import Directory
from .domain.decision import Decision, decide, settle
from .domain.gap import Gap
from .domain.model import Model, to_bytes
from .domain.need import Need, NeedState
from .encoder import Encoder


class Deciding:
    """Decides with the directory of this process."""

    def __init__(self, directory: Directory, model: Model, encoder: Encoder, zone: ZoneInfo) -> None:
        self.directory, self.model, self.encoder = directory, model, encoder
        self._zone = zone

    def day(self, moment: datetime) -> date:
        """The local date of a moment."""
        return moment.astimezone(self._zone).date()

    async def read(self, need: Need) -> Need:
        """The need with a vector of the encoder in use."""
        if need.encoder == self.encoder.name:
            return need
        vector = (await self.encoder.queries([need.text]))[0]
        return need.model_copy(update={"vector": to_bytes(vector), "encoder": self.encoder.name})

    async def decide(self, need: Need, today: date, *, asked_for_more: bool = False) -> Decision:
        """What helps, on a day."""
        return decide(await self.read(need), self.directory.index, self.model, today, asked_for_more=asked_for_more)

    async def settle(self, need: Need, decision: Decision, uow: UnitOfWork) -> None:
        """Let a decision count. `need` is as the unit of work has it, or new.

        Until it is pointed to an offer it stays in its gap: what a coordinator is asked about may still be no help.
        """
        if turned_down := {one.offer_id for one in decision.excluded if one.reason == MatchReason.SECOND_OPINION}:
            need = need.model_copy(update={"rejected": sorted({*need.rejected, *turned_down})})
        decided, said = settle(await self.read(need), decision)
        if decided.state is NeedState.REFERRED:
            decided = await leave_gap(decided, uow, decision.offers[0].offer_id)
        uow.save(decided)
        uow.emit(said)


async def leave_gap(need: Need, uow: UnitOfWork, offer_id: str | None = None) -> Need:
    """The need no longer counts for its gap, because it is gone or was pointed to an offer."""
    gap = await uow.get(Gap, need.gap_id) if need.gap_id else None
    if gap:
        gap, closed = gap.left(need, uow.now, offer_id)
        if gap.count == 0 and not gap.announced:
            uow.delete(gap)
        else:
            uow.save(gap)
        if closed:
            uow.emit(closed)
    return need.model_copy(update={"gap_id": None})

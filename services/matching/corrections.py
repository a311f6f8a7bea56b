"""What coordinators know better: a need's topic, and everything they decided, as examples to learn from."""

from typing import Annotated

from anlaufstelle_contracts import UnmetReason
from anlaufstelle_contracts.taxonomy import Category
from fastapi import Depends, Header, HTTPException
from pydantic import BaseModel, ConfigDict, Field

from chassis import Service, UnitOfWork

from .deciding import Deciding
from .domain.example import Example, Export
from .domain.need import Need, NeedState
from .repository import Examples, Needs, Offers


class Topic(BaseModel):
    """What a need is about, as a coordinator reads it."""

    model_config = ConfigDict(extra="forbid")

    categories: list[Category] = Field(min_length=1, max_length=2, description="Main one first.")


def register(service: Service, deciding: Deciding, needs: Needs, offers: Offers, examples: Examples) -> None:
    """The routes; both want the internal bearer token."""
    guarded = [Depends(service.token)]

    @service.api.post("/needs/{need_id}/categories", dependencies=guarded, status_code=204)
    async def correct(
        need_id: str, topic: Topic, idempotency_key: Annotated[str, Header(min_length=1, max_length=200)]
    ) -> None:  # fmt: skip
        """A coordinator says what a need is about that waits for them; they are shown what fits it then."""

        async def command(uow: UnitOfWork) -> None:
            need = await uow.get(Need, need_id)
            if need is None or need.state is NeedState.ERASED:
                raise HTTPException(404, "no such need")
            if need.state is not NeedState.REVIEW:
                raise HTTPException(409, f"this need does not wait for a coordinator: it is {need.state}")
            categories = [str(category) for category in dict.fromkeys(topic.categories)]
            need = need.model_copy(update={"categories": categories, "said_categories": categories, "corrected": True})
            decision = await deciding.decide(need, deciding.day(uow.now))
            need, said = need.model_copy(update={"excluded": decision.excluded}).ask_human(decision.offers)
            uow.save(need)
            uow.emit(said)

        await service.execute(f"categories:{need_id}:{idempotency_key}", command, name="need.correct")

    @service.api.get("/examples", dependencies=guarded)
    async def export() -> Export:
        """What coordinators decided, as rows for the files of data/corpus. Redacted words, no id of any person."""
        kept = await examples.all()
        named = {offer_id for example in kept for offer_id in (*example.offers, *example.rejected)}
        return Export.of(kept, await offers.some(named), await needs.unmet_gaps([example.id for example in kept]))


async def keep_example(need: Need, picked: list[str], reason: UnmetReason | None, uow: UnitOfWork) -> None:
    """Remember what a coordinator decided on a need as they saw it. Emergencies teach nothing."""
    if need.emergency or need.state is NeedState.EMERGENCY:
        return
    known = await uow.get(Example, need.id)
    example = Example.of(need, picked, reason, uow.now)
    uow.save(example.model_copy(update={"version": known.version if known else 0}))


async def forget_example(need_id: str, uow: UnitOfWork) -> None:
    """The words of the need are gone, here as well."""
    if example := await uow.get(Example, need_id):
        uow.delete(example)

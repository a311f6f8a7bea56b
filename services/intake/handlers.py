"""What intake does with events: it puts on its way what people are to be told, and remembers what became of their needs."""

from anlaufstelle_contracts import MessageRequested, NeedMatched, NeedUnmet, ReviewClosed, ReviewRequested

from chassis import Service, UnitOfWork

from .delivering import Delivering
from .domain.requests import Progress, Request


def register(service: Service, delivering: Delivering) -> None:
    """Handle messages to people, and decisions on their needs."""

    @service.handles(MessageRequested)
    async def send(event: MessageRequested, uow: UnitOfWork) -> None:
        await delivering.create(event, uow)

    @service.handles(NeedMatched)
    async def named(event: NeedMatched, uow: UnitOfWork) -> None:
        await note(event.need_id, Progress.NAMED, uow)

    @service.handles(NeedUnmet)
    async def unmet(event: NeedUnmet, uow: UnitOfWork) -> None:
        await note(event.need_id, Progress.UNMET, uow)

    @service.handles(ReviewRequested)
    async def looked_at(event: ReviewRequested, uow: UnitOfWork) -> None:
        await note(event.need_id, Progress.REVIEW, uow)

    @service.handles(ReviewClosed)
    async def taken_care_of(event: ReviewClosed, uow: UnitOfWork) -> None:
        request = await uow.get(Request, event.need_id)
        if request and request.progress is Progress.REVIEW and request.decided(Progress.TAKEN_CARE_OF, uow.cause.time):
            uow.save(request)

    async def note(need_id: str, progress: Progress, uow: UnitOfWork) -> None:
        request = await uow.get(Request, need_id)
        if request and request.decided(progress, uow.cause.time):
            uow.save(request)

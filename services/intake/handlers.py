"""What intake does with events: it puts on its way what people are to be told."""

from anlaufstelle_contracts import MessageRequested

from chassis import Service, UnitOfWork

from .sender import create


def register(service: Service) -> None:
    """Handle messages to people."""

    @service.handles(MessageRequested)
    async def send(event: MessageRequested, uow: UnitOfWork) -> None:
        await create(event, uow)

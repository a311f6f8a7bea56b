"""What intake does with events: it puts on its way what people are to be told."""

from anlaufstelle_contracts import MessageRequested

from chassis import Service, UnitOfWork

from .delivering import Delivering


def register(service: Service, delivering: Delivering) -> None:
    """Handle messages to people."""

    @service.handles(MessageRequested)
    async def send(event: MessageRequested, uow: UnitOfWork) -> None:
        await delivering.create(event, uow)

"""Pulls what is there, at once: a standing request keeps the next messages coming while a batch is handled.

FastStream's own batch subscription waits out its timeout to fill a batch; at low load that wait would be added to every hop.
"""

import json
import time

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.js import JetStreamContext

EXPIRES = 5.0
IDLE_WAIT = 1.0


class StandingPull:
    """Takes the place of the PullSubscription that FastStream made, and its inbox, so that no message falls between the two.

    FastStream asks for one message and gets all that are there, up to `batch_size`.
    """

    def __init__(self, client: Client, replaced: JetStreamContext.PullSubscription, batch_size: int) -> None:
        self.client, self.batch_size = client, batch_size
        self.subscription: Subscription = replaced._sub
        self.inbox, self.subject = replaced._deliver, replaced._nms
        self._asked = 0
        self._asked_until = 0.0
        self._reconnects = 0

    async def fetch(self, batch: int, timeout: float | None = None) -> list[Msg]:
        """Between one and `batch_size` messages. Raises TimeoutError when none came within a second."""
        await self._ask()
        messages = []
        message = await self.subscription.next_msg(timeout=IDLE_WAIT)
        while True:
            if self._is_message(message):
                messages.append(message)
            if len(messages) == self.batch_size or not self.subscription.pending_msgs:
                break
            message = await self.subscription.next_msg(timeout=IDLE_WAIT)
        await self._ask()
        return messages

    async def unsubscribe(self) -> None:
        """Ask for nothing more and give back what was not handled."""
        while self.subscription.pending_msgs:
            message = await self.subscription.next_msg(timeout=IDLE_WAIT)
            if self._is_message(message):
                await message.nak()
        await self.subscription.unsubscribe()

    async def _ask(self) -> None:
        now = time.monotonic()
        reconnects = self.client.stats["reconnects"]
        if now > self._asked_until or reconnects != self._reconnects:  # the server has forgotten the request
            self._asked, self._reconnects = 0, reconnects
        if self._asked <= self.batch_size // 2:
            more = self.batch_size - self._asked
            request = {"batch": more, "expires": int(EXPIRES * 1e9)}
            await self.client.publish(self.subject, json.dumps(request).encode(), reply=self.inbox)
            self._asked += more
            self._asked_until = now + EXPIRES

    def _is_message(self, message: Msg) -> bool:
        """Whether it is a message; a status says that a request has ended and how much of it was not served."""
        status = (message.headers or {}).get("Status") if message.subject == self.inbox else None
        if status is None:
            self._asked -= 1
            return True
        self._asked = max(0, self._asked - int((message.headers or {}).get("Nats-Pending-Messages", "0")))
        return False

"""What keeps machines out of the public form without asking anybody else: a field that people do not see, a signed time on
the form, and a limit for each network. People are only ever asked to press the button again."""

import hashlib
import ipaddress
import time
from collections import deque
from collections.abc import Callable

from fastapi import Request
from itsdangerous import BadSignature, TimestampSigner

from chassis import new_id

from .domain.phrases import _

TRAP = "website"
"""Name of the field that nobody sees; programmes fill in whatever they find."""
SOONEST, LATEST = 2, 24 * 3600
"""Seconds after a form was shown within which it can be sent: nobody reads and writes faster."""
WINDOW = 600.0
MOST_NETWORKS = 10_000

AGAIN = _("Please press “Send” once more. This is how we protect ourselves from automatic messages.")
BUSY = _("Many messages are coming from your network just now. Your words are not lost: please try again in a few minutes.")


class FormGuard:
    """Looks at what is sent to the form. `most`: new conversations from one network in ten minutes, in this replica."""

    def __init__(self, key: str, most: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._signer = TimestampSigner(key, salt="form", digest_method=hashlib.sha256)
        self._most, self._clock = most, clock
        self._sent: dict[str, deque[float]] = {}

    def stamp(self, form_id: str = "") -> str:
        """What a form carries: its id with the time when it was shown."""
        return self._signer.sign(form_id or new_id()).decode()

    def problem(self, request: Request, form: dict[str, list[str]]) -> tuple[str, int]:
        """What is to be said to the sender, and the HTTP status; nothing when the form may be taken."""
        if form.get(TRAP, [""])[0] or not self._is_in_time(form.get("id", [""])[0]):
            return AGAIN, 422
        return ("", 200) if self._has_room(network(request)) else (BUSY, 429)

    def _is_in_time(self, stamp: str) -> bool:
        try:
            _, shown = self._signer.unsign(stamp, max_age=LATEST, return_timestamp=True)
        except BadSignature:
            return False
        return time.time() - shown.timestamp() >= SOONEST

    def _has_room(self, place: str) -> bool:
        now = self._clock()
        sent = self._sent.pop(place, deque())
        self._sent[place] = sent
        while sent and sent[0] <= now - WINDOW:
            sent.popleft()
        if len(sent) >= self._most:
            return False
        sent.append(now)
        while len(self._sent) > MOST_NETWORKS:
            del self._sent[next(iter(self._sent))]
        return True


def network(request: Request) -> str:
    """The network that a request comes from: /24 of IPv4, /56 of IPv6, as one household or house has. It is kept nowhere."""
    try:
        address = ipaddress.ip_address(request.client.host if request.client else "")
    except ValueError:
        return ""
    return str(ipaddress.ip_network((address, 24 if address.version == 4 else 56), strict=False))

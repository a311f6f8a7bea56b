"""E-mail: IMAP in, told by the server of what is new (IDLE), and SMTP out. One mail is one message; threads go by Message-ID."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from itertools import groupby

import structlog

from chassis.logs import error_name

from ..base import Capability, Channel, Host, Incoming, Limits, Manifest, Outgoing, Result
from .mailbox import Mailbox
from .reading import Nothing, Report, read
from .sending import compose, send
from .settings import EmailSettings

log = structlog.get_logger()

RENEWAL = 5 * 60.0
"""Seconds after which the server is asked anew to tell us: long before it (30 minutes) or a router on the way forgets us."""
LOOK_EVERY = 15.0
"""Seconds between two looks where the server cannot tell."""
AT_ONCE = 20
MOST_A_DAY = 100
"""Mails from one address in a day, beyond which it is a machine that answers us, whatever its mails say of themselves."""
GIVE_UP_AFTER = 90.0
"""Seconds after which one mail that always fails is set aside. When the store is what fails, the process ends sooner."""

Found = Incoming | Report | Nothing


class Email(Channel):
    """People who write to our address."""

    manifest = Manifest(
        "email",
        frozenset({Capability.PRIVATE_CHAT, Capability.FILES, Capability.RECEIPTS}),
        Limits(per_second=5, per_second_each=1),
        EmailSettings,
    )
    settings: EmailSettings

    def __init__(self, settings: EmailSettings) -> None:
        super().__init__(settings)
        self._failing: dict[int, float] = {}
        self._day = _today()
        self._wrote: dict[str, set[int]] = defaultdict(set)
        """The mails of each address on that day. Counted here because servers differ in what they can search for."""

    async def send(self, address: str, message: Outgoing) -> Result:
        """Send a mail."""
        return await send(self.settings, compose(self.settings, address, message))

    async def listen(self, host: Host, held: Callable[[], bool]) -> None:
        """Take what is in the folder, then wait for more."""
        mailbox, clear_at = Mailbox(self.settings), 0.0
        try:
            await asyncio.to_thread(mailbox.open)
            while held():
                all_taken = await self._take_new(mailbox, host, held)
                if time.monotonic() > clear_at:
                    await asyncio.to_thread(mailbox.clear, self._oldest())
                    clear_at = time.monotonic() + 3600
                if not all_taken:
                    await asyncio.sleep(1)
                elif not mailbox.has_news():
                    await _wait(mailbox, held)
        finally:
            await asyncio.to_thread(mailbox.close)

    async def _take_new(self, mailbox: Mailbox, host: Host, held: Callable[[], bool]) -> bool:
        """Take what nobody heard yet. False when something has to be tried again."""
        waiting, failed = await asyncio.to_thread(mailbox.waiting, self._oldest()), False
        for start in range(0, len(waiting), AT_ONCE):
            if not held():
                return True  # another replica goes on
            mails = await asyncio.to_thread(self._fetch, mailbox, waiting[start : start + AT_ONCE])
            readable = sorted(((number, found) for number, found in mails.items() if found), key=_sender)
            senders = [list(group) for _, group in groupby(readable, key=_sender)]
            heard: list[int] = []
            set_aside = [number for number, found in mails.items() if found is None]
            await asyncio.gather(*(self._take_all(mails_of_one, host, heard, set_aside) for mails_of_one in senders))
            await asyncio.to_thread(mailbox.mark, heard, set_aside)
            failed = failed or len(heard) + len(set_aside) < len(mails)
        return not failed

    def _oldest(self) -> date:
        return _today() - timedelta(days=self.settings.keep_days)

    def _fetch(self, mailbox: Mailbox, numbers: list[int]) -> dict[int, Found | None]:
        """Fetch mails and read them; None is one that a person had better look at."""
        mails: dict[int, Found | None] = {}
        if self._day != _today():
            self._day, self._wrote = _today(), defaultdict(set)
        for number, raw in mailbox.fetch(numbers).items():
            try:
                found: Found | None = read(raw, self.settings.address, self.settings.authserv_id)
            except Exception as error:  # noqa: BLE001 - anybody can send anything; the others must not wait for it
                log.warning("unreadable mail set aside", reason=error_name(error))
                found = None
            if isinstance(found, Incoming):
                self._wrote[found.address].add(number)  # the same mail may have to be fetched again
                if len(self._wrote[found.address]) > MOST_A_DAY:
                    log.warning("mail of a sender with too many a day set aside")
                    found = None
            mails[number] = found
        return mails

    async def _take_all(
        self, mails: Iterable[tuple[int, Found]], host: Host, heard: list[int], set_aside: list[int]
    ) -> None:  # fmt: skip
        """Take one sender's mails in order and note what is done. After one that failed the others wait."""
        for number, found in mails:
            try:
                await _take(found, host)
                heard.append(number)
            except Exception as error:  # noqa: BLE001 - one sender must not stop the others
                since = self._failing.setdefault(number, time.monotonic())
                if time.monotonic() - since < GIVE_UP_AFTER:
                    log.warning("mail not taken", reason=error_name(error))
                    return
                log.error("mail set aside", reason=error_name(error))
                set_aside.append(number)
            self._failing.pop(number, None)


async def _take(found: Found, host: Host) -> None:
    if isinstance(found, Incoming):
        await host.hear(found)
    elif isinstance(found, Report):
        await host.receipt(found.reference, found.result)
    else:
        log.info("mail not answered", why=found.why)


async def _wait(mailbox: Mailbox, held: Callable[[], bool]) -> None:
    """Return when there may be new mail, when it is time to ask anew, or when another replica is to go on."""
    until = time.monotonic() + (RENEWAL if mailbox.tells else LOOK_EVERY)
    if not mailbox.tells:
        while held() and time.monotonic() < until:  # noqa: ASYNC110 - nothing can wake us
            await asyncio.sleep(1)
        return
    await asyncio.to_thread(mailbox.start_waiting)
    while held() and time.monotonic() < until and not await asyncio.to_thread(mailbox.told, 1.0):
        pass
    await asyncio.to_thread(mailbox.stop_waiting)


def _sender(mail: tuple[int, Found]) -> str:
    return mail[1].address if isinstance(mail[1], Incoming) else ""


def _today() -> date:
    return datetime.now(UTC).date()

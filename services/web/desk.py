"""The coordinators' desk: everything at a glance, live, and one click for what waits for a person."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from operator import itemgetter
from typing import NamedTuple, Protocol
from uuid import UUID, uuid5

from anlaufstelle_contracts import UnmetReason
from anlaufstelle_contracts.taxonomy import Category
from fastapi import FastAPI, Request, Response
from fastapi.responses import RedirectResponse, StreamingResponse

from chassis import new_id

from .domain.phrases import _
from .guard import DeskKey, read_form
from .pages import DESK_COOKIE, Pages, digest
from .repository import SHOWN, ReadModel, Snapshot, StoreAway
from .rooms import Drift, Refused, RoomAway, Rooms

LOOK_EVERY = 1.0
ASK_EVERY = 30.0
ENOUGH_ANSWERS = 10
"""Fewer say nothing of how well predictions hold."""
SIGN_OF_LIFE = 15.0
_DECISIONS = UUID("41f0a1c3-3b0e-5c6f-8d0b-7a2e5d9c1f08")

NOTES = {
    "sent": _("The answer is on its way."),
    "unmet": _("The person is told that nothing fits, and the need is counted."),
    "topic": _("The topic is noted; the suggestions fit it now."),
    "shown": _("The offer is shown to people from now on."),
    "declined": _("The offer is not shown."),
    "reachable": _("The offer is confirmed as of today."),
    "withdrawn": _("The offer is no longer shown."),
    "nothing": _("Tick at least one offer first."),
    "closed": _("The need is closed. The person was sent nothing by this."),
    "news": _("There is news on that need. Please look at it before you close it."),
    "written": _("Your message is on its way."),
    "held": _("Your message waits: the person is only known from a group, and reads it as soon as they write to us in private."),
    "empty": _("Please write something first."),
    "long": _("Nothing was sent: a message may have at most {limit} characters."),
    "unknown": _("Nothing was sent: the person has deleted everything, or this need is not known."),
    "silenced": _("Nothing was sent: the person wants no messages, or wrote in a group in which we only listen."),
    "unsent": _("Intake cannot be reached just now. Nothing was sent; please try again."),
    "gone": _("That need has already been dealt with, or one of the offers is gone."),
    "away": _("Matching cannot be reached just now. Nothing was decided; please try again."),
}
GOOD_NOTES = ("sent", "unmet", "topic", "shown", "declined", "reachable", "withdrawn", "closed", "written", "held")


MOST_WRITTEN = 2_000
"""Characters that intake sends of what a coordinator writes."""


class Draft(NamedTuple):
    """What was written to the person of a need and could not be sent: it is not lost."""

    need_id: str
    text: str


class Login(Protocol):
    """Gives the page that asks for the desk's key."""

    def __call__(self, request: Request, problem: str = "") -> Response: ...


class Looking:
    """The newest snapshot, read at most once a second however many desks are open; and now and then what matching says."""

    def __init__(self, model: ReadModel, rooms: Rooms, today: Callable[[], datetime]) -> None:
        self._model, self._rooms, self._today = model, rooms, today
        self._lock = asyncio.Lock()
        self._read_at = self._asked_at = float("-inf")
        self._snapshot: Snapshot
        self._drift: Drift | None = None

    async def drift(self) -> Drift | None:
        """How predictions and answers compare, as of the last half minute; None when that is not known."""
        if time.monotonic() - self._asked_at >= ASK_EVERY:
            self._asked_at = time.monotonic()
            self._drift = await self._rooms.drift()
        return self._drift

    async def shared(self) -> Snapshot:
        """A snapshot of the last second. Raises StoreAway."""
        async with self._lock:
            if time.monotonic() - self._read_at >= LOOK_EVERY:
                self._snapshot = await self.fresh()
                self._read_at = time.monotonic()
            return self._snapshot

    async def fresh(self, start: int = 0) -> Snapshot:
        """A snapshot of now, its queue from a place on. Raises StoreAway."""
        return await self._model.snapshot(self._today(), start)

    def today(self) -> datetime:
        """When the local day began."""
        return self._today()


def login_page(pages: Pages) -> Login:
    """Asks for the desk's key."""

    def login(request: Request, problem: str = "") -> Response:
        language = pages.desk_language(request)
        words = pages.speech(language).say(problem) if problem else ""
        return pages.render(request, "desk_login.html", language, status=401, cookie=DESK_COOKIE, problem=words)

    return login


def register(api: FastAPI, pages: Pages, rooms: Rooms, model: ReadModel, key: DeskKey, login: Login) -> None:
    """`/desk` and what belongs to it."""
    looking = Looking(model, rooms, pages.today)

    @api.get("/desk", include_in_schema=False)
    async def desk(request: Request) -> Response:
        if "key" in request.query_params:
            return enter(request, request.query_params["key"])
        if not key.knows(request):
            return login(request)
        return await look(request, request.query_params.get("note", ""))

    async def look(request: Request, note: str, draft: Draft | None = None, status: int = 200) -> Response:
        start = _start(request)
        try:
            now, drift = await looking.fresh(start), await looking.drift()
        except StoreAway:
            title = _("Please try again in a moment")
            words = _("The desk cannot be shown just now. Nothing is lost; please try again in a moment.")
            return pages.notice(request, pages.desk_language(request), 503, title, words, back="/desk")
        if start and not now.queue:  # those on this page have been dealt with
            return RedirectResponse("/desk", 303)
        return show(request, now, drift, note, draft, status)

    def show(request: Request, now: Snapshot, drift: Drift | None, note: str, draft: Draft | None, status: int) -> Response:
        language = pages.desk_language(request)
        say = pages.speech(language).say
        promised = [("pair", say(_("expected to help / helped")), f"{drift.predicted:.0%} / {drift.helped:.0%}")] if drift else []
        return pages.render(
            request,
            "desk.html",
            language,
            status=status,
            cookie=DESK_COOKIE,
            now=now,
            today=looking.today(),
            start=_start(request),
            here=f"?from={_start(request)}" if _start(request) else "",
            page_size=SHOWN,
            form_id=new_id(),
            draft=draft,
            most_written=MOST_WRITTEN,
            note=say(NOTES[note], limit=MOST_WRITTEN) if note in NOTES else "",
            note_is_good=note in GOOD_NOTES,
            unmet_reasons=[(reason.value, pages.speech(language).phrase("unmet", reason)) for reason in UnmetReason],
            topics=sorted(
                ((category.value, pages.speech(language).category(category)) for category in Category), key=itemgetter(1)
            ),
            counters=[
                ("waits", say(_("waiting for a person")), now.waiting),
                ("", say(_("needs today")), now.needs_today),
                ("", say(_("answered today")), now.answered_today),
                ("", say(_("unmet")), now.unmet),
                ("", say(_("gaps")), now.open_gaps),
                ("", say(_("projects")), now.project_count),
                ("", say(_("offers")), now.offers),
                *(promised if drift and drift.answered >= ENOUGH_ANSWERS else []),
            ],
        )

    def enter(request: Request, given: str) -> Response:
        if not key.opens(given):
            return login(request, _("That is not the key of this desk."))
        response = RedirectResponse("/desk", 303)  # takes the key out of the address
        key.admit(request, response)
        return response

    @api.post("/desk/login", include_in_schema=False)
    async def log_in(request: Request) -> Response:
        return enter(request, (await read_form(request)).get("key", [""])[0])

    @api.post("/desk/logout", include_in_schema=False)
    async def log_out(request: Request) -> Response:
        await read_form(request)
        response = RedirectResponse("/desk", 303)
        key.dismiss(response)
        return response

    @api.post("/desk/needs/{need_id}/decision", include_in_schema=False)
    async def decide(request: Request, need_id: str) -> Response:
        form = await read_form(request)
        if not key.knows(request):
            return login(request)
        offers, unmet = form.get("only") or form.get("offer_ids", []), form.get("unmet", [""])[0]
        if not offers and not unmet:
            return back(request, "nothing")
        decision: dict[str, str | list[str]] = {"unmet": unmet} if unmet else {"offer_ids": offers}
        sent = rooms.decide(need_id, decision, key=click(need_id, form, sorted(decision.items())))
        return await done(request, sent, "unmet" if unmet else "sent")

    @api.post("/desk/needs/{need_id}/closing", include_in_schema=False)
    async def close(request: Request, need_id: str) -> Response:
        form = await read_form(request)
        if not key.knows(request):
            return login(request)
        try:
            need = await model.need(need_id)
        except StoreAway:
            return back(request, "away")
        if need and need.seen != form.get("review", [""])[0]:
            return back(request, "news")  # closing would hide what nobody has read
        return await done(request, rooms.decide(need_id, {"taken_care_of": True}, key=click(need_id, form, "closed")), "closed")

    @api.post("/desk", include_in_schema=False)
    async def write(request: Request) -> Response:
        form = await read_form(request)
        if not key.knows(request):
            return login(request)
        need_id, text = (form.get(name, [""])[0].replace("\r\n", "\n").strip() for name in ("need_id", "text"))
        try:
            if not text or len(text) > MOST_WRITTEN:
                note, status = ("long" if text else "empty"), 422
            else:
                once = str(uuid5(_DECISIONS, f"{form.get('id', [''])[0]}|{text}"))
                return back(request, "held" if await rooms.write(need_id, text, message_id=once) else "written")
        except RoomAway:
            note, status = "unsent", 503
        except Refused as error:
            note, status = ("silenced" if error.status == 409 else "unknown"), 422
        return await look(request, note, Draft(need_id, text), status)

    @api.post("/desk/needs/{need_id}/topic", include_in_schema=False)
    async def correct(request: Request, need_id: str) -> Response:
        form = await read_form(request)
        if not key.knows(request):
            return login(request)
        category = form.get("category", [""])[0]
        return await done(request, rooms.correct(need_id, category, key=click(need_id, form, category)), "topic")

    @api.post("/desk/offers/{offer_id}/verification", include_in_schema=False)
    async def verify(request: Request, offer_id: str) -> Response:
        form = await read_form(request)
        if not key.knows(request):
            return login(request)
        verified = form.get("verified", [""])[0] == "yes"
        sent = rooms.verify(offer_id, verified, form.get("review", [""])[0], key=click(offer_id, form, verified))
        return await done(request, sent, "shown" if verified else "declined")

    @api.post("/desk/offers/{offer_id}/check", include_in_schema=False)
    async def check(request: Request, offer_id: str) -> Response:
        form = await read_form(request)
        if not key.knows(request):
            return login(request)
        reachable = form.get("found", [""])[0] == "reachable"
        sent = rooms.check(offer_id, reachable, key=click(offer_id, form, reachable))
        return await done(request, sent, "reachable" if reachable else "withdrawn")

    def click(about: str, form: dict[str, list[str]], chosen: object) -> str:
        """The same choice on the same request is made once, however often it is clicked."""
        return str(uuid5(_DECISIONS, f"{about}|{form.get('review', [''])[0]}|{chosen}"))

    def back(request: Request, note: str) -> Response:
        """To the page of the desk that was clicked on."""
        start = _start(request)
        return RedirectResponse(f"/desk?from={start}&note={note}" if start else f"/desk?note={note}", 303)

    async def done(request: Request, sent: Awaitable[None], note: str) -> Response:
        try:
            await sent
        except RoomAway:
            note = "away"
        except Refused:
            note = "gone"
        return back(request, note)

    @api.get("/desk/stream", include_in_schema=False)
    async def stream(request: Request) -> Response:
        if not key.knows(request):
            return login(request)
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingResponse(changes(request), media_type="text/event-stream", headers=headers)

    async def changes(request: Request) -> AsyncIterator[str]:
        """Says that something changed; the page then fetches itself. Ends with the login or the store; browsers come back."""
        yield "retry: 2000\n\n"
        seen, said = "", time.monotonic()
        while key.knows(request) and not request.app.state.closing:
            try:
                newest = digest(await looking.shared(), looking.today())
            except StoreAway:
                return
            if newest != seen:
                yield f"event: changed\ndata: {newest}\n\n"
                seen, said = newest, time.monotonic()
            elif time.monotonic() - said > SIGN_OF_LIFE:
                yield ": nothing new\n\n"
                said = time.monotonic()
            await asyncio.sleep(LOOK_EVERY)


def _start(request: Request) -> int:
    """From which of those who wait on the page shows them."""
    asked = request.query_params.get("from", "")
    return int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 7 else 0

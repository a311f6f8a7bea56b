"""The coordinators' desk: everything at a glance, live, and one click for what waits for a person."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from operator import itemgetter
from typing import Protocol
from uuid import UUID, uuid5

from anlaufstelle_contracts import UnmetReason
from anlaufstelle_contracts.taxonomy import Category
from fastapi import FastAPI, Request, Response
from fastapi.responses import RedirectResponse, StreamingResponse

from .domain.phrases import _
from .guard import DeskKey, read_form
from .pages import DESK_COOKIE, Pages, digest
from .repository import ReadModel, Snapshot, StoreAway
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
    "gone": _("That need has already been dealt with, or one of the offers is gone."),
    "away": _("Matching cannot be reached just now. Nothing was decided; please try again."),
}
GOOD_NOTES = ("sent", "unmet", "topic", "shown", "declined", "reachable", "withdrawn")


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

    async def fresh(self) -> Snapshot:
        """A snapshot of now. Raises StoreAway."""
        return await self._model.snapshot(self._today())

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
        try:
            now, drift = await looking.fresh(), await looking.drift()
        except StoreAway:
            title = _("Please try again in a moment")
            words = _("The desk cannot be shown just now. Nothing is lost; please try again in a moment.")
            return pages.notice(request, pages.desk_language(request), 503, title, words, back="/desk")
        return show(request, now, drift)

    def show(request: Request, now: Snapshot, drift: Drift | None) -> Response:
        language = pages.desk_language(request)
        say = pages.speech(language).say
        note = request.query_params.get("note", "")
        promised = [("pair", say(_("expected to help / helped")), f"{drift.predicted:.0%} / {drift.helped:.0%}")] if drift else []
        return pages.render(
            request,
            "desk.html",
            language,
            cookie=DESK_COOKIE,
            now=now,
            today=looking.today(),
            note=say(NOTES[note]) if note in NOTES else "",
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
            return RedirectResponse("/desk?note=nothing", 303)
        decision: dict[str, str | list[str]] = {"unmet": unmet} if unmet else {"offer_ids": offers}
        sent = rooms.decide(need_id, decision, key=click(need_id, form, sorted(decision.items())))
        return await done(sent, "unmet" if unmet else "sent")

    @api.post("/desk/needs/{need_id}/topic", include_in_schema=False)
    async def correct(request: Request, need_id: str) -> Response:
        form = await read_form(request)
        if not key.knows(request):
            return login(request)
        category = form.get("category", [""])[0]
        return await done(rooms.correct(need_id, category, key=click(need_id, form, category)), "topic")

    @api.post("/desk/offers/{offer_id}/verification", include_in_schema=False)
    async def verify(request: Request, offer_id: str) -> Response:
        form = await read_form(request)
        if not key.knows(request):
            return login(request)
        verified = form.get("verified", [""])[0] == "yes"
        sent = rooms.verify(offer_id, verified, form.get("review", [""])[0], key=click(offer_id, form, verified))
        return await done(sent, "shown" if verified else "declined")

    @api.post("/desk/offers/{offer_id}/check", include_in_schema=False)
    async def check(request: Request, offer_id: str) -> Response:
        form = await read_form(request)
        if not key.knows(request):
            return login(request)
        reachable = form.get("found", [""])[0] == "reachable"
        sent = rooms.check(offer_id, reachable, key=click(offer_id, form, reachable))
        return await done(sent, "reachable" if reachable else "withdrawn")

    def click(about: str, form: dict[str, list[str]], chosen: object) -> str:
        """The same choice on the same request is made once, however often it is clicked."""
        return str(uuid5(_DECISIONS, f"{about}|{form.get('review', [''])[0]}|{chosen}"))

    async def done(sent: Awaitable[None], note: str) -> Response:
        try:
            await sent
        except RoomAway:
            note = "away"
        except Refused:
            note = "gone"
        return RedirectResponse(f"/desk?note={note}", 303)

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

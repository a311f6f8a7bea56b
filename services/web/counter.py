"""The counter: a coordinator writes down what is said there or by phone, reads out the answer, and hands in lists of paper."""

from uuid import UUID, uuid5

from fastapi import FastAPI, Request, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException

from chassis import new_id

from .desk import Login
from .domain.phrases import _
from .guard import DeskKey, OtherSite, is_same_site, read_form
from .pages import DESK_COOKIE, Pages
from .rooms import Conversation, Listed, Refused, RoomAway, Rooms

LARGEST_LIST = 1_000_000
_NOTES = UUID("5d1c9a3e-70f4-5b8e-9a0b-6e4f7b1c2d3a")

EMPTY = _("Please write down what was said.")
AWAY = _("Intake cannot be reached just now. Nothing was taken; please try again.")
REFUSED = _("This could not be taken.")
NO_LIST = _("Please choose a table saved as “CSV UTF-8”, with a column named text.")


def register(api: FastAPI, pages: Pages, rooms: Rooms, key: DeskKey, login: Login) -> None:
    """`/desk/counter`."""

    @api.get("/desk/counter", include_in_schema=False)
    async def counter(request: Request) -> Response:
        return show(request) if key.knows(request) else login(request)

    @api.post("/desk/counter", include_in_schema=False)
    async def write_down(request: Request) -> Response:
        form = await read_form(request)
        if not key.knows(request):
            return login(request)
        text, kind, spoken = (form.get(name, [""])[0].strip() for name in ("text", "kind", "language"))
        if not text:
            return show(request, problem=EMPTY, status=422)
        try:
            code = await rooms.write_down(text, note_id=_once(form, text), kind=kind or None, language=spoken or None)
        except (RoomAway, Refused) as error:
            return show(request, problem=_why(error), text=text, status=503 if isinstance(error, RoomAway) else 422)
        return RedirectResponse(f"/desk/counter/{code}", 303)

    @api.post("/desk/counter/list", include_in_schema=False)
    async def take_list(request: Request) -> Response:
        if not is_same_site(request):
            raise OtherSite
        if not key.knows(request):
            return login(request)
        try:
            async with request.form(max_files=1, max_fields=5, max_part_size=LARGEST_LIST) as form:
                file = form.get("list")
                content = await file.read(LARGEST_LIST + 1) if isinstance(file, UploadFile) else b""
            return show(request, listed=await rooms.hand_in(content))
        except (MultiPartException, Refused):
            return show(request, problem=NO_LIST, status=422)
        except RoomAway as error:
            return show(request, problem=_why(error), status=503)

    def show(request: Request, *, problem: str = "", text: str = "", listed: Listed | None = None, status: int = 200) -> Response:
        language = pages.desk_language(request)
        words = pages.speech(language).say(problem) if problem else ""
        return pages.render(
            request, "counter.html", language, status=status, cookie=DESK_COOKIE,
            problem=words, text=text, listed=listed, form_id=new_id(),
        )  # fmt: skip

    @api.get("/desk/counter/{code}", include_in_schema=False)
    async def visitor(request: Request, code: str) -> Response:
        return await converse(request, code) if key.knows(request) else login(request)

    @api.post("/desk/counter/{code}", include_in_schema=False)
    async def go_on(request: Request, code: str) -> Response:
        form = await read_form(request)
        if not key.knows(request):
            return login(request)
        text = form.get("choice", [""])[0] or form.get("text", [""])[0].strip()
        if not text:
            return await converse(request, code, EMPTY)
        try:
            await rooms.write_down(text, note_id=_once(form, text), code=code)
        except (RoomAway, Refused) as error:
            return await converse(request, code, _why(error), text)
        return RedirectResponse(f"/desk/counter/{code}", 303)

    async def converse(request: Request, code: str, problem: str = "", text: str = "") -> Response:
        language = pages.desk_language(request)
        try:
            said = await rooms.visitor(code)
        except Refused:
            words = _("Nobody was written down under this address, or what was said has been deleted.")
            return pages.notice(request, language, 404, _("There is nothing here"), words, back="/desk/counter")
        except RoomAway:
            return pages.notice(request, language, 503, _("Please try again in a moment"), AWAY, back="/desk/counter")
        return pages.render(
            request, "visitor.html", language, status=422 if problem else 200, cookie=DESK_COOKIE,
            said=said, waiting=_is_waiting(said), text=text, form_id=new_id(),
            problem=pages.speech(language).say(problem) if problem else "",
        )  # fmt: skip


def _once(form: dict[str, list[str]], text: str) -> str:
    """The id of a note: clicked twice it is one, but words that were changed are another."""
    return str(uuid5(_NOTES, f"{form.get('id', [''])[0]}|{text}"))


def _why(error: RoomAway | Refused) -> str:
    return AWAY if isinstance(error, RoomAway) else REFUSED


def _is_waiting(said: Conversation) -> bool:
    return bool(said.messages) and said.messages[-1].by == "person"

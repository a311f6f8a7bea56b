"""The public page, where a need is written, and the private page, where the answer appears."""

import re
from uuid import UUID, uuid5

from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from chassis import new_id

from .domain.phrases import _
from .guard import PRIVATE, read_form
from .pages import Pages
from .rooms import Conversation, Refused, RoomAway, Rooms, Said
from .spam import TRAP, FormGuard

LONGEST_TEXT = 4_000
ERASES = "erase.yes"
"""What intake's question whether to delete everything is answered with."""
KEPT = "\n\u200d"
"""Not printable, and yet part of what people write: line ends, and the joiner in emoji."""
_TOKEN = re.compile(r"[A-Za-z0-9_-]{8,200}")
_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
_MESSAGES = UUID("2b8c6f0e-93d1-5d55-8f0a-7c1d2e3f4a5b")
_REPLIES = UUID("8f7c2a52-6a4e-5a3c-9a54-2f1b0c9d7e61")

EMPTY = _("Please write what you need.")
TOO_LONG = _("The message is too long: it has {count} characters, and we can take {limit} at most. Please shorten it.")
AWAY = _(
    "We cannot take your message just now. Your words are not lost, they are still in the field: please try again in a moment."
)
REFUSED = _("Your message could not be taken. Please change it and try again.")


class Offered(Said):
    """A message as the page shows it: `offered` is the id of the reply that its buttons send, if it still offers any."""

    offered: str = ""


def register(api: FastAPI, pages: Pages, rooms: Rooms, guard: FormGuard) -> None:
    """`/` and `/s/{token}`."""

    @api.get("/", include_in_schema=False)
    async def index(request: Request) -> HTMLResponse:
        return write(request)

    @api.post("/", include_in_schema=False)
    async def submit(request: Request) -> Response:
        form = await read_form(request)
        text, form_id = _text(form), _form_id(form)
        language = pages.public_language(request)
        problem, status = _problem(pages, language, text), 422
        if not problem:
            said, status = guard.problem(request, form)
            problem = pages.speech(language).say(said) if said else ""
        if not problem:
            try:
                token = await rooms.say(text, language=language, message_id=_once(form_id, text))
            except (RoomAway, Refused) as error:
                problem, status = _failure(pages, language, error)
            else:
                return RedirectResponse(f"/s/{token}", 303, headers=PRIVATE)
        return write(request, problem=problem, text=text, form_id=form_id, status=status)

    def write(request: Request, problem: str = "", text: str = "", form_id: str = "", status: int = 200) -> HTMLResponse:
        language = pages.public_language(request)
        stamp = guard.stamp(form_id)
        return pages.render(request, "index.html", language, status=status, problem=problem, text=text, stamp=stamp, trap=TRAP)

    @api.get("/s/{token}", include_in_schema=False)
    async def status_page(request: Request, token: str) -> HTMLResponse:
        return await show(request, token)

    @api.post("/s/{token}", include_in_schema=False)
    async def reply(request: Request, token: str) -> Response:
        form = await read_form(request)
        text, form_id = _text(form), _form_id(form)
        choice, erase = form.get("choice", [""])[0], "erase" in form
        language = pages.public_language(request)
        problem, status = "" if choice or erase else _problem(pages, language, text), 422
        if not problem:
            try:
                said = "/delete" if erase else choice or text
                await rooms.conversation(_known_form(token))  # only who has a page of ours may write to it
                await rooms.say(said, language=language, message_id=_once(form_id, said), token=token)
            except (RoomAway, Refused) as error:
                if isinstance(error, Refused) and error.status == 404:
                    return unknown(request)
                problem, status = _failure(pages, language, error)
            else:
                to = "/deleted" if choice == ERASES else f"/s/{token}{'' if said is text else '?sent=1'}"
                return RedirectResponse(to, 303, headers=PRIVATE)
        return await show(request, token, problem=problem, text=text, form_id=form_id, status=status)

    async def show(
        request: Request, token: str, problem: str = "", text: str = "", form_id: str = "", status: int = 200
    ) -> HTMLResponse:
        try:
            conversation = await rooms.conversation(_known_form(token))
        except Refused:
            return unknown(request)
        except RoomAway:
            if text:  # what was typed must not be lost with the page
                conversation = Conversation(language=pages.public_language(request), messages=[])
                return page(request, token, conversation, problem=problem, text=text, form_id=form_id, status=status)
            title, words = _("Please try again in a moment"), _("The page cannot be shown just now. Nothing is lost.")
            return notice(request, 503, title, words)
        return page(request, token, conversation, problem=problem, text=text, form_id=form_id, status=status)

    def page(
        request: Request, token: str, conversation: Conversation, *, problem: str, text: str, form_id: str, status: int
    ) -> HTMLResponse:  # fmt: skip
        messages = _with_replies(token, conversation)
        return pages.render(
            request,
            "status.html",
            pages.public_language(request, conversation.language),
            status=status,
            headers=PRIVATE,
            messages=messages,
            conversation_language=conversation.language,
            waiting=bool(messages) and messages[-1].by == "person" and not problem,
            sent="sent" in request.query_params and not problem,
            problem=problem,
            text=text,
            form_id=form_id or new_id(),
        )

    @api.get("/deleted", include_in_schema=False)
    async def deleted(request: Request) -> HTMLResponse:
        words = _("Your messages and our answers are deleted. You can write to us again at any time.")
        return notice(request, 200, _("Deleted"), words)

    def unknown(request: Request) -> HTMLResponse:
        words = _("This link leads nowhere. It may have been copied only in part, or what was here has been deleted.")
        return notice(request, 404, _("There is nothing here"), words)

    def notice(request: Request, status: int, title: str, text: str) -> HTMLResponse:
        language = pages.public_language(request)
        return pages.notice(request, language, status, title, text, headers=PRIVATE)


def _known_form(token: str) -> str:
    """The token, if it can be one at all. Raises Refused."""
    if not _TOKEN.fullmatch(token):
        raise Refused(404)
    return token


def _text(form: dict[str, list[str]]) -> str:
    """The person's words as they wrote them, without control characters and with plain line ends."""
    text = form.get("text", [""])[0].replace("\r\n", "\n")
    return "".join(sign if sign in KEPT or sign.isprintable() else " " * sign.isspace() for sign in text).strip()


def _form_id(form: dict[str, list[str]]) -> str:
    """The hidden id of the form, without the stamp that it may carry."""
    form_id = form.get("id", [""])[0].partition(".")[0]
    return form_id if _ID.fullmatch(form_id) else new_id()


def _once(form_id: str, said: str) -> str:
    """The id of a message: a second click says the same thing once, but words that were changed are another message."""
    return str(uuid5(_MESSAGES, f"{form_id}|{said}"))


def _problem(pages: Pages, language: str, text: str) -> str:
    say = pages.speech(language).say
    if not text:
        return say(EMPTY)
    return say(TOO_LONG, count=len(text), limit=LONGEST_TEXT) if len(text) > LONGEST_TEXT else ""


def _failure(pages: Pages, language: str, error: RoomAway | Refused) -> tuple[str, int]:
    away = isinstance(error, RoomAway)
    return pages.speech(language).say(AWAY if away else REFUSED), 503 if away else 422


def _with_replies(token: str, conversation: Conversation) -> list[Offered]:
    """The choices given last keep their buttons: intake takes a reply to mean those. Pressing one twice replies once."""
    messages = [Offered(**message.model_dump()) for message in conversation.messages]
    last = next((message for message in reversed(messages) if message.choices), None)
    if last:
        last.offered = str(uuid5(_REPLIES, f"{token}|{len(messages)}|{last.time.isoformat()}"))
    return messages

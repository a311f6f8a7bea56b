"""Pages: templates in the reader's language."""

from collections.abc import Callable, Mapping
from datetime import datetime
from hashlib import blake2s
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from anlaufstelle_contracts.taxonomy import label
from babel.dates import format_date, format_datetime, format_time
from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from chassis import short_code
from chassis.texts import Texts

from .domain.language import DESK_DEFAULT, LANGUAGES, PUBLIC_DEFAULT, accepted, first_spoken
from .domain.phrases import PHRASES

HERE = Path(__file__).parent
YEAR = 365 * 24 * 3600
PUBLIC_COOKIE, DESK_COOKIE = "lang", "desk_lang"


class Speech:
    """One language: what templates call to say something."""

    def __init__(self, language: str, texts: Texts, zone: ZoneInfo) -> None:
        self.language, self._texts, self._zone = language, texts.get(language), zone

    def say(self, message: str, **values: object) -> str:
        """The message in this language, its placeholders filled."""
        return self._texts.gettext(message).format(**values)

    def count(self, singular: str, plural: str, count: int, **values: object) -> str:
        """The plural form that goes with `count`, which also fills `{count}`."""
        return self._texts.ngettext(singular, plural, count).format(count=count, **values)

    def phrase(self, group: str, value: str) -> str:
        """The words for a value of the contracts; the value itself when this version does not know it."""
        message = PHRASES[group].get(value)
        return self.say(message) if message else value

    def phrases(self, group: str, values: list[str]) -> str:
        """The words for several values."""
        return ", ".join(self.phrase(group, value) for value in values)

    def category(self, identifier: str) -> str:
        """The name of a category."""
        return label(identifier, self.language)

    def categories(self, identifiers: list[str]) -> str:
        """The names of several categories."""
        return " · ".join(map(self.category, identifiers))

    def time(self, moment: datetime) -> str:
        """Day and time where people are."""
        return format_datetime(moment.astimezone(self._zone), "short", locale=self.language)

    def clock(self, moment: datetime) -> str:
        """The time of today, else the day."""
        local = moment.astimezone(self._zone)
        if local.date() == datetime.now(self._zone).date():
            return format_time(local.time(), "short", locale=self.language)
        return self.day(moment)

    def day(self, moment: datetime) -> str:
        """The day where people are."""
        return format_date(moment.astimezone(self._zone).date(), "short", locale=self.language)


class Pages:
    """Renders templates."""

    def __init__(self, zone: ZoneInfo) -> None:
        self.zone = zone
        texts = Texts(HERE / "locale")
        self._speeches = {language: Speech(language, texts, zone) for language in LANGUAGES}
        self._templates = Environment(
            loader=FileSystemLoader(HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        assets = b"".join(path.read_bytes() for path in sorted((HERE / "static").iterdir()))
        self._templates.globals |= {
            "languages": LANGUAGES, "code": short_code, "digest": digest,
            "assets": blake2s(assets, digest_size=6).hexdigest(),
        }  # fmt: skip

    def public_language(self, request: Request, *others: str | None) -> str:
        """By `?lang=`, cookie, `others` and what the browser says; Ukrainian by default."""
        wanted = (request.query_params.get("lang"), request.cookies.get(PUBLIC_COOKIE), *others)
        return first_spoken(*wanted, accepted(request.headers.get("accept-language", "")), default=PUBLIC_DEFAULT)

    def desk_language(self, request: Request) -> str:
        """By `?lang=` and the desk's own cookie; German by default."""
        return first_spoken(request.query_params.get("lang"), request.cookies.get(DESK_COOKIE), default=DESK_DEFAULT)

    def speech(self, language: str) -> Speech:
        """What a language says."""
        return self._speeches[language]

    def render(
        self, request: Request, template: str, language: str, *, status: int = 200,
        headers: Mapping[str, str] | None = None, cookie: str = PUBLIC_COOKIE, **values: object,
    ) -> HTMLResponse:  # fmt: skip
        """A page. A language chosen by `?lang=` is remembered in a cookie."""
        speech = self._speeches[language]
        functions: dict[str, Callable[..., Any]] = {"_": speech.say, "ngettext": speech.count}
        content = self._templates.get_template(template).render(
            speech=speech, lang=language, path=request.url.path, **functions, **values
        )
        response = HTMLResponse(
            content, status, {"Cache-Control": "no-store", "Vary": "Accept-Language, Cookie", **(headers or {})}
        )
        if request.method == "GET" and request.query_params.get("lang") == language:
            secure = request.url.scheme == "https"
            response.set_cookie(cookie, language, max_age=YEAR, httponly=True, samesite="lax", secure=secure)
        return response

    def notice(
        self, request: Request, language: str, status: int, title: str, text: str, *,
        back: str = "/", headers: Mapping[str, str] | None = None,
    ) -> HTMLResponse:  # fmt: skip
        """A page that says one thing."""
        say = self._speeches[language].say
        return self.render(
            request, "notice.html", language, status=status, headers=headers, title=say(title), text=say(text), back=back
        )

    def today(self) -> datetime:
        """When the local day began."""
        return datetime.now(self.zone).replace(hour=0, minute=0, second=0, microsecond=0)


def digest(*values: object) -> str:
    """Changes when what is shown changes: the page's script swaps a part only then."""
    return blake2s(repr(values).encode(), digest_size=8).hexdigest()

"""The process: `python -m services.web.main`."""

from zoneinfo import ZoneInfo

import httpx
from pydantic import Field, SecretStr

from chassis import Service, Settings, run

from . import api, handlers
from .guard import DeskKey
from .pages import Pages
from .repository import ReadModel
from .rooms import Rooms
from .spam import FormGuard


class WebSettings(Settings):
    """What web needs to know."""

    intake_url: str = Field("http://127.0.0.1:8001", description="Where intake answers.")
    matching_url: str = Field("http://127.0.0.1:8002", description="Where matching answers.")
    projects_url: str = Field("http://127.0.0.1:8003", description="Where projects answers.")
    desk_key: SecretStr = Field(min_length=8, description="What opens the coordinators' desk.")
    form_limit: int = Field(
        60, ge=1, description="New messages by the public form from one network in ten minutes. Behind a proxy, name it in "
        "FORWARDED_ALLOW_IPS, else all people come from its network.",
    )  # fmt: skip


def build(settings: WebSettings) -> Service:
    """The service with everything it depends on."""
    service = Service("web", settings)
    model = ReadModel(service)
    handlers.register(service, model.needs_of)
    client = httpx.AsyncClient(trust_env=False)
    rooms = Rooms(client, settings.api_token.get_secret_value(), settings.intake_url, settings.matching_url)
    services = {"intake": settings.intake_url, "matching": settings.matching_url, "projects": settings.projects_url}
    key = DeskKey(settings.desk_key.get_secret_value())
    form_guard = FormGuard(settings.desk_key.get_secret_value(), settings.form_limit)
    api.register(service.api, Pages(ZoneInfo(settings.timezone)), rooms, model, key, form_guard, services)
    return service


if __name__ == "__main__":
    run(build, WebSettings)

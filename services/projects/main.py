"""The process: `python -m services.projects.main`."""

from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import Field

from chassis import Service, Settings, run
from chassis.texts import Texts

from . import api, handlers
from .domain.words import Drafting
from .repository import Projects


class ProjectsSettings(Settings):
    """What projects needs to know."""

    working_language: Literal["uk", "ru", "de", "en"] = Field("de", description="Language that drafts are written in.")


def build(settings: ProjectsSettings) -> Service:
    """The service with everything it depends on."""
    service = Service("projects", settings)
    catalogue = Texts(Path(__file__).parent / "locale").get(settings.working_language)
    handlers.register(service, Drafting(settings.working_language, catalogue, ZoneInfo(settings.timezone)))
    api.register(service, Projects(service))
    return service


if __name__ == "__main__":
    run(build, ProjectsSettings)

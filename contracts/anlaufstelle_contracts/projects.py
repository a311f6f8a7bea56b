"""Short projects that fill a gap, or that somebody applied with."""

from pydantic import Field

from .event import Event
from .sensitivity import Public


class ProjectApplied(Event, context="projects", name="applied", aggregate="project_id"):
    """A person has an idea for a project."""

    project_id: Public[str]
    person_id: str
    text: str = Field(description="The idea in the person's words, redacted.")
    language: str


class ProjectProposed(Event, context="projects", name="proposed", aggregate="project_id"):
    """A draft project stands: from a gap, or from an application."""

    project_id: Public[str]
    gap_id: Public[str | None] = None
    person_id: str | None = Field(None, description="Who applied, if a person did.")
    title: str
    summary: str = ""
    categories: Public[list[str]] = []
    districts: Public[list[str]] = []
    need_count: Public[int] = Field(0, ge=0, description="Unmet needs that it would answer.")
    funding: str | None = Field(None, description="Who might fund it.")


class ConsultationOpened(Event, context="projects", name="consultation_opened", aggregate="project_id"):
    """Partners and the city are asked what they think."""

    project_id: Public[str]
    partner_ids: Public[list[str]] = []


class PartnerAnswered(Event, context="projects", name="partner_answered", aggregate="project_id"):
    """A partner said what they think of a project."""

    project_id: Public[str]
    partner_id: str
    supports: bool
    text: str = ""


class ProjectApproved(Event, context="projects", name="approved", aggregate="project_id"):
    """The association decided to do it."""

    project_id: Public[str]


class ProjectDeclined(Event, context="projects", name="declined", aggregate="project_id"):
    """The association decided against it."""

    project_id: Public[str]
    reason: str = ""


class ProjectStarted(Event, context="projects", name="started", aggregate="project_id"):
    """The project runs; from now on it is an offer."""

    project_id: Public[str]
    offer_id: Public[str]


class ProjectCompleted(Event, context="projects", name="completed", aggregate="project_id"):
    """The project has ended."""

    project_id: Public[str]

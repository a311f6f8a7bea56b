"""Short projects that fill a gap, or that somebody applied with."""

from pydantic import Field

from .event import Event
from .sensitivity import Public
from .values import Code, Id, Language


class ProjectApplied(Event, context="projects", name="applied", aggregate="project_id"):
    """A person has an idea for a project."""

    project_id: Public[Id] = Field(description="The project.")
    person_id: Id = Field(description="Pseudonym of who applied.")
    text: str = Field(description="The idea in the person's words, redacted.")
    language: Language = Field(description="Language of the text, and to answer in.")


class ProjectProposed(Event, context="projects", name="proposed", aggregate="project_id"):
    """A draft project stands: from a gap, or from an application."""

    project_id: Public[Id] = Field(description="The project.")
    gap_id: Public[Id | None] = Field(None, description="The gap that it would fill, if it comes from one.")
    person_id: Id | None = Field(None, description="Pseudonym of who applied, if a person did.")
    title: str = Field(description="What it is, in a few words.")
    summary: str = Field("", description="What it is, in a paragraph.")
    categories: Public[list[Code]] = Field([], description="Taxonomy ids, main one first.")
    districts: Public[list[str]] = Field([], description="Where it is for; empty: the whole city.")
    need_count: Public[int] = Field(0, ge=0, description="Unmet needs that it would answer.")
    funding: str | None = Field(None, description="Who might fund it.")


class ConsultationOpened(Event, context="projects", name="consultation_opened", aggregate="project_id"):
    """Partners and the city are asked what they think."""

    project_id: Public[Id] = Field(description="The project.")
    partner_ids: Public[list[Id]] = Field([], description="Who is asked.")


class PartnerAnswered(Event, context="projects", name="partner_answered", aggregate="project_id"):
    """A partner said what they think of a project."""

    project_id: Public[Id] = Field(description="The project.")
    partner_id: Id = Field(description="Who answered.")
    supports: bool = Field(description="Whether they are in favour.")
    text: str = Field("", description="What they say.")


class ProjectApproved(Event, context="projects", name="approved", aggregate="project_id"):
    """The association decided to do it."""

    project_id: Public[Id] = Field(description="The project.")


class ProjectDeclined(Event, context="projects", name="declined", aggregate="project_id"):
    """The association decided against it."""

    project_id: Public[Id] = Field(description="The project.")
    reason: str = Field("", description="Why, in words.")


class ProjectStarted(Event, context="projects", name="started", aggregate="project_id"):
    """The project runs; from now on it is an offer."""

    project_id: Public[Id] = Field(description="The project.")
    offer_id: Public[Id] = Field(description="The offer that it is.")


class ProjectCompleted(Event, context="projects", name="completed", aggregate="project_id"):
    """The project has ended."""

    project_id: Public[Id] = Field(description="The project.")

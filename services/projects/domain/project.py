"""A draft project: from a gap, with its numbers, or from a person's idea."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from anlaufstelle_contracts import GapDetected, ProjectApplied, ProjectProposed
from pydantic import BaseModel, Field

_PROJECTS = UUID("5d6a7a56-2f0f-5c53-8a3c-5b8f2a0de6a1")


class Project(BaseModel):
    """A project as it stands."""

    id: str
    version: int = 0
    title: str
    summary: str = ""
    proposed_at: datetime = Field(description="When it was first proposed, UTC.")
    gap_id: str | None = None
    counted_at: datetime | None = Field(None, description="When the gap had these numbers, UTC.")
    categories: list[str] = []
    districts: list[str] = []
    reasons: list[str] = []
    need_count: int = 0
    person_count: int = 0
    since: datetime | None = None
    person_id: str | None = Field(None, description="Who applied, if a person did.")
    language: str = ""

    def proposal(self) -> ProjectProposed:
        """The draft as others hear of it."""
        return ProjectProposed(
            project_id=self.id,
            gap_id=self.gap_id,
            person_id=self.person_id,
            title=self.title,
            summary=self.summary,
            categories=self.categories,
            districts=self.districts,
            need_count=self.need_count,
        )


class Applicant(BaseModel):
    """A person and the ideas they applied with. Once erased, nothing but the fact is left."""

    id: str
    version: int = 0
    project_ids: list[str] = []
    erased: bool = False


def project_id(gap_id: str) -> str:
    """The project of a gap: always the same one."""
    return str(uuid5(_PROJECTS, gap_id))


def from_gap(known: Project | None, gap: GapDetected, title: str, summary: str, time: datetime) -> Project | None:
    """The gap's project with the newest numbers, or None when those it has are as new."""
    if known and known.counted_at and known.counted_at >= time:
        return None
    numbers: dict[str, Any] = {
        "title": title,
        "summary": summary,
        "categories": gap.categories,
        "districts": gap.districts,
        "reasons": [str(reason) for reason in gap.reasons],
        "need_count": gap.need_count,
        "person_count": gap.person_count,
        "since": gap.since,
    }
    if known is None:
        return Project(id=project_id(gap.gap_id), gap_id=gap.gap_id, proposed_at=time, counted_at=time, **numbers)
    return known.model_copy(update={**numbers, "counted_at": time, "proposed_at": min(known.proposed_at, time)})


def from_idea(idea: ProjectApplied, title: str, time: datetime) -> Project:
    """A person's idea in their own words."""
    return Project(
        id=idea.project_id, title=title, summary=idea.text, proposed_at=time, person_id=idea.person_id, language=idea.language
    )


def without_person(project: Project) -> Project:
    """What is left of an idea when its author asked to be forgotten."""
    return project.model_copy(update={"person_id": None, "summary": "", "language": ""})

"""Projects over HTTP, for the association's own services."""

from datetime import datetime
from typing import Annotated

from fastapi import Depends, HTTPException, Query
from pydantic import BaseModel

from chassis import Service, short_code

from .domain.project import Project
from .repository import Projects


class ProjectView(BaseModel):
    """A project as the desk sees it; who applied stays here."""

    id: str
    code: str
    title: str
    summary: str
    proposed_at: datetime
    gap_id: str | None
    applied_for: bool
    categories: list[str]
    districts: list[str]
    reasons: list[str]
    need_count: int
    person_count: int
    since: datetime | None


def register(service: Service, projects: Projects) -> None:
    """`GET /projects` and `GET /projects/{id}`."""
    guarded = [Depends(service.token)]

    @service.api.get("/projects", dependencies=guarded)
    async def newest(limit: Annotated[int, Query(ge=1, le=500)] = 100) -> list[ProjectView]:
        return [_view(project) for project in await projects.newest(limit)]

    @service.api.get("/projects/{project_id}", dependencies=guarded)
    async def one(project_id: str) -> ProjectView:
        project = await projects.get(project_id)
        if project is None:
            raise HTTPException(404, "no such project")
        return _view(project)


def _view(project: Project) -> ProjectView:
    fields = project.model_dump(include=set(ProjectView.model_fields))
    return ProjectView(**fields, code=short_code(project.id), applied_for=project.person_id is not None)

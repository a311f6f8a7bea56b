"""Where projects are kept."""

from pymongo import DESCENDING, IndexModel

from chassis import Repository, Service

from .domain.project import Applicant, Project


class Projects:
    """Committed projects, for those who look."""

    def __init__(self, service: Service) -> None:
        newest_first = [("proposed_at", DESCENDING), ("_id", DESCENDING)]
        service.keeps(Applicant, "applicants")
        self._projects: Repository[Project] = service.keeps(Project, "projects", indexes=[IndexModel(newest_first)])
        self._newest_first = newest_first

    async def newest(self, limit: int) -> list[Project]:
        """At most `limit` projects, the newest first."""
        return await self._projects.find({}, sort=self._newest_first, limit=limit)

    async def get(self, identifier: str) -> Project | None:
        """One project."""
        return await self._projects.get(identifier)

"""What lets a draft project stand, and what takes its author out of it."""

from anlaufstelle_contracts import GapDetected, PersonErased, ProjectApplied

from chassis import Service, UnitOfWork, short_code

from .domain.project import Applicant, Project, from_gap, from_idea, project_id, without_person
from .domain.words import Drafting


def register(service: Service, drafting: Drafting) -> None:
    """Drafts are written by `drafting`."""

    @service.handles(GapDetected)
    async def propose(gap: GapDetected, uow: UnitOfWork) -> None:
        known = await uow.get(Project, project_id(gap.gap_id))
        project = from_gap(known, gap, drafting.gap_title(gap), drafting.gap_summary(gap), uow.cause.time)
        if project:
            uow.save(project)
            if known is None or project.proposal() != known.proposal():
                uow.emit(project.proposal())

    @service.handles(ProjectApplied)
    async def take_idea(idea: ProjectApplied, uow: UnitOfWork) -> None:
        applicant = await _applicant(idea.person_id, uow)
        if applicant.erased or idea.project_id in applicant.project_ids:
            return
        applicant.project_ids.append(idea.project_id)
        project = from_idea(idea, drafting.idea_title(short_code(idea.project_id)), uow.cause.time)
        uow.save(applicant)
        uow.save(project)
        uow.emit(project.proposal())

    @service.handles(PersonErased)
    async def forget(person: PersonErased, uow: UnitOfWork) -> None:
        applicant = await _applicant(person.person_id, uow)
        for identifier in applicant.project_ids:
            if project := await uow.get(Project, identifier):
                uow.save(without_person(project))
        uow.save(Applicant(id=applicant.id, version=applicant.version, erased=True))


async def _applicant(person_id: str, uow: UnitOfWork) -> Applicant:
    return await uow.get(Applicant, person_id) or Applicant(id=person_id)

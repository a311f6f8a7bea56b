"""Drafts from gaps and from ideas."""

from datetime import UTC, datetime, timedelta

import pytest
from anlaufstelle_contracts import Event, GapDetected, PersonErased, ProjectApplied, ProjectProposed

from chassis import short_code
from services.projects.domain.project import Applicant, Project
from services.projects.main import ProjectsSettings, build
from tests.kit.memory import START, Memory

SINCE = datetime(2026, 11, 3, 23, 30, tzinfo=UTC)


@pytest.fixture
def projects() -> Memory:
    return Memory(build(ProjectsSettings()))


def gap(needs: int = 12, gap_id: str = "g1") -> GapDetected:
    return GapDetected(
        gap_id=gap_id, categories=["animals", "finance", "health"], need_count=needs, person_count=10,
        districts=["Grünau", "Paunsdorf", "Taucha"], reasons=["no_such_offer", "reason_of_next_year"], since=SINCE,
        need_ids=["n1"], keywords=["Tierarzt", "Impfung"],
    )  # fmt: skip


def idea(project_id: str = "pr1", person_id: str = "p1") -> ProjectApplied:
    return ProjectApplied(project_id=project_id, person_id=person_id, text="Хочу вести гурток малювання", language="uk")


def proposal(events: list[Event]) -> ProjectProposed:
    assert len(events) == 1
    assert isinstance(events[0], ProjectProposed)
    return events[0]


async def test_a_gap_becomes_a_draft_with_its_numbers(projects: Memory) -> None:
    draft = proposal(await projects.handle(gap()))
    assert draft.title == "Tiere · Geld und Schulden (Grünau, Paunsdorf)"
    assert draft.summary == (
        "12 Anliegen ohne Hilfe, 10 Menschen, seit 4. November 2026\n"
        "Wo sie wohnen: Grünau, Paunsdorf und Taucha\n"
        "Warum Hilfe fehlt: niemand bietet es an\n"
        "Gemeinsame Wörter: Tierarzt, Impfung"
    )
    assert (draft.gap_id, draft.need_count, draft.person_id) == ("g1", 12, None)
    assert (draft.categories[0], draft.districts) == ("animals", ["Grünau", "Paunsdorf", "Taucha"])


async def test_a_gap_that_grows_stays_one_project(projects: Memory) -> None:
    first = proposal(await projects.handle(gap(12)))
    second = proposal(await projects.handle(gap(15)))
    assert second.project_id == first.project_id
    assert second.need_count == 15
    assert second.summary.startswith("15 Anliegen ohne Hilfe")
    assert await projects.handle(gap(15)) == []
    assert [project.need_count for project in projects.all(Project)] == [15]


async def test_older_numbers_that_come_late_change_nothing(projects: Memory) -> None:
    await projects.handle(gap(15), at=START + timedelta(hours=1))
    assert await projects.handle(gap(12), at=START) == []
    assert [project.need_count for project in projects.all(Project)] == [15]


async def test_another_gap_is_another_project(projects: Memory) -> None:
    first, second = proposal(await projects.handle(gap())), proposal(await projects.handle(gap(gap_id="g2")))
    assert first.project_id != second.project_id


async def test_an_idea_becomes_a_draft_whose_words_stay_in_the_summary(projects: Memory) -> None:
    draft = proposal(await projects.handle(idea()))
    assert draft.title == f"Idee {short_code('pr1')}"
    assert draft.summary == "Хочу вести гурток малювання"
    assert (draft.person_id, draft.gap_id) == ("p1", None)
    assert await projects.handle(idea()) == []


async def test_an_erased_person_leaves_a_draft_without_words(projects: Memory) -> None:
    await projects.handle(idea("pr1"))
    await projects.handle(idea("pr2"))
    await projects.handle(idea("pr3", "p2"))
    assert await projects.handle(PersonErased(person_id="p1")) == []
    left = {project.id: (project.person_id, project.summary, project.language) for project in projects.all(Project)}
    assert left == {"pr1": (None, "", ""), "pr2": (None, "", ""), "pr3": ("p2", "Хочу вести гурток малювання", "uk")}
    assert await projects.handle(idea("pr4")) == []
    assert {applicant.id: applicant.project_ids for applicant in projects.all(Applicant)} == {"p1": [], "p2": ["pr3"]}
    assert len(projects.all(Project)) == 3


@pytest.mark.parametrize(("language", "start"), [
    ("uk", "12 потреб без допомоги, 10 людей, з 4 листопада 2026"),
    ("ru", "12 потребностей без помощи, 10 человек, с 4 ноября 2026"),
    ("en", "12 unmet needs, 10 people, since November 4, 2026"),
])  # fmt: skip
async def test_drafts_in_the_language_of_the_association(language: str, start: str) -> None:
    memory = Memory(build(ProjectsSettings(working_language=language)))
    assert proposal(await memory.handle(gap())).summary.startswith(start)

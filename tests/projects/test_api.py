"""Projects over HTTP, on a real bus and store."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import httpx
import pytest
from anlaufstelle_contracts import GapDetected, ProjectApplied, wrap

from chassis import new_id, short_code
from tests.kit import running
from tests.kit.infra import Bus, Store
from tests.kit.waiting import eventually

HEADERS = {"Authorization": "Bearer test-token"}


@pytest.fixture
async def client(bus: Bus, store: Store) -> AsyncIterator[httpx.AsyncClient]:
    await running.provisioned(bus)
    async with running.started(running.build("projects", running.settings_for("projects", bus, store))) as service:
        transport = httpx.ASGITransport(service.api)
        async with httpx.AsyncClient(transport=transport, base_url="http://projects.test", headers=HEADERS) as asks:
            yield asks


async def test_projects_are_listed_newest_first_and_name_nobody(client: httpx.AsyncClient, bus: Bus) -> None:
    gap = GapDetected(gap_id="g1", categories=["animals"], need_count=3, person_count=2, since=datetime.now(UTC))
    idea = ProjectApplied(project_id="pr1", person_id="p1", text="Хор", language="uk")
    await running.say(bus, *(wrap(event, cause_id=new_id(), position=0, source="test") for event in (gap, idea)))

    async def listed() -> list[dict[str, object]]:
        projects: list[dict[str, object]] = (await client.get("/projects")).json()
        assert len(projects) == 2
        return projects

    newest, oldest = await eventually(listed)
    assert (newest["title"], newest["summary"], newest["applied_for"]) == (f"Idee {short_code('pr1')}", "Хор", True)
    assert (oldest["title"], oldest["need_count"], oldest["person_count"], oldest["gap_id"]) == ("Tiere", 3, 2, "g1")
    assert "p1" not in newest.values()
    assert (await client.get("/projects/pr1")).json() == newest
    assert len((await client.get("/projects?limit=1")).json()) == 1


async def test_what_is_asked_wrongly_is_refused(client: httpx.AsyncClient) -> None:
    assert (await client.get("/projects/nobody-knows")).status_code == 404
    assert (await client.get("/projects?limit=0")).status_code == 422
    assert (await client.get("/projects", headers={"Authorization": "Bearer wrong"})).status_code == 401
    assert (await client.get("/projects/x", headers={"Authorization": ""})).status_code == 401

"""Imports over HTTP: what can be read is taken once, what cannot is told with its place and without its content."""

import json
from pathlib import Path
from typing import Any

import pytest
from anlaufstelle_contracts import OfferChanged, OfferPublished, OfferWithdrawn

from services.matching.importing import read_hsds, read_json_lines
from tests.matching.conftest import OFFERS, VET, Matching, lines

DEVSET = Path(__file__).parents[2] / "data" / "devset"
SERVICE: dict[str, Any] = {
    "id": "ac148810-d857-441c-9679-408f346de14b",
    "name": "Beratung für Angehörige",
    "description": "Wir beraten, wenn jemand in der Familie Pflege braucht.",
    "status": "active",
    "eligibility_description": "Für alle ab 60 Jahren.",
    "minimum_age": 60,
    "assured_date": "2026-10-01",
    "languages": [{"id": "l1", "name": "Ukrainian", "code": "ukr"}, {"id": "l2", "name": "German", "code": "de"}],
    "schedules": [{"id": "s1", "dtstart": "2026-01-01", "until": "2999-12-31", "description": "Mo 9-12"}],
    "service_areas": [{"id": "a1", "name": "Grünau"}, {"id": "a2", "name": "postcodes AB1"}],
    "attributes": [{"id": "t1", "taxonomy_term": {"id": "t", "name": "Behinderung und Pflege", "description": ""}}],
    "contacts": [{"id": "c1", "name": "Ann Persona", "email": "ann@example.org"}],
    "phones": [{"id": "p1", "number": "+49 341 0001234"}],
}


async def test_the_devset_is_imported_once_and_then_unchanged(idle: Matching) -> None:
    await idle.start()
    body = (DEVSET / "offers.jsonl").read_bytes()
    client, headers = idle.clients[0], {"Content-Type": "application/x-ndjson"}
    first = (await client.post("/directory/import?sample=true", content=body, headers=headers)).json()
    assert first == {"published": 150, "changed": 0, "unchanged": 0, "withdrawn": 0, "errors": []}
    again = (await client.post("/directory/import?sample=true", content=body, headers=headers)).json()
    assert again == {"published": 0, "changed": 0, "unchanged": 150, "withdrawn": 0, "errors": []}
    published = await idle.heard(OfferPublished)
    assert len(published) == 150
    assert all(event.sample for event in published)
    assert await idle.heard(OfferChanged) == []


async def test_only_what_is_other_than_before_is_said_and_an_old_state_can_come_back(matching: Matching) -> None:
    other = [OFFERS[0] | {"capacity": 5}, *OFFERS[1:]]
    assert (await matching.load(other))["changed"] == 1
    assert (await matching.load(OFFERS))["changed"] == 1
    changed = await matching.heard(OfferChanged)
    assert [event.capacity for event in changed] == [5, None]


async def test_the_same_key_imports_once(matching: Matching) -> None:
    headers = {"Content-Type": "application/x-ndjson", "Idempotency-Key": "file-1"}
    client = matching.clients[0]
    first = await client.post("/directory/import", content=lines([VET]), headers=headers)
    again = await client.post("/directory/import", content=lines([VET]), headers=headers)
    assert first.json() == again.json()
    assert len(await matching.heard(OfferPublished, offer_id="vet")) == 1


async def test_a_broken_file_says_each_error_and_keeps_what_can_be_read(matching: Matching) -> None:
    secret = "Ivan Secret, +49 341 0009999"
    body = b"\n".join([
        lines([VET]),
        b'{"id": "x1", "title": "' + secret.encode() + b'", ',
        json.dumps({"id": "x2", "title": secret}).encode(),
        json.dumps(VET | {"id": "x3", "category": secret}).encode(),
        json.dumps(VET | {"id": "with space"}).encode(),
        json.dumps(VET | {"id": "x5", "valid_from": "2026-02-01", "valid_until": "2026-01-01"}).encode(),
        b"\xff\xfe\x00",
        lines([VET]),
        b"[" * 100_000,
        b"",
        lines([VET | {"id": "vet-2", "capacity": 2}]),
    ])  # fmt: skip
    answer = await matching.clients[0].post(
        "/directory/import", content=body, headers={"Content-Type": "application/x-ndjson; charset=utf-8"}
    )
    found = answer.json()
    assert answer.status_code == 200
    assert found["published"] == 2
    assert [error["line"] for error in found["errors"]] == [2, 3, 4, 5, 6, 7, 8, 9]
    assert "description" in found["errors"][1]["error"]
    assert "category" in found["errors"][2]["error"]
    assert "Secret" not in answer.text
    assert "0009999" not in answer.text


@pytest.mark.parametrize(
    ("content_type", "body", "status"),
    [
        ("application/json", b"{not json", 400),
        ("application/json", b"", 400),
        ("text/csv", b"id,title", 415),
        ("", b"{}", 415),
        ("application/x-ndjson", b"x" * (10 * 1024 * 1024 + 1), 413),
    ],
)
async def test_what_is_no_directory_at_all_is_refused(matching: Matching, content_type: str, body: bytes, status: int) -> None:
    answer = await matching.clients[0].post("/directory/import", content=body, headers={"Content-Type": content_type})
    assert answer.status_code == status


async def test_without_the_token_nothing_is_told(matching: Matching) -> None:
    client = matching.clients[0]
    for path in ("/directory/offers", "/gaps", "/needs/x"):
        assert (await client.get(path, headers={"Authorization": "Bearer wrong"})).status_code == 401


async def test_hsds_is_imported_and_withdrawn_when_it_is_defunct(matching: Matching) -> None:
    client = matching.clients[0]
    answer = await client.post("/directory/import", json={"total_items": 1, "contents": [SERVICE]})
    assert answer.json()["published"] == 1, answer.text
    event = (await matching.heard(OfferPublished, offer_id=SERVICE["id"]))[0]
    assert event.categories == ["disability_care"]
    assert event.districts == ["Grünau"]
    assert event.languages == ["uk", "de"]
    assert event.audience == ["seniors"]
    assert (str(event.valid_until), str(event.assured_date)) == ("2999-12-31", "2026-10-01")
    assert "Ann" not in event.model_dump_json()
    assert "ann@" not in event.model_dump_json()
    assert event.phone == SERVICE["phones"][0]["number"]
    answer = await client.post("/directory/import", json=SERVICE | {"status": "defunct"})
    assert answer.json()["withdrawn"] == 1
    assert len(await matching.heard(OfferWithdrawn, offer_id=SERVICE["id"])) == 1


async def test_an_id_of_an_offer_that_was_not_imported_is_refused(matching: Matching) -> None:
    offers = matching.services[0].db["offers"]
    await offers.update_one({"_id": "furniture"}, {"$set": {"person_id": "somebody"}})
    found = await matching.load([OFFERS[2] | {"title": "Anderes"}])
    assert found["errors"] == [{"line": None, "path": "furniture", "error": "this id belongs to an offer that was not imported"}]


def test_hsds_in_its_three_shapes_and_with_errors() -> None:
    for shape in (SERVICE, [SERVICE], {"contents": [SERVICE]}):
        assert [entry.id for entry in read_hsds(json.dumps(shape).encode()).entries] == [SERVICE["id"]]
    broken = [SERVICE | {"name": ""}, "text", SERVICE | {"status": "sleeping"}, None]
    reading = read_hsds(json.dumps({"contents": [SERVICE, *broken]}).encode())
    assert len(reading.entries) == 1
    assert [error.where["path"] for error in reading.errors] == ["contents[1]", "contents[2]", "contents[3]", "contents[4]"]
    assert "status" in reading.errors[2].error
    assert "sleeping" not in str(reading.errors)


def test_a_foreign_taxonomy_narrows_the_categories() -> None:
    term = {"taxonomy_term": {"id": "t", "name": "Goods", "description": ""}}
    entry = read_hsds(json.dumps(SERVICE | {"attributes": [term]}).encode()).entries[0]
    assert entry.content.categories == []
    assert {str(category) for category in entry.categories_among} == {"clothing", "digital_sim", "housing_furnishing"}


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm() -> None:
    reading = read_json_lines(b"\xef\xbb\xbf" + lines([VET]) + b"\r\n\r\n" + lines([OFFERS[0]]) + b"\r\n")
    assert [entry.id for entry in reading.entries] == ["vet", OFFERS[0]["id"]]
    assert reading.errors == []

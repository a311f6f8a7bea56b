"""How an organisation is reached: read from a directory, told to who asks, never ranked by, never kept of a private person."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from anlaufstelle_contracts import NeedMatched, OfferPublished, OfferSubmitted, ProviderKind, Reach

from chassis import new_id
from services.matching.domain.decision import decide
from services.matching.importing import read_hsds, read_json_lines
from services.matching.importing.reach import Reachable
from tests.kit import running
from tests.kit.waiting import eventually
from tests.matching.conftest import OFFERS, VET, VETS, Matching, lines, need
from tests.matching.test_decision import TODAY, index_of, make_model, offer
from tests.matching.test_decision import need as asks

ROOT = Path(__file__).parents[2]
WAYS = {
    "address": "Musterstraße 12, 04315 Leipzig", "phone": "+49 341 0002001", "email": "tiere@example.org",
    "url": "https://tiere.example.org/hilfe",
}  # fmt: skip
PERSON = {"id": "c", "name": "Ann Persona", "email": "ann@example.org", "phones": [{"id": "p", "number": "+49 341 0001111"}]}
OFFICE = {
    "id": "d",
    "department": "Empfang",
    "email": "empfang@example.org",
    "phones": [{"id": "p", "number": "+49 341 0003333"}],
}
SERVICE: dict[str, Any] = {
    "id": "s1", "name": "Beratung", "description": "Wir beraten.", "status": "active", "url": "https://beratung.example.org",
    "contacts": [PERSON],
    "phones": [
        {"id": "p1", "number": "+49 341 0002222", "type": "fax"},
        {"id": "p2", "number": '"+49 341 0002000"', "type": "voice", "extension": 17},
    ],
    "service_at_locations": [{"id": "sl", "contacts": [PERSON], "location": {
        "id": "l", "location_type": "physical", "url": "https://haus.example.org",
        "addresses": [
            {"id": "a0", "address_1": "Postfach 1", "city": "Leipzig", "postal_code": "04001", "address_type": "postal"},
            {"id": "a1", "attention": "A. Persona", "address_1": "Beispielweg 3", "address_2": "Hinterhaus", "city": "Leipzig",
             "state_province": "Sachsen", "postal_code": "04109", "country": "DE", "address_type": "physical"},
        ],
    }}],
    "organization": {
        "id": "o", "name": "Verein", "description": "", "website": "https://verein.example.org", "email": "verein@example.org",
        "phones": [{"id": "p3", "number": "+49 341 0004444"}],
    },
}  # fmt: skip


def ways(source: Any) -> dict[str, str | None]:
    return {way: getattr(source, way) for way in Reach.model_fields}


def hsds(**fields: Any) -> dict[str, str | None]:
    reading = read_hsds(json.dumps(SERVICE | fields).encode())
    assert reading.errors == []
    return ways(reading.entries[0].content)


def test_hsds_is_read_from_the_service_else_the_place_else_the_organisation() -> None:
    assert hsds() == {
        "address": "Beispielweg 3, Hinterhaus, 04109 Leipzig", "phone": "+49 341 0002000-17", "email": "verein@example.org",
        "url": "https://beratung.example.org",
    }  # fmt: skip
    assert hsds(phones=None, url="", service_at_locations=[]) == {
        "address": None,
        "phone": "+49 341 0004444",
        "email": "verein@example.org",
        "url": "https://verein.example.org",
    }
    bare = hsds(phones=[], organization=None, url=None, service_at_locations=[])
    assert bare == dict.fromkeys(Reach.model_fields)


def test_of_hsds_contacts_only_those_that_are_nobody_in_particular_are_passed_on() -> None:
    found = hsds(phones=[], contacts=[PERSON, OFFICE])
    assert (found["phone"], found["email"]) == ("+49 341 0003333", "empfang@example.org")
    assert "Persona" not in str(found)


@pytest.mark.parametrize(("field", "value", "said"), [
    ("phone", "bitte klingeln", "is not a phone number"), ("phone", "+49", "is not a phone number"),
    ("phone", "0341 0001234 Frau Persona", "is not a phone number"), ("phone", "1" * 41, "at most 40"),
    ("email", "tiere@example", "is not a mail address"), ("email", "Ann <ann@example.org>", "is not a mail address"),
    ("url", "tiere.example.org", "is not a web page"), ("url", "javascript:alert(1)", "is not a web page"),
    ("url", "https://kasse.example.org@boese.example.org", "is not a web page"),
    ("url", "https://x.org/" + "a" * 300, "at most 300"),
    ("url", "https://x.example.org/\u202e", "has control characters"),
    ("address", "Musterplatz 1\u0000", "has control characters"), ("address", "Platz " * 40, "at most 200"),
])  # fmt: skip
def test_what_has_no_good_form_is_an_error_that_names_the_field_alone(field: str, value: str, said: str) -> None:
    reading = read_json_lines(lines([VET, VET | {"id": "x", field: value}]))
    assert [entry.id for entry in reading.entries] == ["vet"]
    assert [error.where for error in reading.errors] == [{"line": 2}]
    assert reading.errors[0].error.startswith(f"{field}: ")
    assert said in reading.errors[0].error
    assert value not in reading.errors[0].error
    broken: dict[str, Any] = {"phones": [{"number": value}]} if field == "phone" else {field: value}
    if field != "address":  # HSDS has it in parts
        assert said in read_hsds(json.dumps(SERVICE | broken).encode()).errors[0].error


def test_breaks_and_nothing_are_no_error() -> None:
    line = VET | {"address": " Musterplatz 1\r\n04315  Leipzig ", "phone": "", "email": None, "url": " "}
    content = read_json_lines(lines([line])).entries[0].content
    assert ways(content) == {"address": "Musterplatz 1 04315 Leipzig", "phone": None, "email": None, "url": None}


async def test_it_goes_from_the_import_to_who_asks_and_a_change_of_it_alone_is_said(matching: Matching) -> None:
    assert (await matching.load([VET | WAYS]))["published"] == 1
    assert ways((await matching.heard(OfferPublished, offer_id="vet"))[0]) == WAYS
    asked = need(VETS[0])
    await matching.say(asked)
    told = (await matching.first(NeedMatched, need_id=asked.need_id)).offers
    assert next(ways(one) for one in told if one.offer_id == "vet") == WAYS
    shown = await matching.get("/directory/offers")
    assert next({way: one[way] for way in WAYS} for one in shown if one["id"] == "vet") == WAYS
    assert next({way: one[way] for way in WAYS} for one in shown if one["id"] == OFFERS[0]["id"]) == dict.fromkeys(WAYS)
    assert (await matching.load([VET | WAYS]))["unchanged"] == 1
    assert (await matching.load([VET | WAYS | {"phone": "+49 341 0002002"}]))["changed"] == 1


async def test_what_a_private_person_offers_has_none_whatever_is_sent(matching: Matching) -> None:
    assert not Reach.model_fields.keys() & OfferSubmitted.model_fields.keys()
    offered = OfferSubmitted(
        offer_id=new_id(), person_id=new_id(), title="Sofa", description="Verschenke ein Sofa, [phone]",
        categories=["housing_furnishing"], provider_kind=ProviderKind.PRIVATE,
    )  # fmt: skip
    (said,) = await matching.say(offered)
    forged = said.model_copy(update={"id": new_id(), "data": said.data | WAYS | {"offer_id": "forged"}, "subject": "forged"})
    await running.say(matching.bus, forged)
    for offer_id in (offered.offer_id, "forged"):
        await matching.first(OfferSubmitted, offer_id=offer_id)
        answer = await verified(matching, offer_id)
        assert {way: answer[way] for way in WAYS} == dict.fromkeys(WAYS)
        assert ways(await matching.first(OfferPublished, offer_id=offer_id)) == dict.fromkeys(WAYS)


async def verified(matching: Matching, offer_id: str) -> dict[str, Any]:
    """A coordinator shows the offer, as soon as it is there."""

    async def click() -> Any:
        path, headers = f"/offers/{offer_id}/verification", {"Idempotency-Key": new_id()}
        answer = await matching.clients[0].post(path, json={"verified": True}, headers=headers)
        return answer.json() if answer.status_code == 200 else None

    return dict(await eventually(click, timeout=20, interval=0.1))


def test_a_private_persons_line_with_contact_details_is_refused() -> None:
    for way, value in WAYS.items():
        reading = read_json_lines(lines([VET | {"provider_kind": "private", way: value}]))
        assert reading.entries == []
        assert f"{way}: how a private person is reached is not kept here" in reading.errors[0].error
    assert read_json_lines(lines([VET | {"provider_kind": "private"}])).errors == []


def test_nothing_is_ranked_by_it() -> None:
    model, question = make_model(), asks("food", text="Musterstraße 12, Leipzig: їжа, tiere")
    plain = decide(question, index_of(model, offer("a", "food"), offer("b", "food", 0.5)), model, TODAY)
    reachable = decide(question, index_of(model, offer("a", "food"), offer("b", "food", 0.5, **WAYS)), model, TODAY)
    assert [(one.offer_id, one.probability, one.reasons) for one in reachable.offers] == [
        (one.offer_id, one.probability, one.reasons) for one in plain.offers
    ]
    with_ways, without = (read_json_lines(lines([line])).entries[0].content for line in (VET | WAYS, VET))
    assert with_ways.text == without.text


def test_the_sample_directory_has_invented_ways_to_organisations_and_reads_as_the_devset() -> None:
    reading = read_json_lines((ROOT / "deploy" / "sample" / "offers.jsonl").read_bytes())
    assert reading.errors == []
    found = [entry.content for entry in reading.entries]
    assert all(not any(ways(content).values()) for content in found if content.is_private)
    assert sum(any(ways(content).values()) for content in found if not content.is_private) > 100
    for content in found:
        assert re.fullmatch(r"\+49 341 000\d{4}|None", str(content.phone))
        assert re.fullmatch(r"[\w-]+@example\.org|None", str(content.email))
        assert re.fullmatch(r"https://[\w-]+\.example\.org|None", str(content.url))
        assert re.match(r"Muster|Beispiel|None", str(content.address))
    devset = read_json_lines((ROOT / "data" / "devset" / "offers.jsonl").read_bytes())
    nowhere = dict.fromkeys(Reachable.model_fields)
    assert [content.model_copy(update=nowhere) for content in found] == [entry.content for entry in devset.entries]

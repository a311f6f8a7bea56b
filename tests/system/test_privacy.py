"""What people write stands in no log, and no contact detail leaves intake."""

import re
from functools import partial

import httpx
from anlaufstelle_contracts import topology

from tests.kit.waiting import eventually
from tests.system.conftest import System

MESSAGES = (
    "Шукаю курси німецької для мами, їй 62 роки, пишіть на oksana.bez@example.org або +380 00 000 0000",
    "Срочно нужна коляска, мой номер +49 341 0001234, спросить Аллу",
    "Пропоную безкоштовні зошити для школярів, тел. +49 341 000 5678",
    "дякую всім, гарного вечора!",
    "/несуществующая команда",
    "1",
    "🙏🙏🙏",
)
# Organisations in the sample directory have other numbers of the same kind, and mail addresses at the same host.
CONTACTS = ("oksana.bez", "bez@example.org", "0001234", "000 5678", "0005678", "+380", "380000000000")
CYRILLIC = re.compile("[а-яіїєґ]{3,}", re.IGNORECASE)
PERSON = "zebrafalke"


async def test_no_word_of_a_message_in_any_log_and_no_contact_outside_intake(system: System) -> None:
    for number, text in enumerate(MESSAGES):
        await system.say(text, f"{PERSON}-{number}", f"message-{number}")
    await eventually(lambda: _answered(system, f"{PERSON}-0"), timeout=30)
    await system.quiet()
    bus = "\n".join(event.to_json().decode() for event in await system.events())
    await _bad_input(system)
    system.down()
    logs = system.logs()
    assert "started" in logs
    found = [line for line in logs.splitlines() if CYRILLIC.search(line)]
    assert found == []
    for contact in (*CONTACTS, PERSON):
        assert contact not in logs, contact
        assert contact not in bus, contact


async def _answered(system: System, person: str) -> bool:
    return bool(await system.answers(person))


async def _bad_input(system: System) -> None:
    """Everything that is wrong, each with words of a person in it."""
    words = "таємниця oksana.bez@example.org"
    refused = {}
    async with system.http("intake") as intake, system.http("matching") as matching, system.bus() as bus:
        console = "/channels/console/messages"
        json = {"Content-Type": "application/json"}
        refused["no JSON"] = await intake.post(console, content=words.encode(), headers=json)
        refused["binary"] = await intake.post(console, content=b"\xff\xfe\x00" + words.encode())
        refused["wrong shape"] = await intake.post(console, json={"text": [words]})
        refused["1 MB"] = await intake.post(console, json={"from": "x", "text": words * 40_000, "id": "big"})
        refused["no token"] = await httpx.AsyncClient(base_url=str(intake.base_url)).post(console, json={"text": words})
        broken = '{"id": "o1", "title": "таємниця"\n{"title": 5}\n'
        imported = await matching.post(
            "/directory/import", content=broken.encode(), headers={"Content-Type": "application/x-ndjson"}
        )
        assert imported.status_code in (200, 400, 422), imported.text
        assert len(imported.json()["errors"]) == 2
        hsds = await matching.post("/directory/import", json={"name": words})
        assert hsds.status_code in (200, 400, 422)
        assert hsds.json()["errors"]
        await bus.jetstream().publish("internal.needs.articulated.v1.forged", words.encode())
        forged = b'{"specversion": "1.0", "id": "x", "data": {"text": "' + words.encode() + b'"}}'
        await bus.jetstream().publish("internal.messages.requested.v1.forged", forged)
    codes = {name: answer.status_code for name, answer in refused.items()}
    assert codes == {"no JSON": 400, "binary": 415, "wrong shape": 400, "1 MB": 413, "no token": 401}
    for answer in refused.values():
        assert "таємниця" not in answer.text
        assert "detail" in answer.json()
    for service, parked in (("matching", 1), ("intake", 1), ("web", 2)):
        await eventually(partial(_parked, system, service, parked), timeout=20)
    assert set(topology.SERVICES) >= {"matching", "intake", "web"}


async def _parked(system: System, service: str, count: int) -> bool:
    return await system.count(service, "parked") == count

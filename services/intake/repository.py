"""Where intake keeps what it knows, and the questions it asks of it."""

from collections.abc import Sequence
from typing import Any

from pymongo import IndexModel

from chassis import Repository, Service

from .domain.delivery import Delivery, Reference, State
from .domain.groups import Mark, Place, Thread
from .domain.keeping import Note, Spooled
from .domain.person import Address, Alias, Link, Look, Person, Superseded, Words, reachable
from .domain.requests import Progress, Request
from .vault import Vault

VANISHES = [IndexModel("expires_at", expireAfterSeconds=0)]


class OtherKey(Exception):
    """The vault's key is not the one that this store was filled with."""


class Memory:
    """Intake's collections."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self.people: Repository[Person] = service.keeps(Person, "people")
        self.addresses: Repository[Address] = service.keeps(Address, "addresses", [IndexModel("person_id")])
        self.words: Repository[Words] = service.keeps(
            Words, "words", [IndexModel("person_id"), IndexModel("about"), IndexModel("also_about")]
        )
        self.requests: Repository[Request] = service.keeps(Request, "requests", [IndexModel("person_id")])
        self.looks: Repository[Look] = service.keeps(Look, "looks", [IndexModel("need_id")])
        self.deliveries: Repository[Delivery] = service.keeps(
            Delivery,
            "deliveries",
            [
                IndexModel([("person_id", 1), ("number", 1)]),
                IndexModel([("address_id", 1), ("number", 1)]),
                IndexModel([("state", 1), ("lane", 1), ("queue", 1), ("order", 1)]),
                IndexModel("claimed_by"),
                *VANISHES,
            ],
        )

        self.aliases: Repository[Alias] = service.keeps(Alias, "aliases", [IndexModel("person_id")])
        self.links: Repository[Link] = service.keeps(Link, "links", [IndexModel("person_id"), *VANISHES])
        service.keeps(Superseded, "superseded", VANISHES)
        self.places: Repository[Place] = service.keeps(Place, "places")
        self.threads: Repository[Thread] = service.keeps(Thread, "threads", VANISHES)
        self.marks: Repository[Mark] = service.keeps(Mark, "marks", VANISHES)
        self.references: Repository[Reference] = service.keeps(Reference, "references", [IndexModel("person_id"), *VANISHES])
        self.spool: Repository[Spooled] = service.keeps(Spooled, "spool", [IndexModel("channel"), *VANISHES])
        self.notes: Repository[Note] = service.keeps(Note, "notes", VANISHES)

    async def open(self) -> None:
        """Let what is paced by moments vanish when they have passed."""
        await self._service.db["slots"].create_index("expires_at", expireAfterSeconds=0)

    async def check_key(self, vault: Vault) -> None:
        """Refuse to work with a key that cannot open what is there: two replicas with keys of their own would split the people.

        Raises OtherKey.
        """
        marks = self._service.db["vault"]
        mark = vault.name("mark")
        await marks.update_one({"_id": "mark"}, {"$setOnInsert": {"name": mark}}, upsert=True)
        if await marks.find_one({"_id": "mark", "name": mark}) is None:
            raise OtherKey("the vault's key is not the one that this store was filled with; set ANLAUFSTELLE_VAULT_KEY")

    async def sent_to(self, address_id: str, after: int) -> list[Delivery]:
        """What was sent to an address, in order, with numbers above `after`."""
        where = {"address_id": address_id, "state": State.SENT, "number": {"$gt": after}}
        return await self.deliveries.find(where, sort=[("number", 1)])

    async def delivery(self, person_ids: Sequence[str], number: int) -> Delivery | None:
        """The message to a person with a number."""
        found = await self.deliveries.find({"person_id": {"$in": list(person_ids)}, "number": number}, limit=1)
        return found[0] if found else None

    async def where_to_write(self, deliveries: Sequence[Delivery]) -> dict[str, Address]:
        """Where each message goes now, by the message's id; nothing for those that nobody can be reached for."""
        ids = [delivery.person_id for delivery in deliveries if not delivery.farewell]
        people = {person.id: person for person in await self.people.find({"_id": {"$in": ids}})} if ids else {}
        addresses: dict[str, list[Address]] = {}
        for known in await self.addresses.find({"person_id": {"$in": list(people)}}) if people else ():
            addresses.setdefault(known.person_id, []).append(known)
        found: dict[str, Address] = {}
        for delivery in deliveries:
            person, address = people.get(delivery.person_id), delivery.farewell
            if address is None and person:
                address = reachable(person, addresses.get(person.id, ()), delivery.tried)
            if address:
                found[delivery.id] = address
        return found

    async def addresses_of(self, person_id: str) -> list[Address]:
        """Where a person can be reached, or could be."""
        return await self.addresses.find({"person_id": person_id})

    async def words_of(self, person_ids: Sequence[str]) -> list[Words]:
        """Everything kept of what a person said, oldest first."""
        return await self.words.find({"person_id": {"$in": list(person_ids)}}, sort=[("at", 1)])

    async def unsent(self, person_ids: Sequence[str], state: State | None = None) -> list[Delivery]:
        """Messages to a person that wait, or are held until they can be reached."""
        states = [state] if state else [State.WAITING, State.HELD]
        return await self.deliveries.find({"person_id": {"$in": list(person_ids)}, "state": {"$in": states}})

    async def open_requests(self, person_ids: Sequence[str]) -> list[Request]:
        """The needs of a person that nobody closed, oldest first."""
        where = {"person_id": {"$in": list(person_ids)}, "progress": {"$ne": Progress.CLOSED}}
        return await self.requests.find(where, sort=[("at", 1)])

    async def words_about(self, need_id: str) -> list[Words]:
        """The original words of a need, oldest first."""
        return await self.words.find({"$or": [{"about": need_id}, {"also_about": need_id}]}, sort=[("at", 1)])

    async def everything_of(self, person_ids: Sequence[str]) -> list[Any]:
        """All that must go when a person is forgotten, but the person."""
        where = {"person_id": {"$in": list(person_ids)}}
        kinds = (self.addresses, self.words, self.deliveries, self.references, self.requests, self.aliases, self.links)
        return [thing for kind in kinds for thing in await kind.find(where)]

"""Open Referral HSDS 3.0 JSON: a service, a list of services, or a plain array of them. No person is read of."""

import json
from datetime import date
from typing import Annotated, Any, Literal

from anlaufstelle_contracts.taxonomy import LANGUAGES, TERMS, Category, label, open_eligibility
from pydantic import BeforeValidator, ConfigDict, Field, JsonValue, ValidationError

from ..domain.offer import OfferContent
from ..domain.places import city, is_known
from .entry import Broken, Entry, OfferId, Prose, Reading, Short, Strict, Title, explain
from .reach import Reachable

_LANGUAGE_CODES = {"deu": "de", "ger": "de", "ukr": "uk", "rus": "ru", "eng": "en", "ara": "ar", "pol": "pl", "fra": "fr"}
_CHILD, _SENIOR = 18, 60
_NOT_TO_SPEAK = {"fax", "pager", "text", "textphone", "video"}


class Language(Strict):
    """A language spoken."""

    code: str | None = None
    name: str | None = None


class Schedule(Strict):
    """When it is open, and from when to when."""

    dtstart: date | None = None
    until: date | None = None
    description: Prose | None = None


class TaxonomyTerm(Strict):
    """A term of any taxonomy."""

    code: str | None = None
    name: str | None = None


class Attribute(Strict):
    """A classification."""

    taxonomy_term: TaxonomyTerm | None = None


class ServiceArea(Strict):
    """Where it is for."""

    name: Short | None = None


class Phone(Strict):
    """A number; JSON may have it as one."""

    model_config = ConfigDict(coerce_numbers_to_str=True)

    number: str | None = None
    extension: str | None = None
    type: str | None = None

    @property
    def line(self) -> str:
        """As people dial it, nothing when nobody can be spoken with there."""
        number = (self.number or "").strip(' "')
        if not number or (self.type or "").casefold() in _NOT_TO_SPEAK:
            return ""
        return f"{number}-{self.extension}" if self.extension else number


Phones = Annotated[list[Phone], BeforeValidator(lambda value: value or [])]


class Contact(Strict):
    """Whom to turn to. With a name it is a person, whose number and mail are not an organisation's to pass on."""

    name: str | None = None
    email: str | None = None
    phones: Phones = Field([])


class Place(Strict):
    """Base of everything that HSDS lets say how it is reached."""

    email: str | None = None
    url: str | None = None
    phones: Phones = Field([])
    contacts: Annotated[list[Contact], BeforeValidator(lambda value: value or [])] = Field([])

    @property
    def offices(self) -> list[Contact]:
        """Those of its contacts that are nobody in particular."""
        return [contact for contact in self.contacts if not (contact.name or "").strip()]

    @property
    def phone(self) -> str:
        """The first number at which somebody speaks."""
        phones = [*self.phones, *(phone for office in self.offices for phone in office.phones)]
        return next((phone.line for phone in phones if phone.line), "")

    @property
    def mail(self) -> str:
        """The first mail address."""
        return next((mail for mail in (self.email, *(office.email for office in self.offices)) if mail), "")


class Address(Strict):
    """Where it is. A line `attention` is left out: it names people."""

    address_1: str | None = None
    address_2: str | None = None
    city: Short | None = None
    postal_code: str | None = None
    address_type: str | None = None

    @property
    def line(self) -> str:
        """Street, number, postal code and city; nothing without a street."""
        street = [part.strip() for part in (self.address_1, self.address_2) if part and part.strip()]
        town = " ".join(part.strip() for part in (self.postal_code, self.city) if part and part.strip())
        return ", ".join([*street, town]).strip(", ") if street and self.address_type != "virtual" else ""


class Location(Place):
    """A place."""

    addresses: list[Address] = Field([])


class ServiceAtLocation(Place):
    """The service at a place."""

    location: Location | None = None


class Organization(Place):
    """Who offers it."""

    website: str | None = None


class Capacity(Strict):
    """Free places (HSDS 3.1)."""

    available: float = Field(ge=0)


class HsdsService(Place):
    """What is read of a service."""

    id: OfferId
    name: Title
    description: Prose | None = None
    status: Literal["active", "inactive", "defunct", "temporarily closed"]
    eligibility_description: Prose | None = None
    application_process: Prose | None = None
    minimum_age: float | None = None
    maximum_age: float | None = None
    assured_date: date | None = None
    languages: list[Language] = Field([])
    schedules: list[Schedule] = Field([])
    service_areas: list[ServiceArea] = Field([])
    service_at_locations: list[ServiceAtLocation] = Field([])
    organization: Organization | None = None
    attributes: list[Attribute] = Field([])
    service_capacities: list[Capacity] = Field([], description="HSDS 3.1.")

    def entry(self) -> Entry:
        """The offer."""
        terms = [attribute.taxonomy_term for attribute in self.attributes if attribute.taxonomy_term]
        ends, starts = [one.until for one in self.schedules], [one.dtstart for one in self.schedules]
        parts = [self.description, self.eligibility_description, self.application_process]
        content = OfferContent(
            title=self.name,
            description=" ".join(part for part in parts if part),
            categories=list(dict.fromkeys(str(found) for term in terms if (found := _category(term)))),
            districts=self._districts(),
            languages=list(dict.fromkeys(code for one in self.languages if (code := _language(one)))),
            audience=self._audience(),
            valid_from=min(day for day in starts if day) if starts and all(starts) else None,
            valid_until=max(day for day in ends if day) if ends and all(ends) else None,
            capacity=int(sum(one.available for one in self.service_capacities)) if self.service_capacities else None,
            schedule="; ".join(one.description for one in self.schedules if one.description)[:1_000] or None,
            assured_date=self.assured_date,
            **self._reach().model_dump(),
        )
        among = [found for term in terms for found in _below(term)]
        return Entry(id=self.id, content=content, is_active=self.status == "active", categories_among=among)

    def _reach(self) -> Reachable:
        """What the service itself says, else the place, else the organisation. Raises ValidationError when it is malformed."""
        places = [place.location for place in self.service_at_locations if place.location]
        said: list[Place] = [self, *self.service_at_locations, *places, *([self.organization] if self.organization else [])]
        addresses = sorted((one for place in places for one in place.addresses), key=lambda one: one.address_type == "postal")
        website = self.organization.website if self.organization else None
        return Reachable(
            address=next((one.line for one in addresses if one.line), None),
            phone=next((one.phone for one in said if one.phone), None),
            email=next((one.mail for one in said if one.mail), None),
            url=next((url for url in (*(one.url for one in said), website) if url), None),
        )

    def _districts(self) -> list[str]:
        """Named areas that are parts of the city; else towns outside in which it is; else the whole city."""
        areas = [area.name for area in self.service_areas if area.name and is_known(area.name)]
        places = [place.location.addresses for place in self.service_at_locations if place.location]
        towns = [address.city for addresses in places for address in addresses if address.city]
        return list(dict.fromkeys(areas or ([] if city() in towns else towns)))

    def _audience(self) -> list[str]:
        if self.maximum_age is not None and self.maximum_age < _CHILD:
            return ["children"]
        return ["seniors"] if self.minimum_age is not None and self.minimum_age >= _SENIOR else []


def read_hsds(body: bytes) -> Reading:
    """Every service that can be read, and for every other one what is wrong with it. ValueError when the body is no JSON."""
    try:
        document: JsonValue = json.loads(body.removeprefix(b"\xef\xbb\xbf"))
    except json.JSONDecodeError as error:
        raise ValueError(f"not JSON: {error.msg} at line {error.lineno}, column {error.colno}") from None
    except (UnicodeDecodeError, RecursionError) as error:
        raise ValueError(f"not JSON: {type(error).__name__}") from None
    reading = Reading()
    for path, service in _services(document):
        where: dict[str, int | str] = {"path": path}
        try:
            reading.add(where, HsdsService.model_validate(service).entry())
        except ValidationError as error:
            reading.errors.append(Broken(where, explain(error)))
    return reading


def _services(document: Any) -> list[tuple[str, Any]]:
    if isinstance(document, list):
        return [(f"[{index}]", one) for index, one in enumerate(document)]
    if isinstance(document, dict) and isinstance(document.get("contents"), list):
        return [(f"contents[{index}]", one) for index, one in enumerate(document["contents"])]
    return [("service", document)]


def _language(spoken: Language) -> str | None:
    code = (spoken.code or "").lower()
    return _LANGUAGE_CODES.get(code, code) if 2 <= len(code) <= 8 else None


_BY_NAME = {label(category, language).casefold(): category for category in TERMS for language in LANGUAGES}


def _category(term: TaxonomyTerm) -> Category | None:
    """The category that a term names by its id or by its label in any of the four languages."""
    for word in (term.code, term.name):
        if word and word.casefold() in set(Category):
            return Category(word.casefold())
        if word and word.casefold() in _BY_NAME:
            return _BY_NAME[word.casefold()]
    return None


def _below(term: TaxonomyTerm) -> list[Category]:
    """The categories under an Open Eligibility service of that name."""
    words = {word.casefold() for word in (term.code, term.name) if word}
    return [category for category in TERMS if str(open_eligibility(category)).casefold() in words]

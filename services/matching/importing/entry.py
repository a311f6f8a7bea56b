"""What reading a directory gives: entries, and errors that say where and what, without repeating what stood there."""

from dataclasses import dataclass, field
from typing import Annotated

from anlaufstelle_contracts.taxonomy import Category
from anlaufstelle_contracts.values import Id
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from ..domain.offer import OfferContent

Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
Prose = Annotated[str, StringConstraints(strip_whitespace=True, max_length=6_000)]
Short = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
OfferId = Id


class Strict(BaseModel):
    """Base of what is read: fields that nobody asked for are left aside."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)


class Entry(BaseModel):
    """One offer as it was read. Without categories they are predicted, among `categories_among` where that says something."""

    id: str
    content: OfferContent
    is_active: bool = True
    categories_among: list[Category] = Field([], description="Where a foreign taxonomy leaves a choice.")


@dataclass(frozen=True)
class Broken:
    """Something that could not be read."""

    where: dict[str, int | str]
    error: str


@dataclass
class Reading:
    """All of a file."""

    entries: list[Entry] = field(default_factory=list)
    errors: list[Broken] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)

    def add(self, where: dict[str, int | str], entry: Entry) -> None:
        """Take an entry, unless its id was there before."""
        if entry.id in self.ids:
            self.errors.append(Broken(where, "id: this id is in the file before"))
            return
        self.ids.add(entry.id)
        self.entries.append(entry)


def explain(error: ValidationError) -> str:
    """Which fields are wrong and how, without their content."""
    return "; ".join(
        f"{'.'.join(map(str, one['loc'])) or 'record'}: {one['msg']}"
        for one in error.errors(include_input=False, include_url=False)[:5]
    )

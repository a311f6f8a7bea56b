"""JSON Lines: one offer a line, as in data/devset/offers.jsonl."""

import json
from datetime import date
from typing import Annotated, Self

from anlaufstelle_contracts import Horizon, ProviderKind
from anlaufstelle_contracts.taxonomy import Category
from anlaufstelle_contracts.values import Language
from pydantic import Field, ValidationError, model_validator

from ..domain.offer import OfferContent
from .entry import Broken, Entry, OfferId, Prose, Reading, Short, Title, explain
from .reach import Reachable


class Line(Reachable):
    """One line."""

    id: OfferId
    title: Title
    description: Prose
    category: Category | None = None
    also: list[Category] = Field([])
    districts: list[Short] = Field([])
    languages_spoken: list[Language] = Field([])
    audience: list[Short] = Field([])
    horizon: list[Horizon] = Field([])
    valid_from: date | None = None
    valid_until: date | None = None
    capacity: Annotated[int, Field(ge=0)] | None = None
    provider_kind: ProviderKind = ProviderKind.ASSOCIATION
    schedule: Prose | None = None
    assured_date: date | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.valid_from and self.valid_until and self.valid_from > self.valid_until:
            raise ValueError("valid_from is after valid_until")
        return self

    @model_validator(mode="after")
    def _of_an_organisation(self) -> Self:
        named = [name for name in Reachable.model_fields if getattr(self, name)]
        if named and self.provider_kind is ProviderKind.PRIVATE:
            raise ValueError(f"{', '.join(named)}: how a private person is reached is not kept here")
        return self

    def entry(self) -> Entry:
        """The offer."""
        fields = self.model_dump(exclude={"id", "category", "also", "languages_spoken"})
        categories = list(dict.fromkeys(map(str, [*([self.category] if self.category else []), *self.also])))
        return Entry(id=self.id, content=OfferContent(**fields, categories=categories, languages=self.languages_spoken))


def read_json_lines(body: bytes) -> Reading:
    """Every line that is an offer, and for every other one what is wrong with it."""
    reading = Reading()
    for number, line in enumerate(body.removeprefix(b"\xef\xbb\xbf").split(b"\n"), start=1):
        if not line.strip():
            continue
        where: dict[str, int | str] = {"line": number}
        try:
            reading.add(where, Line.model_validate(json.loads(line)).entry())
        except ValidationError as error:
            reading.errors.append(Broken(where, explain(error)))
        except json.JSONDecodeError as error:
            reading.errors.append(Broken(where, f"not JSON: {error.msg} at column {error.colno}"))
        except (UnicodeDecodeError, RecursionError) as error:
            reading.errors.append(Broken(where, f"not JSON: {type(error).__name__}"))
    return reading

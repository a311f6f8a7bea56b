"""The places that events name: a folder says which there are, so that another city needs another folder and no other code.

`places.tsv` is read by whoever has to do with places; `labels.tsv` may give the categories other names (see `taxonomy.relabel`).
"""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

CITY, OUTSIDE = "*", "-"
"""What stands for the area of the city itself, and of a town outside."""


class BadPlaceFile(ValueError):
    """A file of the folder cannot be used; the message says which line, and why."""


class Place(NamedTuple):
    """A place: its name, the area that it lies in, and how it is recognised in what people write."""

    name: str
    area: str
    spellings: tuple[str, ...]


def read_places(folder: Path) -> tuple[Place, ...]:
    """The places of a folder. Raises BadPlaceFile."""
    file, places = folder / "places.tsv", list[Place]()
    for number, (name, area, *spellings) in read_rows(file, least=2):
        if any(place.name == name for place in places):
            raise BadPlaceFile(f"{file}, line {number}: {name!r} stands there twice")
        places.append(Place(name, area, tuple(spellings)))
    if sum(place.area == CITY for place in places) != 1:
        raise BadPlaceFile(f"{file}: exactly one place must be the city itself, with {CITY!r} for its area")
    return tuple(places)


def read_rows(file: Path, least: int) -> Iterator[tuple[int, list[str]]]:
    """The rows of a table, split at tabs, with their line numbers; without comments. Raises BadPlaceFile."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadPlaceFile(f"{file} cannot be read: {error}") from error
    for number, line in enumerate(lines, 1):
        if line.strip() and not line.startswith("#"):
            cells = line.split("\t")
            if len(cells) < least or not all(cell.strip() for cell in cells):
                raise BadPlaceFile(f"{file}, line {number}: at least {least} columns, separated by tabs, none of them empty")
            yield number, cells

"""Hypothesis strategies for every event, from its annotations."""

import string
from datetime import UTC, date, datetime
from enum import Enum
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from hypothesis import strategies as st
from pydantic import AwareDatetime, BaseModel
from pydantic.fields import FieldInfo

Strategy = st.SearchStrategy[Any]

CONSTRAINTS = ("ge", "le", "min_length", "max_length", "pattern")
PATTERNS = {
    "^[A-Za-z0-9_-]+$": string.ascii_letters + string.digits + "_-",
    "^[a-z][a-z0-9_]*$": string.ascii_lowercase,
}
PLAIN: dict[Any, Strategy] = {
    bool: st.booleans(),
    date: st.dates(),
    NoneType: st.none(),
    AwareDatetime: st.datetimes(min_value=datetime(2000, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - it wants it naive
}


def value(annotation: Any, metadata: list[Any]) -> Strategy:
    """Values of a type with its constraints."""
    if annotation in PLAIN:
        return PLAIN[annotation]
    origin = get_origin(annotation)
    if origin is Annotated:
        inner, *own = get_args(annotation)
        return value(inner, [*metadata, *(m for item in own for m in (item.metadata if isinstance(item, FieldInfo) else [item]))])
    if origin in (Union, UnionType):
        return st.one_of(*(value(branch, metadata) for branch in get_args(annotation)))
    limits = {name: getattr(m, name) for m in metadata for name in CONSTRAINTS if getattr(m, name, None) is not None}
    if origin is list:
        (item,) = get_args(annotation)
        return st.lists(value(item, []), min_size=limits.get("min_length", 0), max_size=3)
    if origin is dict:
        keys, values = get_args(annotation)
        return st.dictionaries(value(keys, []), value(values, []), max_size=3)
    if annotation is str:
        if "pattern" in limits:
            return st.text(PATTERNS[limits["pattern"]], min_size=1, max_size=20)
        characters = st.characters(exclude_categories=["Cs"])
        return st.text(characters, min_size=limits.get("min_length", 0), max_size=limits.get("max_length", 20))
    if annotation is int:
        return st.integers(min_value=limits.get("ge", -(2**53)), max_value=2**53)
    if annotation is float:
        return st.floats(min_value=limits["ge"], max_value=limits["le"])
    if issubclass(annotation, Enum):
        return st.sampled_from(annotation)
    return model(annotation)


def model(kind: type[BaseModel]) -> Strategy:
    """Instances of a model, optional fields sometimes left out."""
    required: dict[str, Strategy] = {}
    optional: dict[str, Strategy] = {}
    for name, field in kind.model_fields.items():
        (required if field.is_required() else optional)[name] = value(field.annotation, field.metadata)
    return st.fixed_dictionaries(required, optional=optional).map(kind.model_validate)

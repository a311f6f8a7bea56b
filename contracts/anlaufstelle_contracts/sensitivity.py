"""Who may read a field: every field of a contract is internal unless it says `Public[...]`.

The public view of an event is derived from the same class, so that no code path builds a public event by hand.
"""

from enum import StrEnum
from functools import cache
from typing import Annotated, Any, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, create_model
from pydantic.fields import FieldInfo

T = TypeVar("T")


class Sensitivity(StrEnum):
    """`PUBLIC` may reach partners and web pages; `INTERNAL` never leaves the association's services."""

    PUBLIC = "public"
    INTERNAL = "internal"


Public = Annotated[T, Sensitivity.PUBLIC]
Internal = Annotated[T, Sensitivity.INTERNAL]


def sensitivity(field: FieldInfo) -> Sensitivity:
    """The declared sensitivity of a model's field, `INTERNAL` when it declares none."""
    return next((m for m in field.metadata if isinstance(m, Sensitivity)), Sensitivity.INTERNAL)


@cache
def public_view(model: type[BaseModel]) -> type[BaseModel] | None:
    """The model with only the public fields of `model`, or None when it has none.

    Raises TypeError when a public field holds a model of its own: what is public is flat, so that it can be read at a glance.
    """
    fields = {name: field for name, field in model.model_fields.items() if sensitivity(field) is Sensitivity.PUBLIC}
    if not fields:
        return None
    for name, field in fields.items():
        if _holds_model(field.annotation):
            raise TypeError(f"{model.__name__}.{name} is public and holds a model; public fields are flat")
    view: type[BaseModel] = create_model(
        model.__name__,
        __config__=ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True),
        __doc__=model.__doc__,
        **{name: (field.annotation, field) for name, field in fields.items()},  # type: ignore[call-overload]
    )
    return view


def _holds_model(annotation: Any) -> bool:
    """Whether a model stands anywhere in a type, e.g. in `list[ReferredOffer]`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return True
    return any(map(_holds_model, get_args(annotation)))

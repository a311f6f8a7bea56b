"""How to reach an organisation, as a directory may say it. People ring and click what stands here, so each has a form to keep."""

import re
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field

from .entry import Strict

_PHONE = re.compile(r"\+?\(?[0-9](?:[ ()/.–-]*[0-9]){2,16}")
_EMAIL = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@[\w-]+(?:\.[\w-]+)+")
_URL = re.compile(r"https?://[\w-]+(?:\.[\w-]+)+(?::[0-9]{1,5})?(?:[/?#][^\s<>\"]*)?", re.IGNORECASE)
"""A host alone before the path: with a name and an @ before it, a page can look like another's."""


def _on_one_line(value: object) -> object:
    """Without breaks and double spaces; None when nothing stands there."""
    return " ".join(value.split()) or None if isinstance(value, str) else value


def _printable(value: str) -> str:
    if not value.isprintable():
        raise ValueError("has control characters")
    return value


def _formed(form: re.Pattern[str], wanted: str) -> AfterValidator:
    def check(value: str) -> str:
        if not form.fullmatch(value):
            raise ValueError(f"is not {wanted}")
        return value

    return AfterValidator(check)


_OneLine = BeforeValidator(_on_one_line)
_Printable = AfterValidator(_printable)


class Reachable(Strict):
    """What is read of it."""

    address: Annotated[Annotated[str, Field(max_length=200), _Printable] | None, _OneLine] = None
    phone: Annotated[Annotated[str, Field(max_length=40), _formed(_PHONE, "a phone number")] | None, _OneLine] = None
    email: Annotated[Annotated[str, Field(max_length=254), _formed(_EMAIL, "a mail address")] | None, _OneLine] = None
    url: Annotated[
        Annotated[str, Field(max_length=300), _Printable, _formed(_URL, "a web page (http:// or https://)")] | None, _OneLine
    ] = None

"""What a need or an offer is on the bus, made of the words in which it was said."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from anlaufstelle_contracts import NeedArticulated, OfferSubmitted, ProviderKind

from .extraction import facts
from .parts import parts
from .topics import topics

TITLE_LENGTH = 80


@dataclass(frozen=True)
class Saying:
    """Who said it, where and how, redacted."""

    person_id: str
    channel: str
    language: str
    text: str
    district: str | None = None
    """Where they live as far as they told before."""
    topic: str | None = None
    """The category of the place where it was said."""
    review: bool = False
    """A coordinator is to see it before anybody is answered."""
    is_silent: bool = False
    """Nobody is answered where it was said, and no coordinator asked."""


def needs(said: Saying, new_id: Callable[[], str], *, emergency: bool = False) -> list[NeedArticulated]:
    """The needs of a text; place, people and how long they stay hold for all that was said with it. Danger is not divided."""
    around = facts(said.text)
    found = []
    for part in [said.text] if emergency else parts(said.text):
        stated = facts(part)
        found.append(
            NeedArticulated(
                need_id=new_id(),
                person_id=said.person_id,
                text=part,
                language=said.language,
                categories=_categories(part, said.topic),
                urgency=stated.urgency,
                horizon=stated.horizon or around.horizon,
                district=stated.district or around.district or said.district,
                people=stated.people or around.people,
                channel=said.channel,
                emergency=emergency,
                review=said.review and not said.is_silent,
                silent=said.is_silent,
            )
        )
    return found


def offer(said: Saying, offer_id: str) -> OfferSubmitted:
    """The offer of a text."""
    district = facts(said.text).district
    return OfferSubmitted(
        offer_id=offer_id,
        person_id=said.person_id,
        title=_title(said.text),
        description=said.text,
        language=said.language,
        categories=[said.topic] if said.topic else [],
        districts=[district] if district else [],
        provider_kind=ProviderKind.PRIVATE,
    )


def _categories(text: str, topic: str | None) -> list[str]:
    return [topic] if topic else topics(text)


def _title(text: str) -> str:
    """The first sentence of an offer, cut between words."""
    first = re.split(r"(?<=[.!?])\s|\n", text.strip(), maxsplit=1)[0]
    return first if len(first) <= TITLE_LENGTH else first[:TITLE_LENGTH].rsplit(" ", 1)[0] + " …"

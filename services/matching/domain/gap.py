"""A gap: a theme of unmet needs that gathers as they arrive, keeps its id, and says so when enough people ask."""

from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from math import sqrt
from typing import Self
from uuid import UUID, uuid5

import numpy as np
from anlaufstelle_contracts import GapClosed, GapDetected
from anlaufstelle_contracts.taxonomy import LANGUAGES, label
from pydantic import BaseModel, Field

from .concepts import concepts
from .model import Model, from_bytes, unit
from .need import Need
from .words import stems

_GAPS = UUID("c0a4b1a2-6f53-5d52-9a77-0d9d6a0f3b1e")
_NAMED_BY = 3
"""A district is told only when so many people named it: fewer could be recognised."""
_KEYWORDS = 8
_IN_A_LABEL = 2


@dataclass(frozen=True)
class Thresholds:
    """When unmet needs are a gap, in people who ask, and for how many days a need is waiting.

    A theme has the number of its main category, or the general one. It is also a gap when as many people as an urgency says need
    it that urgently.
    """

    people: int
    days: int
    by_category: Mapping[str, int] = field(default_factory=dict)
    by_urgency: Mapping[str, int] = field(default_factory=dict)

    @property
    def least(self) -> int:
        """No gap has fewer needs."""
        return min([self.people, *self.by_category.values(), *self.by_urgency.values()])

    def are_reached(self, needs: Sequence[Need], categories: Sequence[str]) -> bool:
        """Whether needs of a theme with these categories, commonest first, are a gap."""
        people = {need.person_id for need in needs}
        if len(people) >= self.by_category.get(categories[0] if categories else "", self.people):
            return True
        return any(
            len({need.person_id for need in needs if need.urgency == urgency}) >= least
            for urgency, least in self.by_urgency.items()
        )


class Gap(BaseModel):
    """The theme of `count` unmet needs. `total` is the sum of their embeddings (float64), so that a need can leave again."""

    id: str
    version: int = 0
    encoder: str = Field(description="What embedded its needs.")
    count: int = 0
    total: bytes = b""
    named: dict[str, int] = Field({}, description="Concrete things that its needs name, and how many of them do.")
    grown_at: datetime = Field(description="When the last need joined, UTC.")
    announced: int = Field(0, description="How many needs it had when it was last announced; 0: never.")
    announced_at: datetime | None = None
    closed_at: datetime | None = None
    closed_by: str | None = Field(None, description="The offer that covers it.")

    @classmethod
    def opened(cls, first: Need, now: datetime) -> Self:
        """A theme for a need that fits into none. Its id is the same however often that is tried with the same need."""
        return cls(id=str(uuid5(_GAPS, f"{first.id}|{first.version}")), encoder=first.encoder, grown_at=now)

    def joined(self, need: Need, now: datetime) -> Self:
        """With one more need."""
        return self._changed(need, +1).model_copy(update={"grown_at": now})

    def left(self, need: Need, now: datetime, offer_id: str | None) -> tuple[Self, GapClosed | None]:
        """With one need less: referred to an offer, or gone. Closed when an offer took half of it, or nothing is left."""
        gap = self._changed(need, -1)
        covered = offer_id is not None and gap.count * 2 <= self.announced
        if not self.announced or self.closed_at or not (covered or gap.count == 0):
            return gap, None
        closed = gap.model_copy(update={"closed_at": now, "closed_by": offer_id})
        return closed, GapClosed(gap_id=self.id, offer_id=offer_id)

    def announce(self, needs: Sequence[Need], evidence: "Evidence", now: datetime) -> tuple[Self, GapDetected]:
        """Say that something is missing, with what these of its needs (at least one) have in common."""
        gap = self.model_copy(update={"announced": self.count, "announced_at": now})
        return gap, GapDetected(gap_id=self.id, need_ids=[need.id for need in needs], **evidence.model_dump())

    def _changed(self, need: Need, sign: int) -> Self:
        vector = from_bytes(need.vector).astype(np.float64)
        before = np.frombuffer(self.total, dtype=np.float64) if self.total else np.zeros_like(vector)
        named = Counter(self.named)
        named.update(dict.fromkeys(concepts(need.text).wider, sign))
        return self.model_copy(update={
            "count": self.count + sign, "total": (before + sign * vector).tobytes(), "named": dict(+named),
        })  # fmt: skip

    def likeness(self, things: Container[str], size: int) -> float:
        """Cosine of the things that its needs name and `size` things that one need names."""
        length = sqrt(size * sum(count * count for count in self.named.values()))
        return sum(count for thing, count in self.named.items() if thing in things) / length if length else 0.0


class Evidence(BaseModel):
    """What is known of the needs of a gap; fields as in GapDetected."""

    categories: list[str]
    need_count: int
    person_count: int
    districts: list[str]
    reasons: list[str]
    since: datetime | None
    keywords: list[str]
    labels: dict[str, str]

    @classmethod
    def of(cls, needs: Sequence[Need], everyday_stems: Container[str]) -> Self:
        """Count. Words that everybody uses label nothing."""
        asked = [need.articulated_at for need in needs if need.articulated_at]
        places = Counter(district for district, _ in {(need.district, need.person_id) for need in needs if need.district})
        categories = _commonest(category for need in needs for category in need.categories[:2])[:3]
        keywords = _shared_words(needs, everyday_stems)
        return cls(
            categories=categories,
            need_count=len(needs),
            person_count=len({need.person_id for need in needs}),
            districts=[place for place, people in places.most_common() if people >= _NAMED_BY],
            reasons=_commonest(need.reason for need in needs if need.reason),
            since=min(asked, default=None),
            keywords=keywords,
            labels={
                language: _label(categories, language, _shared_words(
                    [need for need in needs if need.language == language], everyday_stems,
                ) or keywords) for language in LANGUAGES
            },
        )  # fmt: skip


def choose(need: Need, gaps: Sequence[Gap], model: Model) -> Gap | None:
    """The one of some open gaps that a need belongs to, or None when it is a theme of its own."""
    if not gaps:
        return None
    totals = np.stack([np.frombuffer(gap.total, dtype=np.float64) for gap in gaps]).astype(np.float32)
    themes = model.map_needs(unit(totals))
    own = model.map_needs(from_bytes(need.vector)[None, :])
    shared_topics = np.sqrt(model.topic_shares(themes)) @ np.sqrt(model.topic_shares(own)[0])
    things = concepts(need.text).wider
    shared_things = np.array([gap.likeness(things, len(things)) for gap in gaps])
    alike = themes @ own[0] + model.numbers.gap_topic_weight * shared_topics + model.numbers.gap_concept_weight * shared_things
    best = int(np.argmax(alike))
    return gaps[best] if alike[best] >= model.numbers.gap_similarity else None


def is_due(gap: Gap, needs: Sequence[Need], evidence: Evidence, thresholds: Thresholds) -> bool:
    """Whether a gap is to be announced: it reached its threshold, or doubled since it was last announced."""
    if gap.closed_at or gap.count < 2 * gap.announced:
        return False
    return thresholds.are_reached(needs, evidence.categories)


def _label(categories: Sequence[str], language: str, words: Sequence[str]) -> str:
    """`Tiere: Tierarzt, Impfung`: the main category, and words that people who write this language share (or all, if none do)."""
    named = label(categories[0], language) if categories else ""
    return ": ".join(part for part in (named, ", ".join(words[:_IN_A_LABEL])) if part)


def _commonest(values: Iterable[str]) -> list[str]:
    return [value for value, _ in Counter(values).most_common()]


def _shared_words(needs: Sequence[Need], everyday_stems: Container[str]) -> list[str]:
    """Words that at least a third, and two, of the people share, as they are most often written."""
    by_stem: dict[str, Counter[str]] = {}
    said_by: dict[str, set[str]] = {}
    for need in needs:
        text = need.text if need.language == "de" else need.text.lower()  # German nouns keep their capitals
        words = text.replace(",", " ").replace(".", " ").split()
        for stem in stems(need.text):
            said_by.setdefault(stem, set()).add(need.person_id)
            by_stem.setdefault(stem, Counter()).update(word for word in words if word.lower().startswith(stem) and word.isalpha())
    least = max(2, len({need.person_id for need in needs}) // 3)
    common = sorted((stem for stem in said_by if len(said_by[stem]) >= least), key=lambda stem: (-len(said_by[stem]), stem))
    shared = [stem for stem in common if stem not in everyday_stems and by_stem[stem]]
    return [by_stem[stem].most_common(1)[0][0] for stem in shared[:_KEYWORDS]]

"""Themes of unmet needs."""

from pydantic import AwareDatetime, Field

from .event import Event
from .sensitivity import Public
from .values import Code, Id, Open, UnmetReason


class GapDetected(Event, context="gaps", name="detected", aggregate="gap_id"):
    """Enough similar needs stayed unmet: something is missing."""

    gap_id: Public[Id] = Field(description="The gap.")
    categories: Public[list[Code]] = Field(description="Taxonomy ids, commonest first.")
    need_count: Public[int] = Field(ge=1, description="Unmet needs in the theme.")
    person_count: Public[int] = Field(ge=1, description="Different people who asked.")
    districts: Public[list[str]] = Field([], description="Where they live, commonest first; only those named by at least three.")
    reasons: Public[list[Open[UnmetReason]]] = Field([], description="Why the needs were unmet, commonest first.")
    since: Public[AwareDatetime] = Field(description="When the first of these needs was articulated, UTC.")
    need_ids: list[Id] = Field([], description="The needs of the theme.")
    keywords: list[str] = Field([], description="Words that several of the needs share.")
    labels: dict[str, str] = Field({}, description="The theme in a few words, by language (uk, ru, de, en).")


class GapClosed(Event, context="gaps", name="closed", aggregate="gap_id"):
    """An offer covers the theme now, or its needs were withdrawn."""

    gap_id: Public[Id] = Field(description="The gap.")
    offer_id: Public[Id | None] = Field(None, description="The offer that covers it; null: its needs were withdrawn.")

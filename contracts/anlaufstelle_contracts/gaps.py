"""Themes of unmet needs."""

from datetime import datetime

from pydantic import Field

from .event import Event
from .sensitivity import Public
from .values import UnmetReason


class GapDetected(Event, context="gaps", name="detected", aggregate="gap_id"):
    """Enough similar needs stayed unmet: something is missing."""

    gap_id: Public[str]
    categories: Public[list[str]] = Field(description="Taxonomy ids, commonest first.")
    need_count: Public[int] = Field(ge=1, description="Unmet needs in the theme.")
    person_count: Public[int] = Field(ge=1, description="Different people who asked.")
    districts: Public[list[str]] = Field([], description="Where they live, commonest first; only those named by at least three.")
    reasons: Public[list[UnmetReason | str]] = Field([], description="Why the needs were unmet, commonest first.")
    since: Public[datetime] = Field(description="When the first of these needs was articulated, UTC.")
    need_ids: list[str] = []
    keywords: list[str] = Field([], description="Words that several of the needs share, for a label.")


class GapClosed(Event, context="gaps", name="closed", aggregate="gap_id"):
    """An offer covers the theme now, or its needs were withdrawn."""

    gap_id: Public[str]
    offer_id: Public[str | None] = None

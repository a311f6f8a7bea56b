"""The read model: what the desk shows of needs, gaps, offers and projects.

Events come in any order. Every group of fields remembers the stamp of the event it is from, and only a later one changes it.
"""

from datetime import date, datetime
from hashlib import sha256
from typing import Literal

from anlaufstelle_contracts import (
    Answer,
    Event,
    GapClosed,
    GapDetected,
    MessageDelivered,
    MessageFailed,
    MessageRequested,
    NeedArticulated,
    NeedMatched,
    NeedUnmet,
    NeedWithdrawn,
    OfferChanged,
    OfferCheckRequested,
    OfferDeclined,
    OfferPublished,
    OfferRetracted,
    OfferSubmitted,
    OfferWithdrawn,
    ProjectProposed,
    Reach,
    ReferralAnswered,
    ReferredOffer,
    ReviewRequested,
)
from pydantic import BaseModel, Field

OfAnOffer = (
    OfferPublished | OfferChanged | OfferWithdrawn | OfferCheckRequested | OfferSubmitted | OfferDeclined | OfferRetracted
)  # fmt: skip
State = Literal["new", "review", "matched", "unmet", "withdrawn"]
Reached = Literal["", "on_its_way", "delivered", "failed"]

PROJECT_STAGES = {
    "proposed": 0, "consultation_opened": 1, "approved": 2, "declined": 2, "started": 3, "completed": 4,
}  # fmt: skip
"""How far an event takes a project; of equally far ones the later counts."""


def stamp(time: datetime, cause_id: str) -> str:
    """Orders events: by their time, then by their id."""
    return f"{time.isoformat(timespec='milliseconds')}|{cause_id}"


class Stamped(BaseModel):
    """A view whose groups of fields know how new they are."""

    id: str
    version: int = 0
    stamps: dict[str, str] = {}

    def renew(self, group: str, new: str) -> bool:
        """Whether an event is newer than what the group holds; if so, it counts from now on."""
        if new <= self.stamps.get(group, ""):
            return False
        self.stamps[group] = new
        return True


class OfferLine(Reach):
    """An offer as a referral or a review names it."""

    id: str
    title: str
    description: str = ""
    districts: list[str] = Field([])
    schedule: str | None = None
    probability: float
    reasons: list[str] = Field([])


class NeedView(Stamped):
    """A need with its decision and what became of it."""

    person_id: str = ""
    at: datetime
    text: str = ""
    language: str = ""
    said_categories: list[str] = []
    decided_categories: list[str] = []
    categories: list[str] = Field([], description="Those of the decision, else those of the words.")
    urgency: str = ""
    district: str = ""
    people: int | None = None
    channel: str = ""
    emergency: bool = False
    decision: Literal["", "review", "matched", "unmet"] = ""
    decided_at: datetime | None = None
    reason: str = ""
    offers: list[OfferLine] = []
    answer: str = ""
    reached: Reached = ""
    withdrawn: bool = False
    state: State = "new"
    waiting: bool = False

    def apply(self, event: Event, time: datetime, cause_id: str) -> None:
        """Take in an event about this need."""
        new = stamp(time, cause_id)
        self.at = min(self.at, time)
        if isinstance(event, NeedArticulated | ReviewRequested):
            self.emergency = self.emergency or event.emergency
        match event:
            case NeedArticulated():
                self._articulated(event, new)
            case NeedMatched() | NeedUnmet() | ReviewRequested():
                self._decided(event, time, new)
            case NeedWithdrawn():
                self.withdrawn = True
            case ReferralAnswered() if self.renew("answer", new):
                self.answer = str(event.answer)
            case MessageRequested() | MessageDelivered() | MessageFailed() if self.renew("message", new):
                reached: dict[type[Event], Reached] = {MessageRequested: "on_its_way", MessageDelivered: "delivered"}
                self.reached = reached.get(type(event), "failed")
        self.categories = self.decided_categories or self.said_categories
        self.state = "withdrawn" if self.withdrawn else self.decision or "new"
        asks_for_human = self.answer == Answer.HUMAN and self.stamps["answer"] > self.stamps.get("decision", "")
        self.waiting = not self.withdrawn and (self.decision == "review" or asks_for_human)

    def _articulated(self, event: NeedArticulated, new: str) -> None:
        if not self.renew("words", new):
            return
        self.person_id, self.text, self.language = event.person_id, event.text, event.language
        self.urgency, self.district, self.people = str(event.urgency or ""), event.district or "", event.people
        self.channel = event.channel
        self.said_categories = event.categories

    def _decided(self, event: NeedMatched | NeedUnmet | ReviewRequested, time: datetime, new: str) -> None:
        if not self.renew("decision", new):
            return
        self.person_id, self.decided_at = event.person_id, time
        self.decided_categories = event.categories
        self.reason = str(event.reason) if isinstance(event, NeedUnmet) else ""
        match event:
            case NeedMatched():
                self.decision, self.offers = "matched", lines(event.offers)
            case NeedUnmet():
                self.decision, self.offers = "unmet", []
            case ReviewRequested():
                self.decision, self.offers = "review", lines(event.candidates)


def lines(offers: list[ReferredOffer]) -> list[OfferLine]:
    """Offers as the desk keeps them."""
    return [OfferLine(id=offer.offer_id, **offer.model_dump(mode="json", exclude={"offer_id"})) for offer in offers]


class OfferView(Stamped, Reach):
    """As much of an offer as is counted, and whether a coordinator is to look at it: because it is new, or nobody is reached.

    How an organisation is reached is kept for the coordinator who is to try it.
    """

    shown: bool = False
    sample: bool = False
    assured_date: date | None = None
    check_asked_on: date | None = None
    title: str = Field("", description="Only while it is to be checked.")
    to_check: bool = False
    words: str = Field("", description="What a person offers, only while a coordinator is to decide whether it is shown.")
    submitted_at: datetime | None = None
    to_verify: bool = False
    forgotten: bool = Field(False, description="Its giver took it back or was erased: nothing brings its words here again.")

    @property
    def words_seen(self) -> str:
        """Names the words that are shown: SHA-256, hex."""
        return sha256(self.words.encode()).hexdigest()

    def apply(self, event: OfAnOffer, time: datetime, cause_id: str) -> None:
        """Take in what became of the offer. Other words are to be looked at anew."""
        new = stamp(time, cause_id)
        match event:
            case OfferSubmitted() if event.person_id and self.renew("words", new):
                self.words, self.submitted_at = event.description, time
            case OfferCheckRequested():
                if self.renew("check", new):
                    self.check_asked_on, self.title = time.date(), event.title
            case OfferPublished() | OfferChanged() | OfferWithdrawn() if self.renew("state", new):
                self.shown = not isinstance(event, OfferWithdrawn)
                self.sample = not isinstance(event, OfferWithdrawn) and event.sample
                self.assured_date = None if isinstance(event, OfferWithdrawn) else event.assured_date
                for way in Reach.model_fields:
                    setattr(self, way, getattr(event, way, None))
        if isinstance(event, OfferWithdrawn):
            self.renew("withdrawn", new)
        if isinstance(event, OfferPublished | OfferChanged | OfferDeclined):
            self.renew("decided", new)
        self.forgotten = self.forgotten or isinstance(event, OfferRetracted)
        asked = self.stamps.get("check", "") > self.stamps.get("withdrawn", "")
        checked = self.assured_date and self.check_asked_on and self.assured_date >= self.check_asked_on
        self.to_check = self.shown and asked and not checked
        self.title = self.title if asked else ""
        self.to_verify = not self.forgotten and self.stamps.get("words", "") > self.stamps.get("decided", "")
        self.words = self.words if self.to_verify else ""

    def forget(self) -> None:
        """Take out the words of the person who offered it, for good."""
        self.words, self.to_verify, self.forgotten = "", False, True


class GapView(Stamped):
    """A theme of unmet needs."""

    categories: list[str] = []
    districts: list[str] = []
    reasons: list[str] = []
    keywords: list[str] = []
    labels: dict[str, str] = {}
    need_count: int = 0
    person_count: int = 0
    since: datetime | None = None
    open: bool = True

    def apply(self, event: GapDetected | GapClosed, time: datetime, cause_id: str) -> None:
        """Take in numbers or the end."""
        new = stamp(time, cause_id)
        if isinstance(event, GapClosed):
            self.renew("closed", new)
        elif self.renew("numbers", new):
            self.categories, self.districts, self.keywords = event.categories, event.districts, event.keywords
            self.labels = event.labels
            self.reasons = [str(reason) for reason in event.reasons]
            self.need_count, self.person_count, self.since = event.need_count, event.person_count, event.since
        self.open = self.stamps.get("numbers", "") > self.stamps.get("closed", "")


class ProjectView(Stamped):
    """A project and how far it is."""

    at: datetime
    title: str = ""
    summary: str = ""
    categories: list[str] = []
    districts: list[str] = []
    need_count: int = 0
    stage: str = "proposed"
    forgotten: bool = False

    def apply(self, event: Event, time: datetime, cause_id: str) -> None:
        """Take in an event of the project's life."""
        new = stamp(time, cause_id)
        self.at = min(self.at, time)
        if isinstance(event, ProjectProposed) and self.renew("draft", new):
            self.title, self.categories, self.districts = event.title, event.categories, event.districts
            self.summary = "" if self.forgotten else event.summary
            self.need_count = event.need_count
        if event.name in PROJECT_STAGES and self.renew("stage", f"{PROJECT_STAGES[event.name]}|{new}"):
            self.stage = event.name

    def forget(self) -> None:
        """Take out the words of the person who had the idea."""
        self.summary, self.forgotten = "", True


class PersonView(BaseModel):
    """Whose ideas and offers there are. Saved with every event of the person, so that an erasure conflicts with it.

    Once erased, nothing but the fact is left.
    """

    id: str
    version: int = 0
    project_ids: list[str] = []
    offer_ids: list[str] = []
    erased: bool = False

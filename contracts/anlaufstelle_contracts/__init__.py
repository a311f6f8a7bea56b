"""The events of Anlaufstelle, their envelope, and where they are said. A partner needs nothing else."""

from .envelope import CONTENT_TYPE, CloudEvent, InvalidEvent, UnknownType, parse, wrap
from .event import REGISTRY, Event, event_id
from .gaps import GapClosed, GapDetected
from .messages import Choice, MessageDelivered, MessageFailed, MessageRequested
from .needs import NeedArticulated, NeedMatched, NeedUnmet, NeedWithdrawn, ReferredOffer, ReviewRequested
from .offers import (
    OfferChanged,
    OfferCheckRequested,
    OfferDeclined,
    OfferPublished,
    OfferRetracted,
    OfferSubmitted,
    OfferWithdrawn,
)
from .people import PersonErased, VolunteerJoined
from .projects import (
    ConsultationOpened,
    PartnerAnswered,
    ProjectApplied,
    ProjectApproved,
    ProjectCompleted,
    ProjectDeclined,
    ProjectProposed,
    ProjectStarted,
)
from .reach import Reach
from .referrals import ReferralAnswered
from .sensitivity import Internal, Public, Sensitivity, public_view
from .taxonomy import Category
from .values import Answer, FailureReason, Horizon, MatchReason, ProviderKind, UnmetReason, Urgency

__all__ = [
    "CONTENT_TYPE", "REGISTRY", "Answer", "Category", "Choice", "CloudEvent", "ConsultationOpened", "Event", "FailureReason",
    "GapClosed", "GapDetected", "Horizon", "Internal", "InvalidEvent", "MatchReason", "MessageDelivered", "MessageFailed",
    "MessageRequested", "NeedArticulated", "NeedMatched", "NeedUnmet", "NeedWithdrawn", "OfferChanged", "OfferCheckRequested",
    "OfferDeclined", "OfferPublished", "OfferRetracted", "OfferSubmitted", "OfferWithdrawn", "PartnerAnswered", "PersonErased",
    "ProjectApplied", "ProjectApproved", "ProjectCompleted", "ProjectDeclined", "ProjectProposed", "ProjectStarted",
    "ProviderKind", "Public", "Reach", "ReferralAnswered", "ReferredOffer", "ReviewRequested", "Sensitivity", "UnknownType",
    "UnmetReason", "Urgency", "VolunteerJoined", "event_id", "parse", "public_view", "wrap",
]  # fmt: skip

"""The one table of streams, durable consumers, buckets and rights. `anlaufstelle provision` applies it; no service declares any.

Durations are seconds. A service may publish what it emits and read through its own durable; a partner may read
`public.>` through its own durable and nothing else.
"""

from dataclasses import dataclass

from . import gaps, messages, needs, offers, people, projects, referrals
from .event import REGISTRY, Event
from .sensitivity import Sensitivity, public_view
from .subjects import pattern, retry_pattern

DAY = 86_400.0


@dataclass(frozen=True)
class Stream:
    """A JetStream stream. `duplicate_window` is how long a repeated Nats-Msg-Id is dropped."""

    name: str
    subjects: tuple[str, ...]
    max_age: float
    duplicate_window: float = 600.0
    allow_atomic: bool = True


@dataclass(frozen=True)
class Consumer:
    """A durable pull consumer of a stream."""

    durable: str
    stream: str
    filters: tuple[str, ...]
    ack_wait: float = 30.0
    max_ack_pending: int = 5_000


@dataclass(frozen=True)
class Role:
    """A user of the bus: what it may publish and subscribe to.

    With `imports` (its own subject, that of the house) it lives in an account of its own, to which these alone lead.
    """

    name: str
    publish: tuple[str, ...]
    subscribe: tuple[str, ...]
    imports: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class ServiceTraffic:
    """What a service handles and what it emits."""

    handles: tuple[type[Event], ...]
    emits: tuple[type[Event], ...]


INTERNAL = Stream("INTERNAL", ("internal.>",), max_age=30 * DAY)
PUBLIC = Stream("PUBLIC", ("public.>",), max_age=30 * DAY)
DEAD = Stream("DEAD", ("dead.>",), max_age=90 * DAY, allow_atomic=False)
STREAMS = (INTERNAL, PUBLIC, DEAD)

LEDGER_DAYS = 45
"""Ledger entries outlive the streams, so that a lost stream can be redriven from them."""

LEASES = "leases"
"""Key-value bucket: who holds a channel that can only be heard once."""
LEASE_TTL = 10.0
BUCKETS = {LEASES: LEASE_TTL}

TRAFFIC: dict[str, ServiceTraffic] = {
    "intake": ServiceTraffic(
        handles=(messages.MessageRequested, needs.NeedMatched, needs.NeedUnmet, needs.ReviewRequested, needs.ReviewClosed),
        emits=(
            needs.NeedArticulated, needs.NeedWithdrawn, needs.PersonReplied, offers.OfferSubmitted, offers.OfferRetracted,
            referrals.ReferralAnswered, projects.ProjectApplied, people.VolunteerJoined, people.PersonErased,
            messages.MessageRequested, messages.MessageDelivered, messages.MessageFailed,
        ),
    ),
    "matching": ServiceTraffic(
        handles=(
            needs.NeedArticulated, needs.NeedWithdrawn, offers.OfferSubmitted, offers.OfferRetracted, referrals.ReferralAnswered,
            people.PersonErased,
        ),
        emits=(
            needs.NeedMatched, needs.NeedUnmet, needs.ReviewRequested, needs.ReviewClosed, gaps.GapDetected, gaps.GapClosed,
            offers.OfferPublished, offers.OfferChanged, offers.OfferWithdrawn, offers.OfferDeclined,
            offers.OfferCheckRequested,
        ),
    ),
    "notify": ServiceTraffic(
        handles=(
            needs.NeedMatched, needs.NeedUnmet, needs.ReviewRequested, needs.ReviewClosed, referrals.ReferralAnswered,
            projects.ProjectProposed, people.PersonErased,
        ),
        emits=(messages.MessageRequested,),
    ),
    "projects": ServiceTraffic(
        handles=(gaps.GapDetected, projects.ProjectApplied, people.PersonErased),
        emits=(
            projects.ProjectProposed, projects.ConsultationOpened, projects.PartnerAnswered, projects.ProjectApproved,
            projects.ProjectDeclined, projects.ProjectStarted, projects.ProjectCompleted, offers.OfferSubmitted,
        ),
    ),
    "web": ServiceTraffic(handles=tuple(REGISTRY.values()), emits=()),
}  # fmt: skip
SERVICES = tuple(TRAFFIC)

PARTNERS = ("partner",)
"""Partner accounts. Each reads the public stream through a durable of its own name."""


def service_consumer(service: str) -> Consumer:
    """The durable through which all replicas of a service read."""
    filters = tuple(pattern(event, Sensitivity.INTERNAL) for event in TRAFFIC[service].handles)
    return Consumer(service, INTERNAL.name, (*filters, retry_pattern(service)))


def partner_consumer(partner: str) -> Consumer:
    """The durable of one partner."""
    return Consumer(f"partner-{partner}", PUBLIC.name, ("public.>",))


CONSUMERS = (*map(service_consumer, SERVICES), *map(partner_consumer, PARTNERS))


def inbox_prefix(role: str) -> str:
    """Replies to a role go below this prefix, which no other role may listen to."""
    return f"_INBOX_{role}"


PARTNER_API = "anlaufstelle"
"""Prefix of the JetStream API in the account of a partner: `bus.jetstream(prefix="anlaufstelle")`."""


def _reads(consumer: Consumer, api: str = "$JS.API") -> tuple[str, ...]:
    stream, durable = consumer.stream, consumer.durable
    return (
        f"{api}.CONSUMER.INFO.{stream}.{durable}",
        f"{api}.CONSUMER.MSG.NEXT.{stream}.{durable}",
        f"$JS.ACK.{stream}.{durable}.>",
    )


def service_role(service: str) -> Role:
    """A service publishes what it emits, reads its own durable, and looks at the streams to see drift."""
    emitted = TRAFFIC[service].emits
    said = [pattern(event, Sensitivity.INTERNAL) for event in emitted]
    said += [pattern(event, Sensitivity.PUBLIC) for event in emitted if public_view(event)]
    looks = [f"$JS.API.STREAM.INFO.{stream.name}" for stream in STREAMS]
    looks += [f"$JS.API.CONSUMER.INFO.{INTERNAL.name}.{service}"]
    own_leases = f"$KV.{LEASES}.{service}.>"
    leases = [own_leases, f"$JS.API.STREAM.INFO.KV_{LEASES}", f"$JS.API.DIRECT.GET.KV_{LEASES}.{own_leases}"]
    return Role(
        service,
        publish=(*said, f"dead.{service}.*", *_reads(service_consumer(service)), *looks, *leases),
        subscribe=(f"{inbox_prefix(service)}.>",),
    )


def partner_role(partner: str) -> Role:
    """A partner pulls and acknowledges through its durable: no stream info, no publishing, no other consumer.

    Rights alone would not keep it there: whoever may send a request may name any subject for the reply, and an acknowledgement
    whose reply goes to `$JS.API.STREAM.DELETE.X` deletes X. From an account of its own replies lead nowhere else.
    """
    name, consumer = f"partner-{partner}", partner_consumer(partner)
    own = _reads(consumer, PARTNER_API)
    return Role(name, publish=own, subscribe=(f"{inbox_prefix(name)}.>",), imports=tuple(zip(own, _reads(consumer), strict=True)))


OPERATOR = Role("operator", publish=(">",), subscribe=(">",))
"""Provisions, and looks into parked messages; used by the command line, never by a service."""

ROLES = (*map(service_role, SERVICES), *map(partner_role, PARTNERS), OPERATOR)

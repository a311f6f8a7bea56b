"""The table of streams, consumers and rights gives everybody what they need, and nothing more."""

from itertools import combinations

import pytest
from anlaufstelle_contracts import REGISTRY, Event, Sensitivity, public_view, subjects, topology
from anlaufstelle_contracts.topology import CONSUMERS, PARTNERS, ROLES, SERVICES, STREAMS, TRAFFIC, Consumer, Role, Stream

AGGREGATE = "019ab0d4-6b10-7c21-9f10-0a4f6d2e1001"

every_service = pytest.mark.parametrize("service", SERVICES)
every_partner = pytest.mark.parametrize("partner", PARTNERS)


def matches(pattern: str, subject: str) -> bool:
    """Whether a NATS subject pattern covers a subject."""
    wanted, given = pattern.split("."), subject.split(".")
    if wanted[-1] == ">":
        return len(given) >= len(wanted) and all(w in ("*", g) for w, g in zip(wanted[:-1], given, strict=False))
    return len(wanted) == len(given) and all(w in ("*", g) for w, g in zip(wanted, given, strict=True))


def overlap(one: str, other: str) -> bool:
    """Whether some subject lies in both NATS patterns."""
    a, b = one.split("."), other.split(".")
    for x, y in zip(a, b, strict=False):
        if ">" in (x, y):
            return True
        if x != y and "*" not in (x, y):
            return False
    return len(a) == len(b) or (len(a) > len(b) and b[-1] == ">") or (len(b) > len(a) and a[-1] == ">")


def may_publish(role: Role, subject: str) -> bool:
    return any(matches(pattern, subject) for pattern in role.publish)


def role_of(name: str) -> Role:
    return next(role for role in ROLES if role.name == name)


def concrete(kind: type[Event], view: Sensitivity) -> str:
    return subjects.pattern(kind, view).replace("*", AGGREGATE)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("a.b.*", "a.b.c", True),
        ("a.b.*", "a.*.c", True),
        ("a.>", "a.b.c", True),
        ("a.b.c", "a.>", True),
        ("a.b.*", "a.c.*", False),
        ("a.b", "a.b.c", False),
        ("a.b.>", "a.b", False),
        ("a.>", "b.>", False),
    ],
)
def test_the_overlap_check_of_these_tests_knows_nats_patterns(one: str, other: str, expected: bool) -> None:
    assert overlap(one, other) is expected
    assert overlap(other, one) is expected


@every_service
def test_a_service_may_publish_exactly_what_it_emits(service: str) -> None:
    role, emits = role_of(service), TRAFFIC[service].emits
    for kind in REGISTRY.values():
        assert may_publish(role, concrete(kind, Sensitivity.INTERNAL)) is (kind in emits)
        says_publicly = kind in emits and public_view(kind) is not None
        assert may_publish(role, concrete(kind, Sensitivity.PUBLIC)) is says_publicly
    said = {pattern for pattern in role.publish if pattern.startswith(("internal.", "public."))}
    allowed = {subjects.pattern(kind, view) for kind in emits for view in Sensitivity}
    assert said <= allowed


@every_service
def test_a_service_reads_through_its_own_durable_and_speaks_for_nobody_else(service: str) -> None:
    role = role_of(service)
    assert role.subscribe == (f"{topology.inbox_prefix(service)}.>",)
    for other in (*SERVICES, *(f"partner-{partner}" for partner in PARTNERS)):
        if other == service:
            continue
        stream = topology.PUBLIC.name if other.startswith("partner-") else topology.INTERNAL.name
        for forbidden in (
            f"$JS.API.CONSUMER.MSG.NEXT.{stream}.{other}",
            f"$JS.ACK.{stream}.{other}.1.1.1.1.1",
            f"dead.{other}.{AGGREGATE}",
            f"internal.retry.{other}.{AGGREGATE}",
            f"$KV.{topology.LEASES}.{other}.telegram",
            f"{topology.inbox_prefix(other)}.x",
        ):
            assert not may_publish(role, forbidden), forbidden


@pytest.mark.parametrize(
    "subject",
    [
        "$JS.API.STREAM.CREATE.X", "$JS.API.STREAM.UPDATE.INTERNAL", "$JS.API.STREAM.DELETE.INTERNAL",
        "$JS.API.STREAM.PURGE.INTERNAL", "$JS.API.STREAM.MSG.GET.INTERNAL", "$JS.API.DIRECT.GET.INTERNAL",
        "$JS.API.CONSUMER.CREATE.INTERNAL", "$JS.API.CONSUMER.DURABLE.CREATE.INTERNAL.intake",
        "$JS.API.CONSUMER.DELETE.INTERNAL.intake", "$SYS.REQ.SERVER.PING", f"internal.retry.matching.{AGGREGATE}",
    ],
)  # fmt: skip
def test_no_service_changes_streams_or_reads_past_its_durable(subject: str) -> None:
    assert [service for service in SERVICES if may_publish(role_of(service), subject)] == []
    assert may_publish(topology.OPERATOR, subject)


@every_partner
def test_a_partner_pulls_and_acknowledges_and_nothing_else(partner: str) -> None:
    role, consumer = role_of(f"partner-{partner}"), topology.partner_consumer(partner)
    durable = f"partner-{partner}"
    assert consumer == Consumer(durable, "PUBLIC", ("public.>",))
    assert role.publish == (
        f"anlaufstelle.CONSUMER.INFO.PUBLIC.{durable}",
        f"anlaufstelle.CONSUMER.MSG.NEXT.PUBLIC.{durable}",
        f"$JS.ACK.PUBLIC.{durable}.>",
    )
    assert role.imports == (
        (role.publish[0], f"$JS.API.CONSUMER.INFO.PUBLIC.{durable}"),
        (role.publish[1], f"$JS.API.CONSUMER.MSG.NEXT.PUBLIC.{durable}"),
        (role.publish[2], role.publish[2]),
    )
    assert role.subscribe == (f"_INBOX_{durable}.>",)


def test_no_role_but_the_operator_touches_what_is_internal_except_to_say_its_own_events() -> None:
    for role in ROLES:
        if role is topology.OPERATOR:
            continue
        assert not any(overlap(pattern, stream) for pattern in role.subscribe for stream in ("internal.>", "public.>", "dead.>"))
        if role.name.startswith("partner-"):
            assert not any(overlap(pattern, forbidden) for pattern in role.publish for forbidden in ("internal.>", "public.>"))
            assert not any("INTERNAL" in pattern or "DEAD" in pattern for pattern in role.publish)


def test_inboxes_are_private() -> None:
    own = [role.subscribe for role in ROLES if role is not topology.OPERATOR]
    assert not any(overlap(*pair) for one, other in combinations(own, 2) for pair in zip(one, other, strict=True))


def test_every_event_that_is_handled_is_emitted_by_somebody_and_every_event_is_heard() -> None:
    emitted = {kind for traffic in TRAFFIC.values() for kind in traffic.emits}
    handled = {kind for traffic in TRAFFIC.values() for kind in traffic.handles}
    assert {kind.__name__ for kind in handled - emitted} == set()
    assert {kind.__name__ for kind in set(REGISTRY.values()) - handled} == set()


@every_service
def test_no_service_names_an_event_twice(service: str) -> None:
    for kinds in (TRAFFIC[service].handles, TRAFFIC[service].emits):
        assert len(kinds) == len(set(kinds))


@pytest.mark.parametrize("consumer", CONSUMERS, ids=lambda consumer: consumer.durable)
def test_the_filters_of_a_consumer_lie_in_its_stream_and_do_not_overlap(consumer: Consumer) -> None:
    (stream,) = [stream for stream in STREAMS if stream.name == consumer.stream]
    for pattern in consumer.filters:
        assert any(matches(whole, pattern.replace("*", "x").replace(">", "x")) for whole in stream.subjects)
    assert [pair for pair in combinations(consumer.filters, 2) if overlap(*pair)] == []


@every_service
def test_a_service_hears_what_it_handles_and_its_own_retries(service: str) -> None:
    filters = topology.service_consumer(service).filters
    for kind in REGISTRY.values():
        heard = any(matches(pattern, concrete(kind, Sensitivity.INTERNAL)) for pattern in filters)
        assert heard is (kind in TRAFFIC[service].handles)
    retried = {other for other in SERVICES if any(matches(p, f"internal.retry.{other}.{AGGREGATE}") for p in filters)}
    assert retried == {service}


def test_streams_and_durables_have_names_of_their_own_and_share_no_subject() -> None:
    assert len({(consumer.stream, consumer.durable) for consumer in CONSUMERS}) == len(CONSUMERS)
    assert len({role.name for role in ROLES}) == len(ROLES)
    pairs: list[tuple[Stream, Stream]] = list(combinations(STREAMS, 2))
    assert [(a.name, b.name) for a, b in pairs for s in a.subjects for t in b.subjects if overlap(s, t)] == []


def test_the_ledger_outlives_what_the_streams_keep() -> None:
    assert max(topology.INTERNAL.max_age, topology.PUBLIC.max_age) < topology.LEDGER_DAYS * topology.DAY


@pytest.mark.parametrize("cause", ["019ab0d4-6b10", "a.b", "two words", "*", ""])
def test_a_parked_message_is_announced_on_the_dead_stream_whatever_its_cause_was_called(cause: str) -> None:
    subject = subjects.dead_subject("matching", cause)
    assert matches("dead.matching.*", subject)
    assert may_publish(role_of("matching"), subject)

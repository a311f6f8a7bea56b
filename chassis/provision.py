"""Streams, consumers and buckets as the topology has them: plan, apply, and the drift that a service refuses to run on."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from anlaufstelle_contracts import topology
from nats.aio.client import Client

Config = dict[str, Any]
_NS = 1_000_000_000
OPERATORS_CHOICE = {"num_replicas", "ack_wait"}


class ProvisionError(Exception):
    """The server refused a change, or what is there cannot be changed in place."""


@dataclass(frozen=True)
class Change:
    """One thing that is not as the table says. `differences` maps a setting to (what is there, what should be)."""

    kind: Literal["stream", "consumer"]
    name: str
    action: Literal["create", "update"]
    wanted: Config
    differences: Mapping[str, tuple[Any, Any]]

    def __str__(self) -> str:
        details = ", ".join(f"{key}: {there!r} → {wanted!r}" for key, (there, wanted) in self.differences.items())
        return f"{self.action} {self.kind} {self.name}" + (f" ({details})" if details else "")


def _wanted(replicas: int, ack_wait: float | None) -> Iterator[tuple[Literal["stream", "consumer"], str, str, Config]]:
    """Kind, name, API token and settings of everything that has to be there."""
    for stream in topology.STREAMS:
        yield "stream", stream.name, stream.name, {
            "name": stream.name, "subjects": list(stream.subjects), "max_age": int(stream.max_age * _NS),
            "duplicate_window": int(stream.duplicate_window * _NS), "allow_atomic": stream.allow_atomic,
            "storage": "file", "retention": "limits", "discard": "old", "num_replicas": replicas, "allow_direct": True,
        }  # fmt: skip
    for bucket, ttl in topology.BUCKETS.items():
        yield "stream", f"KV_{bucket}", f"KV_{bucket}", {
            "name": f"KV_{bucket}", "subjects": [f"$KV.{bucket}.>"], "max_age": int(ttl * _NS), "max_msgs_per_subject": 1,
            "storage": "file", "discard": "new", "allow_rollup_hdrs": True, "deny_delete": True, "allow_direct": True,
            "duplicate_window": int(ttl * _NS), "num_replicas": replicas,
        }  # fmt: skip
    for consumer in topology.CONSUMERS:
        filters = (
            {"filter_subject": consumer.filters[0]} if len(consumer.filters) == 1 else {"filter_subjects": list(consumer.filters)}
        )
        yield "consumer", consumer.durable, f"{consumer.stream}.{consumer.durable}", {
            "name": consumer.durable, "durable_name": consumer.durable, "ack_policy": "explicit", "deliver_policy": "all",
            "ack_wait": int((ack_wait or consumer.ack_wait) * _NS), "max_ack_pending": consumer.max_ack_pending,
            "max_deliver": -1, "replay_policy": "instant", **filters,
        }  # fmt: skip


async def plan(client: Client, replicas: int = 1, ack_wait: float | None = None, only: str | None = None) -> list[Change]:
    """What has to change so that the bus is as the table says; `only` looks at one consumer and all streams.

    The operator may choose other replicas, and another time (seconds) after which an unsettled message is delivered again.
    """
    changes = []
    for kind, name, token, wanted in _wanted(replicas, ack_wait):
        if kind == "consumer" and only not in (None, name):
            continue
        reply = await _api(client, f"{kind.upper()}.INFO.{token}")
        if reply.get("error", {}).get("code") == 404:
            changes.append(Change(kind, name, "create", wanted, {}))
            continue
        there = _config(reply)
        differences = {key: (there.get(key), value) for key, value in wanted.items() if not _same(key, there.get(key), value)}
        if differences:
            changes.append(Change(kind, name, "update", wanted, differences))
    return changes


async def apply(client: Client, replicas: int = 1, ack_wait: float | None = None) -> list[Change]:
    """Make it so; gives what was changed. Raises ProvisionError. Nothing is ever deleted."""
    changes = await plan(client, replicas, ack_wait)
    for change in changes:
        if change.kind == "stream":
            await _config_api(client, f"STREAM.{change.action.upper()}.{change.name}", change.wanted)
        else:
            stream = next(consumer.stream for consumer in topology.CONSUMERS if consumer.durable == change.name)
            request = {"stream_name": stream, "config": change.wanted, "action": change.action}
            await _config_api(client, f"CONSUMER.CREATE.{stream}.{change.name}", request)
    return changes


async def drift(client: Client, service: str) -> list[Change]:
    """What a service needs and does not find as the table says; what the operator may choose is none of it."""
    changes = await plan(client, only=service)
    return [change for change in changes if change.action == "create" or set(change.differences) - OPERATORS_CHOICE]


def _same(key: str, there: Any, wanted: Any) -> bool:
    return set(there or ()) == set(wanted) if isinstance(wanted, list) else (there or False) == wanted


def _config(reply: Config) -> Config:
    if "config" not in reply:
        raise ProvisionError(str(reply.get("error")))
    return dict(reply["config"])


async def _config_api(client: Client, subject: str, request: Config) -> None:
    _config(await _api(client, subject, request))


async def _api(client: Client, subject: str, request: Config | None = None) -> Config:
    body = json.dumps(request).encode() if request else b""
    return dict(json.loads((await client.request(f"$JS.API.{subject}", body, timeout=5)).data))

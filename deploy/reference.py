"""Pages of docs/reference that are written from the code: `python -m deploy.reference` writes them anew."""

import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, get_args, get_origin, get_type_hints

from anlaufstelle_contracts.topology import SERVICES
from prometheus_client import Counter, Gauge, Histogram
from prometheus_client.metrics import MetricWrapperBase
from pydantic import SecretStr
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings

from chassis import Settings, telemetry
from services.intake import channels
from services.intake.channels.base import Answering, Capability, Listening
from services.matching import calibration, second_opinion

from . import quality

REPOSITORY = Path(__file__).resolve().parent.parent
FOLDER = REPOSITORY / "docs" / "reference"

_SETTINGS = """\
# Settings

Written by `python -m deploy.reference`. Every service reads its settings from the environment;
`python -m services.<name>.main --help` lists them too. `./anlaufstelle up` and [compose.yaml](../../deploy/compose.yaml)
set by themselves what leads to the bus, to the store and to the other services.
"""

_CHANNELS = """
## Channels

Read by intake. A channel is switched on when one of its settings is set; console and web are always on.
"""

_CHANNEL_TABLE = """\
# Channels

Written by `python -m deploy.reference` from what each channel declares and from the file `<channel>.yaml` beside it.
[Add one in an evening](../tutorial/channel.md). Settings are in [settings.md](settings.md#channels).

| channel | level | hears | can | longest message | pace | still to do |
|---|---|---|---|---|---|---|
"""

_RULES = """
Pace is in messages a second, to all people and to one, and a minute to a group; "parts" is what longer messages are cut into.

## Levels

A channel has a level when it keeps each rule of it and of those below, or is exempt for a reason (from bronze and platinum nobody
is). The kit looks whether what is called done is so, as far as a machine can see.

| rule | level | a channel … |
|---|---|---|
"""

_METRICS = """\
# Metrics and traces

Written by `python -m deploy.reference`.

## Metrics

Every replica answers `GET /metrics`, with the bearer token, in the format of Prometheus, beside what the Python client says of
the process. The label
`service` is the name of the service, `type` the type of the event (`de.anlaufstelle.…`) or the name of the command. No label
carries an id.
"""

_TRACES = """
To be woken for:

- `anlaufstelle_parked` above 0: a message was put aside (`dead list` shows which and why);
- `anlaufstelle_oldest_unhandled_seconds` that grows over minutes: too few replicas, or a service that does not get on;
- `anlaufstelle_ledger_backlog` that stays above 0: the bus takes no events.

To be looked at once a month, when `anlaufstelle_calibration_answers` is 50 or more: `anlaufstelle_calibration_bias` beyond 0.1
either way says that matching promises too much (positive) or too little, and wants its model to be fitted again.

## Traces

With `ANLAUFSTELLE_OTLP_ENDPOINT` (e.g. `http://collector:4318/v1/traces`), set for all services, each sends a span for every
cause that it handles, named like the event or the command, as OTLP over HTTP. `service.name` is `anlaufstelle-<service>`. The
trace travels in the events (`traceparent`): what a person said, the decision, and the message that tells them are one trace.
Spans carry no text and no id of anybody.
"""


def settings_page() -> str:
    """The settings of the chassis and of each service."""
    parts = [_SETTINGS, "\n## Of every service\n\n", *_settings_table(Settings, frozenset())]
    for service in SERVICES:
        module = importlib.import_module(f"services.{service}.main")
        own: type[Settings] = get_type_hints(module.build)["settings"]
        table = list(_settings_table(own, frozenset(Settings.model_fields)))
        parts += [f"\n## {service}\n\n", *(table if own is not Settings else ["None of its own.\n"])]
    parts.append(_CHANNELS)
    for name in channels.available():
        kind = channels.load(name).manifest.settings
        if kind.model_fields:
            parts += [f"\n### {name}\n\n", *_settings_table(kind, frozenset())]
    return "".join(parts)


def _settings_table(kind: type[BaseSettings], known: frozenset[str]) -> Iterator[str]:
    yield "| variable | default | meaning |\n|---|---|---|\n"
    for name, field in kind.model_fields.items():
        if name not in known:
            variable = f"{kind.model_config['env_prefix']}{name.upper()}"
            yield f"| `{variable}` | {_default(field)} | {_meaning(field)} |\n"


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "must be set"
    value = field.default.get_secret_value() if isinstance(field.default, SecretStr) else field.default
    if isinstance(value, Path) and value.is_relative_to(REPOSITORY):
        value = value.relative_to(REPOSITORY)
    return "empty" if value in ("", None) else f"`{value}`"


def _meaning(field: FieldInfo) -> str:
    choices = get_args(field.annotation) if get_origin(field.annotation) is Literal else ()
    said = [field.description or "", f"One of {', '.join(f'`{choice}`' for choice in choices)}." if choices else ""]
    return " ".join(filter(None, said)).replace("<", "&lt;")


def channels_page() -> str:
    """What each channel can do, and how good it is."""
    table, reasons = [_CHANNEL_TABLE], ["\n## Exempt\n\n| channel | rule | because |\n|---|---|---|\n"]
    for name in sorted(channels.available()):
        one = quality.candidate(name)
        table.append(f"| {' | '.join(_channel_row(name, one))} |\n")
        exempt = [(rule.name, one.claims[rule.name]) for rule in quality.RULES if rule.name in one.claims]
        reasons += [f"| {name} | {rule} | {claim.said} |\n" for rule, claim in exempt if claim.state == "exempt"]
    rules = [f"| {rule.name} | {rule.level} | {rule.says} |\n" for rule in quality.RULES]
    return "".join([*table, _RULES, *rules, *reasons])


def _channel_row(name: str, one: quality.Candidate) -> Iterator[str]:
    limits = one.manifest.limits
    page = one.claims["page"].said if "page" in one.claims else ""
    yield f"[{name}](../{page.removeprefix('docs/')})" if page.startswith("docs/") else name
    yield quality.level(one) or "–"
    yield ", ".join(how for kind, how in ((Answering, "is called"), (Listening, "asks")) if issubclass(one.kind, kind))
    yield ", ".join(each.value.replace("_", " ") for each in Capability if each in one.manifest.capabilities)
    yield f"parts of {limits.text}" if limits.text else "any"
    pace = {"all": limits.per_second, "one": limits.per_second_each, "a group": limits.per_minute_group}
    yield ", ".join(f"{value:g} to {whom}" for whom, value in pace.items() if value) or "–"
    yield ", ".join(quality.still_to_do(one)) or "–"


def metrics_page() -> str:
    """All metrics, and how traces are had."""
    parts = [_METRICS, "\n| metric | kind | labels | meaning |\n|---|---|---|---|\n"]
    for metric in metrics():
        name = metric._name + ("_total" if isinstance(metric, Counter) else "")
        labels = ", ".join(f"`{label}`" for label in metric._labelnames)
        parts.append(f"| `{name}` | {metric._type} | {labels} | {metric._documentation} |\n")
    return "".join([*parts, _TRACES])


def metrics() -> list[MetricWrapperBase]:
    """Every metric of the chassis and of services, as the code declares them."""
    declared = [value for module in (telemetry, calibration, second_opinion) for value in vars(module).values()]
    return [value for value in declared if isinstance(value, Counter | Gauge | Histogram)]


PAGES = {"settings.md": settings_page, "metrics.md": metrics_page, "channels.md": channels_page}


def main() -> None:
    """Write the pages."""
    FOLDER.mkdir(exist_ok=True)
    for name, page in PAGES.items():
        (FOLDER / name).write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()

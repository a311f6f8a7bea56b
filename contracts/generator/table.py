"""The events as a table for people."""

from anlaufstelle_contracts import REGISTRY, public_view, topology

HEADER = """\
# The events

Written by `python contracts/generate.py`. What a partner can read is in the last column; everything else stays inside.

| type (`de.anlaufstelle.…`) | class | says | what happened | public fields |
|---|---|---|---|---|
"""


def table() -> str:
    """One line an event, by type."""
    lines = []
    for _, event in sorted(REGISTRY.items()):
        view = public_view(event)
        public = ", ".join(f"`{name}`" for name in view.model_fields) if view else "none"
        sayers = ", ".join(service for service, traffic in topology.TRAFFIC.items() if event in traffic.emits)
        short = event.type.removeprefix("de.anlaufstelle.")
        lines.append(f"| `{short}` | `{event.__name__}` | {sayers} | {(event.__doc__ or '').strip()} | {public} |\n")
    return HEADER + "".join(lines)

"""What one machine runs: the bus, the store and the five services, as programs with everything they have to know."""

import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from anlaufstelle_contracts.topology import SERVICES

from . import parts
from .home import REPOSITORY, Home, Secrets
from .parts import HOST, Program
from .problem import Problem

PORT_SETTINGS = {"web": "ANLAUFSTELLE_PORT", "intake": "ANLAUFSTELLE_INTAKE_PORT"}
"""Where a port matters to others: people's browsers, and the web server that passes on what providers call."""

CALM_THREADS = {"OMP_WAIT_POLICY": "passive", "OPENBLAS_NUM_THREADS": "1"}
"""The embedder's threads wait for each other by spinning, which costs four times the time where others want the cores too."""


@dataclass(frozen=True)
class Programs:
    """Everything one instance runs. Bus and store come up first and go last; the services do not wait for each other."""

    bus: Program
    store: Program
    services: tuple[Program, ...]

    def __iter__(self) -> Iterator[Program]:
        return iter((self.bus, self.store, *self.services))


def chosen_ports(environment: Mapping[str, str] = os.environ) -> dict[str, int]:
    """The ports of services that are not to be drawn, by service. Raises Problem."""
    said = {"web": "8080"} | {name: port for name, key in PORT_SETTINGS.items() if (port := environment.get(key))}
    for name, port in said.items():
        if not port.isdecimal() or not 0 < int(port) < 65_536:
            raise Problem(f"{PORT_SETTINGS[name]} is {port!r}; it has to be a port number, for example 8081")
    return {name: int(port) for name, port in said.items()}


def programs(home: Home, secrets: Secrets, chosen: Mapping[str, int], environment: Mapping[str, str] = os.environ) -> Programs:
    """The real thing, on free ports where none was chosen for a service."""
    ports = (port for port in parts.free_ports() if port not in chosen.values())
    bus_port, monitor_port, store_port = next(ports), next(ports), next(ports)
    port_of = {name: chosen.get(name) or next(ports) for name in SERVICES}
    shared = {
        "ANLAUFSTELLE_NATS_URL": f"nats://{HOST}:{bus_port}",
        "ANLAUFSTELLE_STORE_URL": parts.store_url(store_port),
        "ANLAUFSTELLE_API_TOKEN": secrets.api_token,
        **{f"ANLAUFSTELLE_{name.upper()}_URL": f"http://{HOST}:{port}" for name, port in port_of.items()},
    }
    own = {"web": {"ANLAUFSTELLE_DESK_KEY": secrets.desk_key}}

    def service(name: str) -> Program:
        folder = home.services / name
        folder.mkdir(exist_ok=True, mode=0o700)
        # Only the public page may be made visible to other machines.
        host = environment.get("ANLAUFSTELLE_HTTP_HOST", HOST) if name == "web" else HOST
        return Program(
            name,
            (sys.executable, "-P", "-m", f"services.{name}.main"),
            port_of[name],
            lambda: parts.answers(f"http://{HOST}:{port_of[name]}/health/ready"),
            {
                **shared,
                **own.get(name, {}),
                "ANLAUFSTELLE_NATS_PASSWORD": secrets.bus[name],
                "ANLAUFSTELLE_HTTP_HOST": host,
                "ANLAUFSTELLE_HTTP_PORT": str(port_of[name]),
                "ANLAUFSTELLE_HOME": str(folder),
            },
        )

    return Programs(
        parts.bus(home.bus, bus_port, monitor_port, secrets.bus),
        parts.store(home.store, store_port),
        tuple(map(service, SERVICES)),
    )


def child_environment(environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """What every child starts from: our own environment, and where the code is."""
    theirs = environment.get("PYTHONPATH", "")  # a channel of somebody else's may lie there
    path = ":".join(filter(None, [str(REPOSITORY), str(REPOSITORY / "contracts"), theirs]))
    # TELEGRAM_BOT_TOKEN is what everybody calls it.
    token = environment.get("ANLAUFSTELLE_TELEGRAM_BOT_TOKEN") or environment.get("TELEGRAM_BOT_TOKEN", "")
    return {**CALM_THREADS, **environment, "ANLAUFSTELLE_TELEGRAM_BOT_TOKEN": token, "PYTHONPATH": path, "PYTHONUNBUFFERED": "1"}

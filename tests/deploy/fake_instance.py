"""`anlaufstelle up` with a real bus and store and with stand-ins for the services."""

import dataclasses
import sys
from collections.abc import Mapping

from rich.console import Console

from deploy import local
from deploy.home import Home, Secrets
from deploy.problem import Problem
from deploy.programs import Programs, programs

SERVICE = "tests.deploy.fake_service"


def fake_programs(home: Home, secrets: Secrets, chosen: Mapping[str, int]) -> Programs:
    """The real ones, but what each service runs."""
    real = programs(home, secrets, chosen)
    services = (dataclasses.replace(service, argv=(sys.executable, "-P", "-m", SERVICE)) for service in real.services)
    return Programs(real.bus, real.store, tuple(services))


if __name__ == "__main__":
    try:
        local.up(Home.here(), Console(), fake_programs)
    except Problem as problem:
        sys.exit(f"Error: {problem}")

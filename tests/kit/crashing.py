"""`python -m tests.kit.crashing SERVICE [STEP]`: a service that kills itself when it first reaches a step."""

import os
import signal
import sys

from chassis import Service, Settings, run
from tests.kit.running import build, get_settings_class


def main() -> None:
    """Run the service; SIGKILL is what a machine that loses power looks like from outside."""
    name, step = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else ""
    sys.argv = sys.argv[:1]

    def built(settings: Settings) -> Service:
        service = build(name, settings)
        if step:
            service.checkpoint = lambda reached: os.kill(os.getpid(), signal.SIGKILL) if reached == step else None
        return service

    run(built, get_settings_class(name))


if __name__ == "__main__":
    main()

"""The store of one machine: `deploy/store.py`, with the options of the embedded server.

It soon ends what the dead left open: a transaction without a word for some seconds. Until then nobody else can change what it
touched, and the server's own minute is long for whoever waits for an answer.
"""

import sys
from functools import partial

from secantus import cli  # type: ignore[import-untyped]

LIFETIME = 5.0
"""Seconds without a word after which a transaction is ended. Ours last some milliseconds."""


def main() -> int:
    """Serve until a signal ends it."""
    # No option of the command says it.
    cli.SecantusDBServer = partial(cli.SecantusDBServer, transaction_lifetime_seconds=LIFETIME)
    return int(cli.main())


if __name__ == "__main__":
    sys.exit(main())

"""Everything that is said in a log or on the terminal during a case, at the levels of production."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from structlog.testing import capture_logs

from chassis.logs import QUIET

SHORTEST = 5
"""Shorter strings stand in logs by chance."""


class Said(logging.Handler):
    """What was said so far."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self.structured: list[structlog.typing.EventDict] = []
        self.setFormatter(logging.Formatter("%(name)s %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        """Note a line with its traceback."""
        self.lines.append(self.format(record))

    def leaks(self, words: list[str], *more: str) -> list[str]:
        """Lines in which one of the words stands."""
        lines = [*self.lines, *(str(entry) for entry in self.structured), *(line for text in more for line in text.splitlines())]
        wanted = {word.strip() for word in words if len(word.strip()) >= SHORTEST}
        return [line for line in lines if any(word in line or repr(word)[1:-1] in line for word in wanted)]


@contextmanager
def listening() -> Iterator[Said]:
    """Note what is said within."""
    said, root = Said(), logging.getLogger()
    before = root.level
    levels = {name: logging.getLogger(name).level for name in QUIET}
    root.addHandler(said)
    root.setLevel(logging.INFO)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    try:
        with capture_logs() as said.structured:
            yield said
    finally:
        root.removeHandler(said)
        root.setLevel(before)
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)

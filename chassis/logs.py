"""Structured logs: JSON in containers, readable on a terminal; never with content of messages."""

import logging
import sys
from typing import Any, Literal

import structlog

QUIET = ("uvicorn.access", "httpx", "httpcore", "pymongo", "nats", "aiogram", "faststream", "imapclient")
"""Access logs carry paths with tokens and ids; HTTP clients log whole URLs, which for Telegram hold the bot's token."""


def set_up_logs(service: str, form: Literal["auto", "console", "json"], level: str) -> None:
    """Send the logs of the service and of the libraries to stderr in one form."""
    readable = form == "console" or (form == "auto" and sys.stderr.isatty())
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.dict_tracebacks if not readable else structlog.processors.format_exc_info,
    ]
    renderer: Any = structlog.dev.ConsoleRenderer() if readable else structlog.processors.JSONRenderer(ensure_ascii=False)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer]
        )
    )
    logging.basicConfig(handlers=[handler], level=level.upper(), force=True)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    structlog.contextvars.bind_contextvars(service=service)


def error_name(error: BaseException) -> str:
    """An error for a log or a parked record: its class and the place it was raised, never its message (it may quote people)."""
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    where = f" at {place.tb_frame.f_code.co_filename.rsplit('/', 2)[-1]}:{place.tb_lineno}" if place else ""
    return f"{type(error).__name__}{where}"

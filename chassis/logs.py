"""Structured logs: JSON in containers, readable on a terminal; never with content of messages."""

import logging
import sys
import traceback
from typing import Any, Literal

import structlog
from structlog.typing import ExcInfo

QUIET = ("uvicorn.access", "httpx", "httpcore", "pymongo", "nats", "aiogram", "faststream", "imapclient")
"""Access logs carry paths with tokens and ids; HTTP clients log whole URLs, which for Telegram hold the bot's token."""


def set_up_logs(service: str, form: Literal["auto", "console", "json"], level: str) -> None:
    """Send the logs of the service and of the libraries to stderr in one form."""
    readable = form == "console" or (form == "auto" and sys.stderr.isatty())
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.ExceptionRenderer(_trace),
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
    logging.getLogger("asyncio").addFilter(_first_line)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    structlog.contextvars.bind_contextvars(service=service)


def _trace(exc_info: ExcInfo) -> str:
    """An error and what caused it, by classes and places: neither messages nor values of variables, both may quote people."""
    lines: list[str] = []
    errors: list[BaseException | None] = [exc_info[1]]
    while errors:
        error = errors.pop()
        if error is None:
            continue
        lines.append(type(error).__qualname__)
        lines += [
            f"  {frame.f_code.co_filename.rsplit('/', 2)[-1]}:{line} in {frame.f_code.co_name}"
            for frame, line in traceback.walk_tb(error.__traceback__)
        ]
        errors.append(error.__cause__ or (None if error.__suppress_context__ else error.__context__))
        errors += error.exceptions if isinstance(error, BaseExceptionGroup) else ()
    return "\n".join(lines)


def _first_line(record: logging.LogRecord) -> bool:
    """What follows the first line in a complaint of asyncio is a task with the message of its error."""
    record.msg, record.args = record.getMessage().partition("\n")[0], ()
    return True


def error_name(error: BaseException) -> str:
    """An error for a log or a parked record: its class and the place it was raised, never its message (it may quote people)."""
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    where = f" at {place.tb_frame.f_code.co_filename.rsplit('/', 2)[-1]}:{place.tb_lineno}" if place else ""
    return f"{type(error).__name__}{where}"

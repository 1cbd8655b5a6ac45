"""Logs: structured, on standard error, one line an event."""

from __future__ import annotations

import logging
import sys

import structlog

from verifier.errors import describe


def configure_logs(level: str, *, as_json: bool) -> None:
    """Structured logs on standard error, for people or (JSON) for machines."""
    renderer = (
        structlog.processors.JSONRenderer()
        if as_json
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )


class OneLine(logging.Handler):
    """Tells a library's warnings in our own log, in one line each.

    A Redis that is away for a second would fill pages with tracebacks otherwise.
    """

    def emit(self, record: logging.LogRecord) -> None:
        """Log the first line of the message, and what was raised without its traceback."""
        lines = record.getMessage().splitlines() or [""]
        raised = record.exc_info[1] if record.exc_info else None
        error = describe(raised) if raised else lines[-1] if len(lines) > 1 else None
        log = structlog.get_logger(record.name)
        log.log(record.levelno, lines[0], **({"error": error} if error else {}))

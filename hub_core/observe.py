"""Logs: one JSON object per line, an event name and named facts; never a body, a header or a number of a person."""

import json
import logging
import sys
from datetime import UTC, datetime

_STANDARD = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}


class JsonLines(logging.Formatter):
    """Render a record as one line of JSON; control characters are escaped, so no line can be forged."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line. Of an exception only its kind and place are told: its text may hold what it stumbled on."""
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
        }
        line |= {name: value for name, value in record.__dict__.items() if name not in _STANDARD}
        if record.exc_info and record.exc_info[0] is not None:
            line["error"] = record.exc_info[0].__name__
            trace = record.exc_info[2]
            while trace is not None and trace.tb_next is not None:
                trace = trace.tb_next
            if trace is not None:
                line["place"] = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}"
        return json.dumps(line, default=str, ensure_ascii=True)


def start_logging(level: str = "INFO") -> None:
    """Send the hub's log lines to standard error; warnings only from libraries, whose texts may hold bodies."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("punte").setLevel(level)
    # zeep logs whole envelopes at DEBUG and response bodies in errors: it never speaks.
    logging.getLogger("zeep").setLevel(logging.CRITICAL)

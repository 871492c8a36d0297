"""Logs: one JSON object per line, an event name and named facts; never a body, a header or a number of a person."""

import json
import logging
import sys
from datetime import UTC, datetime
from types import TracebackType
from typing import Final

from hub_core.security.masking import mask_numbers
from hub_core.trace import current

OURS: Final = "punte"
LIFE: Final = f"{OURS}.serve"  # tells at every level when a hub began and ended
_STANDARD = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}
_LONGEST: Final = 300  # characters of one fact


class JsonLines(logging.Formatter):
    """Render a record as one line of JSON; control characters are escaped, so no line can be forged."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line.

        Of an exception only its kind and place are told, of a library's words only where they were said: both may
        hold what they stumbled on.
        """
        ours = record.name.partition(".")[0] == OURS
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": record.getMessage() if ours else "library.spoke",
        }
        if not ours:
            line |= {"library": record.name, "place": f"{record.pathname}:{record.lineno}"}
        if (trace := current()) is not None:
            line["trace"] = trace.id
        if ours:
            line |= {name: _plain(value) for name, value in record.__dict__.items() if name not in _STANDARD}
        if record.exc_info and record.exc_info[0] is not None:
            line["error"] = record.exc_info[0].__name__
            if (place := _place(record.exc_info[2])) is not None:
                line["place"] = place
        # JSON escapes every control character but this one.
        return json.dumps(line, ensure_ascii=True).replace("\x7f", "\\u007f")


def start_logging(level: str = "INFO") -> None:
    """Send the hub's log lines to standard error; warnings only from libraries, whose texts may hold bodies."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger(OURS).setLevel(level)
    if logging.getLogger(LIFE).getEffectiveLevel() > logging.INFO:
        logging.getLogger(LIFE).setLevel(logging.INFO)


def _plain(value: object) -> object:
    """Return a fact as it may be written: short, and without what looks like the number of a person."""
    if value is None or isinstance(value, bool | int | float):
        return value
    return mask_numbers(str(value)[:_LONGEST])


def _place(trace: TracebackType | None) -> str | None:
    """Return where an exception was raised."""
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return None if trace is None else f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}"

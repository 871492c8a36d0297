"""Errors, sorted by what to do next, not by where they arose.

    PunteError
    ├── ConfigError   nothing starts or changes: mend the named file and line
    ├── Rejected      this message will never be accepted: park it, tell the sender
    ├── TryLater      the journal decides when to try again
    └── Refused       the caller may not; says why

Adapters raise only these. Anything else is a bug: the message is parked and an alarm is raised.
A text says what and where, never a personal value; every ``code`` stands in ``hub_core.codes``.
"""

from collections.abc import Sequence
from datetime import timedelta

from msgspec import to_builtins

from hub_core.message import Finding


class PunteError(Exception):
    """Base of all errors that the hub expects.

    Attributes:
        code: stable, documented (``punte explain CODE``).
        text: what is wrong, without any value from a message.
        where: ``file:line:column``, a source path, or the name of an endpoint; empty if it says nothing.
        findings: all faults found, where one error stands for several.
        reference: under which the refusal was kept, once it was; the caller is told.
    """

    def __init__(self, code: str, text: str, *, where: str = "", findings: Sequence[Finding] = ()) -> None:
        super().__init__(f"{where + ': ' if where else ''}{code} {text}")
        self.code = code
        self.text = text
        self.where = where
        self.findings = tuple(findings)
        self.reference = ""


class ConfigError(PunteError):
    """A file of ours is wrong; ``mend`` says what to write instead."""

    def __init__(
        self, code: str, text: str, *, where: str = "", mend: str = "", findings: Sequence[Finding] = ()
    ) -> None:
        super().__init__(code, text, where=where, findings=findings)
        self.mend = mend


class NotThere(ConfigError):
    """What our configuration names does not answer; it may in a moment."""


class Rejected(PunteError):
    """The message will never be accepted as it is."""


class TryLater(PunteError):
    """The partner may take the message later.

    Attributes:
        after: how long the partner asked to wait; ``None`` leaves it to the retry policy.
        in_doubt: the message was sent and the answer lost: it may have arrived.
    """

    def __init__(
        self, code: str, text: str, *, where: str = "", after: timedelta | None = None, in_doubt: bool = False
    ) -> None:
        super().__init__(code, text, where=where)
        self.after = after
        self.in_doubt = in_doubt


class Refused(PunteError):
    """The caller may not do this."""


def describe(error: PunteError) -> dict[str, object]:
    """Return an error as JSON data, for the control API and for ``--json``."""
    return {
        "code": error.code,
        "text": error.text,
        "where": error.where,
        "mend": error.mend if isinstance(error, ConfigError) else "",
        "findings": [to_builtins(finding) for finding in error.findings],
    }

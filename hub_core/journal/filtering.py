"""What a filter asks for, in SQL."""

from typing import Final

from hub_core.journal.bodies import Purpose, Vault
from hub_core.journal.entries import Filter
from hub_core.journal.instants import to_micros
from hub_core.persons import asked_person, file_key

_CONDITIONS: Final = {  # field of Filter to the condition it sets
    "state": "m.state = ?",
    "party": "m.party = ?",
    "endpoint": "m.endpoint = ?",
    "since": "m.received_at >= ?",
    "until": "m.received_at < ?",
    "sender_id": "m.sender_id = ?",
    "case": "m.seq IN (SELECT message_seq FROM message_case WHERE number = ?)",
    "correlation_id": "m.correlation_id = ? AND m.correlation_id <> m.id",
    "person": "m.seq IN (SELECT message_seq FROM message_person WHERE person = ?)",
    "file": "m.seq IN (SELECT message_seq FROM message_person WHERE person = ?)",
    "before": "m.seq < (SELECT seq FROM message WHERE id = ?)",
    "after": "m.seq > (SELECT seq FROM message WHERE id = ?)",
}
# What is written as a keyed hash is asked for by one.
_HASHED: Final[dict[str, Purpose]] = {
    "sender_id": "sender",
    "case": "case",
    "person": "person",
    "file": "person",
    "correlation_id": "conversation",
}
_CODE: Final = "(m.codes LIKE ? OR m.seq IN (SELECT message_seq FROM delivery WHERE code = ?))"


def where(wanted: Filter, vault: Vault) -> tuple[list[str], list[str | int]]:
    """Return the conditions of a filter and the values they are bound to, its limit at the end."""
    conditions: list[str] = []
    values: list[str | int] = []
    for field, condition in _CONDITIONS.items():
        value = getattr(wanted, field)
        if value is not None and (field, value) != ("after", ""):
            conditions.append(condition)
            if field == "person":
                value = asked_person(value)
            if field == "file":
                value = file_key(value)
            if field in _HASHED:
                value = vault.token(_HASHED[field], value)
            values.append(value if isinstance(value, str) else to_micros(value))
    if wanted.rows is not None:
        conditions.append("m.line IS NOT NULL" if wanted.rows else "m.line IS NULL")
    if wanted.code is not None:
        conditions.append(_CODE)
        # A code is letters and digits; anything else would be a pattern.
        values += [f"% {wanted.code if wanted.code.isalnum() else '?'} %", wanted.code]
    if wanted.mapping is not None:
        exact = "@" in wanted.mapping
        beginning = wanted.mapping if exact else f"{wanted.mapping}@"
        conditions.append("m.mapping = ?" if exact else "substr(m.mapping, 1, length(?)) = ?")
        values += [beginning] if exact else [beginning, beginning]
    return conditions, [*values, wanted.limit]

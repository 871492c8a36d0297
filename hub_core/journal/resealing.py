"""Keys and rows: whose store it is, what each row is sealed with, and sealing anew in small steps.

What stays to be done can be read off the rows themselves, so that a restart goes on where a kill left off.
"""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from hub_core.errors import Rejected
from hub_core.journal.bodies import Contents, Envelope, Told, Vault, no_key
from hub_core.journal.dropping import refuse_dropped
from hub_core.journal.engines.connection import Connection
from hub_core.journal.engines.statements import Row
from hub_core.journal.failpoints import reach
from hub_core.journal.outcomes import decode_outcome
from hub_core.security.keyring import new_keyring, write_keyring

BATCH: Final = 64  # messages in one step
BATCH_BYTES: Final = 4_000_000  # of contents that are sealed in one step
_CHUNK: Final = 500


class Step(NamedTuple):
    """What one step did: messages sealed anew, messages that cannot be opened, where the next one begins."""

    done: int
    failed: int
    last: int


def take_keys(connection: Connection, vault: Vault, path: Path) -> None:
    """See that the keyring belongs to this store, before anything is read or written; make one for a new store.

    Runs in one transaction. A store that an older version has written gets its lookups hashed here, at once: two
    ways of writing a sender's id would let one message in twice.

    Raises:
        ConfigError: J110 the store is sealed and the keyring is not there; J111 it cannot be read; J112 a new one
            cannot be written; J113 it is another store's.
    """
    known = connection.execute("SELECT id FROM lookup_key").fetchone()
    if known is None and not path.exists():
        write_keyring(path, new_keyring(datetime.now(UTC)), first=True)
    mine = vault.keyring.lookup.id
    # Of several processes that meet at a new store one is the first; the others wait here for its row.
    first = "INSERT INTO lookup_key (number, id) VALUES (1, ?) ON CONFLICT DO NOTHING RETURNING id"
    if known is None and connection.execute(first, (mine,)).fetchone():
        _hash_lookups(connection, vault)
    (known,) = connection.execute("SELECT id FROM lookup_key").fetchone()
    if known != mine:
        raise no_key(known)
    held = {key.id for key in vault.keyring.seals}
    for key_id in keys_in_use(connection):
        if key_id not in held:
            raise no_key(key_id)


def keys_in_use(connection: Connection) -> list[str]:
    """Return the ids of the keys that messages are sealed with: one index step each, however many messages."""
    found: list[str] = []
    step = "SELECT seal_key FROM message WHERE seal_key > ? ORDER BY seal_key LIMIT 1"
    while row := connection.execute(step, (found[-1] if found else "",)).fetchone():
        found.append(row[0])
    return found


def sealed_with(connection: Connection) -> dict[str, int]:
    """Return how many messages each key seals."""
    return dict(connection.execute("SELECT seal_key, count(*) FROM message GROUP BY seal_key").fetchall())


def unsealed(connection: Connection) -> int:
    """Return how many messages have contents that an older version wrote unsealed."""
    count: int = connection.execute("SELECT count(*) FROM content WHERE sealed = 0").fetchone()[0]
    return count


def reseal_step(connection: Connection, vault: Vault, key_id: str, after: int) -> Step:
    """Seal the next envelopes of an older key with the current one.

    Raises:
        KeyDropped: J503, the current one is not, elsewhere.
    """
    rows = connection.execute(
        "SELECT seq, id, envelope FROM message WHERE seal_key = ? AND seq > ? ORDER BY seq LIMIT ?",
        (key_id, after, BATCH),
    ).fetchall()
    failed, keys = 0, set()
    for seq, message_id, envelope in rows:
        try:
            sealed = vault.reseal(message_id, envelope)
        except Rejected:
            failed += 1
            continue
        connection.execute("UPDATE message SET envelope = ?, seal_key = ? WHERE seq = ?", (*sealed, seq))
        keys.add(sealed[1])
    refuse_dropped(connection, keys)
    if rows:
        reach("after-reseal-before-commit")
    return Step(len(rows) - failed, failed, rows[-1][0] if rows else after)


def seal_step(connection: Connection, vault: Vault, after: int) -> Step:
    """Seal the next contents that an older version wrote as they were."""
    rows = connection.execute(
        "SELECT c.message_seq, m.id, m.envelope, length(c.outcome) + length(c.body) FROM content c "
        "JOIN message m ON m.seq = c.message_seq WHERE c.sealed = 0 AND c.message_seq > ? "
        "ORDER BY c.message_seq LIMIT ?",
        (after, BATCH),
    ).fetchall()
    done, failed, size, last = 0, 0, 0, after
    for seq, message_id, envelope, length in rows:
        if size and size + length > BATCH_BYTES:
            break
        size, last = size + length, seq
        try:
            _seal_contents(connection, vault, seq, message_id, envelope)
        except Rejected:
            failed += 1
        else:
            done += 1
    return Step(done, failed, last)


def _seal_contents(connection: Connection, vault: Vault, seq: int, message_id: str, envelope: bytes) -> None:
    """Seal all that belongs to one message, and write down whom it names."""
    from hub_core.canonical import Beneficiary
    from hub_core.canonical.persons import persons_in

    contents = vault.contents(message_id, envelope)
    outcome, body = connection.execute("SELECT outcome, body FROM content WHERE message_seq = ?", (seq,)).fetchone()
    connection.execute(
        "UPDATE content SET outcome = ?, body = ?, sealed = 1 WHERE message_seq = ?",
        (
            contents.seal(b"outcome", contents.read(b"outcome", outcome, sealed=0)),
            contents.seal(b"body", contents.read(b"body", body, sealed=0)),
            seq,
        ),
    )
    record = decode_outcome(outcome).record
    if record:
        for person in vault.tokens("person", persons_in(msgspec.json.decode(record, type=Beneficiary))):
            connection.execute("INSERT INTO message_person (person, message_seq) VALUES (?, ?)", (person, seq))
    entries = connection.execute("SELECT seq, detail FROM entry WHERE message_seq = ? AND detail <> ''", (seq,))
    for entry, detail in entries.fetchall():
        connection.execute("UPDATE entry SET detail = '', told = ? WHERE seq = ?", (contents.tell(Told(detail)), entry))
    deliveries = connection.execute(
        "SELECT seq, detail, reference FROM delivery WHERE message_seq = ? AND (detail <> '' OR reference IS NOT NULL)",
        (seq,),
    )
    for delivery, *said in deliveries.fetchall():
        told = contents.tell(Told(*said))
        connection.execute(
            "UPDATE delivery SET detail = '', reference = NULL, told = ? WHERE seq = ?", (told, delivery)
        )


def _hash_lookups(connection: Connection, vault: Vault) -> None:
    """Give every message of an older version its envelope, and hash what it is found by."""
    for rows in _unenveloped(connection):
        for seq, message_id, *facts, document, outcome in rows:
            sender_id, correlation_id, media_type, digest = facts
            cases = connection.execute("SELECT number FROM message_case WHERE message_seq = ?", (seq,)).fetchall()
            envelope = Envelope(
                data_key=vault.new_data_key(),
                digest=digest,
                media_type=media_type,
                correlation_id=correlation_id,
                sender_id=sender_id,
                document=document,
                cases=tuple(number for (number,) in cases),
                outcome_digest=hashlib.sha256(outcome).digest(),
            )
            connection.execute(
                "UPDATE message SET envelope = ?, seal_key = ?, sender_id = ?, correlation_id = ?, digest = ?, "
                "media_type = '', document = NULL WHERE seq = ?",
                (
                    *vault.seal(message_id, envelope),
                    None if sender_id is None else vault.token("sender", sender_id),
                    vault.conversation(correlation_id, message_id),
                    vault.digest(digest),
                    seq,
                ),
            )
            _hash_parts(connection, vault, seq, message_id, envelope)


def _hash_parts(connection: Connection, vault: Vault, seq: int, message_id: str, envelope: Envelope) -> None:
    for number in envelope.cases:
        connection.execute(
            "UPDATE message_case SET number = ? WHERE number = ? AND message_seq = ?",
            (vault.token("case", number), number, seq),
        )
    contents = Contents(message_id, envelope)
    keyed = connection.execute(
        "SELECT seq, order_key FROM delivery WHERE message_seq = ? AND order_key IS NOT NULL", (seq,)
    ).fetchall()
    for delivery, order_key in keyed:
        written = vault.order_key(contents, order_key)
        connection.execute(
            "UPDATE delivery SET order_key = ?, order_key_sealed = ? WHERE seq = ?", (*written, delivery)
        )


def _unenveloped(connection: Connection) -> Iterator[Sequence[Row]]:
    after = 0
    wanted = (
        "SELECT m.seq, m.id, m.sender_id, m.correlation_id, m.media_type, m.digest, m.document, c.outcome "
        "FROM message m JOIN content c ON c.message_seq = m.seq WHERE m.seq > ? ORDER BY m.seq LIMIT ?"
    )
    while rows := connection.execute(wanted, (after, _CHUNK)).fetchall():
        yield rows
        after = rows[-1][0]

"""How the newest messages of one endpoint were decided."""

from datetime import datetime
from typing import Final

from hub_core.journal.entries import Judged
from hub_core.journal.instants import from_micros, to_micros
from hub_core.journal.readers import Readers

# What a person rejects is refused as well: it came to a delivery, or parked by a defect (D302) to none.
_REFUSED: Final = (
    "m.state = 'refused' AND m.codes <> ' D302 ' AND NOT EXISTS (SELECT 1 FROM delivery d WHERE d.message_seq = m.seq)"
)
_JUDGED: Final = (
    f"SELECT m.id, m.received_at, {_REFUSED}, m.codes FROM message m WHERE m.endpoint = ? AND m.seq <= "  # noqa: S608 - names of our own
    "(SELECT n.seq FROM message n WHERE n.received_at <= ? ORDER BY n.received_at DESC, n.seq DESC LIMIT 1) "
    "AND m.received_at <= ? ORDER BY m.seq DESC LIMIT ?"  # a clock that was set back brings later ones before that
)


class JudgedView:
    """The part of ``JournalView`` that is about what is usual at an endpoint."""

    _readers: Readers

    def judged(self, endpoint: str, *, until: datetime, limit: int) -> list[Judged]:
        """Return how the newest messages were decided that an endpoint had received until then, newest first."""
        at = to_micros(until)
        with self._readers.read() as connection:
            rows = connection.execute(_JUDGED, (endpoint, at, at, limit)).fetchall()
        return [Judged(id_, from_micros(at), bool(refused), tuple(codes.split())) for id_, at, refused, codes in rows]

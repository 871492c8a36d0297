"""Files that the hub writes: one for many deliveries. Frozen values, no behaviour."""

from datetime import datetime

import msgspec


class Collecting(msgspec.Struct, frozen=True, kw_only=True):
    """What waits at an endpoint for a file.

    Attributes:
        count: deliveries.
        oldest: since when the first of them waits; ``None``: nothing does.
    """

    count: int = 0
    oldest: datetime | None = None


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """One delivery that waits for a file.

    Attributes:
        seq: its number; later ones have larger ones.
        line: what it shares with those that must not overtake it; ``None``: nothing.
        record: canonical record as JSON.
        fault: code that says why it cannot be opened.
    """

    seq: int
    delivery_id: str
    line: str | None
    record: bytes = b""
    fault: str | None = None


class SetAside(msgspec.Struct, frozen=True, kw_only=True):
    """A delivery that no file can carry.

    Attributes:
        holds: the later ones of its order key wait for it.
        rule: of the mapping, or the mapping, that made no row of it.
    """

    delivery_id: str
    code: str
    detail: str
    holds: bool = False
    rule: str = ""


class Early(msgspec.Struct, frozen=True, kw_only=True):
    """Who lets a file be written before its time, and why."""

    by: str
    reason: str


class Closed(msgspec.Struct, frozen=True, kw_only=True):
    """A file as it will be written, whatever happens: its number, its name, its bytes, its rows.

    Attributes:
        number: of the files of this endpoint, from 1.
        delivery_ids: in the order of the rows.
        first_line: where the first row stands, from 1.
        early: it was closed before its time.
    """

    endpoint: str
    number: int
    name: str
    body: bytes
    delivery_ids: tuple[str, ...]
    first_line: int
    at: datetime
    early: Early | None = None


class NextFile(msgspec.Struct, frozen=True, kw_only=True):
    """What an endpoint's next file would be, of what waits now.

    Attributes:
        file: not closed yet; ``None``: it would have no row.
        aside: what no file can carry, of what was looked at for it.
    """

    file: Closed | None
    aside: tuple[SetAside, ...]


class Unwritten(msgspec.Struct, frozen=True, kw_only=True):
    """A closed file of which not every row is settled."""

    endpoint: str
    number: int
    name: str
    body: bytes


class FiledRow(msgspec.Struct, frozen=True, kw_only=True):
    """A file as lists show it.

    Attributes:
        lines: rows that it has.
        written_at: when it lay there whole; ``None``: it does not yet.
        early: it was closed before its time.
        answered_at: when a reply of the partner was read; ``None``: none was.
        answer: what it says, in the hub's words.
    """

    endpoint: str
    number: int
    name: str
    lines: int
    closed_at: datetime
    written_at: datetime | None
    early: Early | None = None
    answered_at: datetime | None = None
    answer: str = ""


class RowRefused(msgspec.Struct, frozen=True, kw_only=True):
    """A row that a partner refused; ``line``: where it stands in the file; ``told``: why, in the partner's words."""

    line: int
    told: str


class FileAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What a partner says of a file that it got.

    Attributes:
        rows: that it refused, each line once.
        refused: it refused all of it, for what ``told`` says.
    """

    rows: tuple[RowRefused, ...] = ()
    refused: bool = False
    told: str = ""

    def summary(self, lines: int) -> str:
        """One line for people, of a file with so many rows.

        >>> FileAnswer(rows=(RowRefused(line=3, told="x"),)).summary(4)
        '1 of 4 rows refused'
        """
        if self.refused:
            return "refused as a whole"
        return f"{len(self.rows):,} of {lines:,} rows refused" if self.rows else "nothing refused"

"""What goes into a file of many messages: the rows that fit, in their order, as many as it can carry."""

import logging
from collections.abc import Callable, Hashable, Sequence
from datetime import UTC, date, datetime
from typing import Final, NamedTuple

import msgspec

from hub_core.canonical import Beneficiary
from hub_core.delivering.written import unwritten
from hub_core.directory import Directory
from hub_core.directory.policy import Collect
from hub_core.document import Document
from hub_core.errors import ConfigError, Rejected, TryLater
from hub_core.filed import Candidate, Closed, Early, NextFile, SetAside
from hub_core.mapping.compiled import CompiledMapping
from hub_core.ports import Clock, Filing, JournalView, Whole

log = logging.getLogger("punte.filing")
PAGE: Final = 1_000  # rows whose records are in memory at once
DEFECT: Final = "D302"
UNFIT: Final = "F116"  # "rows that the file cannot carry"
_records: Final = msgspec.json.Decoder(Beneficiary)


class Chosen:
    """The rows of a file that is being made; what belongs to another file waits for the next one.

    Args:
        filing: of the endpoint.
        mapping: writes each row.
        on: day of writing.
        holds: what is parked holds the later ones of its order key.
    """

    def __init__(self, filing: Filing, mapping: CompiledMapping, *, on: date, holds: bool) -> None:
        self._filing = filing
        self._mapping = mapping
        self._on = on
        self._holds = holds
        self._kind: Hashable = None
        self._waiting: set[str | None] = set()
        self.documents: list[Document] = []
        self.delivery_ids: list[str] = []

    def take(self, page: Sequence[Candidate], most: int) -> list[SetAside]:
        """Take what belongs into the file, up to ``most`` rows; return what no file can carry."""
        aside = []
        for one in page:
            if len(self.documents) >= most:
                break
            if one.line is not None and one.line in self._waiting:
                continue  # it must not overtake
            try:
                document = self._written(one)
                kind = self._filing.kind(document)
            except (ConfigError, TryLater):
                raise
            except Exception as fault:
                # One record must not hold up all: what is not known is parked.
                row = _fault(one, fault, holds=self._holds)
                if row.code == DEFECT:
                    log.exception("delivery.unexpected", extra={"delivery": one.delivery_id})
                aside.append(row)
                if self._holds:
                    self._waiting.add(one.line)
                continue
            if self.documents and kind != self._kind:
                self._waiting.add(one.line)
                continue
            self._kind = kind
            self.documents.append(document)
            self.delivery_ids.append(one.delivery_id)
        return aside

    def _written(self, one: Candidate) -> Document:
        if one.fault is not None:
            raise Rejected(one.fault, "its contents do not open")
        writing = self._mapping.write(_records.decode(one.record), on=self._on)
        if writing.document is None:
            raise unwritten(writing.findings, self._mapping)
        return writing.document


class Chooser:
    """Makes the next file of an endpoint, and keeps nothing of it; called outside of the event loop.

    Args:
        view: where its rows wait.
        mappings: returns a mapping by its id.
        directory: returns the registry set in force.
        clock: the time.
    """

    def __init__(
        self,
        *,
        view: JournalView,
        mappings: Callable[[str], CompiledMapping],
        directory: Callable[[], Directory],
        clock: Clock,
    ) -> None:
        self._view = view
        self._mappings = mappings
        self._directory = directory
        self._clock = clock

    def next_file(self, name: str, filing: Filing, early: Early | None = None) -> NextFile:
        """Return the next file of an endpoint as it would be now, whether it is due or not.

        Raises:
            ConfigError: R105, the endpoint collects nothing; or how it is set up.
        """
        now = self._clock.now()
        chosen, aside = self._chosen(name, filing, now)
        if not chosen.documents:
            return NextFile(file=None, aside=aside)
        number = next((file.number for file in self._view.filed(name)), 0) + 1
        made = make(filing, chosen.documents, number, now)
        file = Closed(
            endpoint=name,
            number=number,
            name=made.whole.name,
            body=made.whole.body,
            delivery_ids=tuple(chosen.delivery_ids[: made.rows]),
            first_line=made.whole.first_line,
            at=now,
            early=early,
        )
        return NextFile(file=file, aside=aside)

    def _chosen(self, name: str, filing: Filing, now: datetime) -> tuple[Chosen, tuple[SetAside, ...]]:
        """Choose rows, page by page; return what no file can carry besides."""
        endpoint, most = self._directory().endpoints[name], collect_of(self._directory(), name).most
        mapping = self._mappings(endpoint.writes or "")
        chosen = Chosen(filing, mapping, on=now.astimezone(UTC).date(), holds=endpoint.parked == "hold")
        aside: list[SetAside] = []
        after: int | None = 0
        while after is not None and len(chosen.documents) < most:
            page, after = self._view.candidates(name, after=after, limit=PAGE)
            aside += chosen.take(page, most)
        return chosen, tuple(aside)


def collect_of(directory: Directory, name: str) -> Collect:
    """Return when the files of an endpoint are closed.

    Raises:
        ConfigError: R105, it writes none.
    """
    endpoint = directory.endpoints.get(name)
    if endpoint is None or endpoint.collect is None:
        text = "is not registered" if endpoint is None else "collects no messages"
        raise ConfigError("R105", f"the endpoint {name} {text}", mend="see punte endpoint list")
    return endpoint.collect


class Made(NamedTuple):
    """A file that can be written, of the first rows of those that were chosen."""

    whole: Whole
    rows: int


def make(filing: Filing, documents: Sequence[Document], number: int, at: datetime) -> Made:
    """Make a file of as many of the first documents as one can carry: the sum of all may be too long for its column.

    Raises:
        ConfigError: it cannot even carry one, though each was found to fit.
    """
    count = len(documents)
    while True:
        try:
            return Made(filing.whole(documents[:count], number=number, at=at), count)
        except Rejected as fault:
            if count == 1:
                raise ConfigError(fault.code, fault.text, mend="mend the description of the file") from fault
        count //= 2


def _fault(one: Candidate, fault: Exception, *, holds: bool) -> SetAside:
    """Return why a delivery is parked, with code, words and rule; the words of a defect hold no value.

    What is wrong with a row is told as what no file can carry: its own code has a mend for who sends files to the hub.
    """
    if not isinstance(fault, Rejected):
        return SetAside(delivery_id=one.delivery_id, code=DEFECT, detail=type(fault).__name__, holds=holds)
    columns = dict.fromkeys(found.source for found in fault.findings if found.source)
    return SetAside(
        delivery_id=one.delivery_id,
        code=UNFIT if fault.code.startswith("F") else fault.code,
        detail=f"{fault.text} ({', '.join(columns)})" if columns else fault.text,
        holds=holds,
        rule=next((found.rule for found in fault.findings if found.rule), ""),
    )

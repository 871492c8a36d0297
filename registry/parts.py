"""What a hub is made of, each part made when it is first needed.

The running hub and a command without a hub put the same parts together: a command that only looks opens the file
for reading and never loads a mapping.
"""

import os
from collections.abc import Callable
from functools import cached_property, lru_cache, partial
from importlib.metadata import version
from typing import TYPE_CHECKING

from hub_core.accepting.admission import Admission
from hub_core.attachments.folder import Folder
from hub_core.clock import SystemClock, new_id
from hub_core.directory import Directory
from hub_core.errors import ConfigError
from hub_core.journal.bodies import Vault
from hub_core.journal.view import SqlJournalView
from hub_core.journal.where import engine_of
from hub_core.ports.clock import Clock
from hub_core.security.keyring import read_keyring
from hub_core.settings import Settings
from registry.callers import Callers
from registry.keys import KeyList, Keys
from registry.sets.store import REGISTRY, Registry, Sets

if TYPE_CHECKING:
    from adapters.kit.load import Adapters
    from hub_core.accepting.hub import Hub
    from hub_core.accepting.judging import Judge
    from hub_core.asking.inquiry import Inquiry
    from hub_core.delivering.gates import Gates
    from hub_core.journal.database import Database
    from hub_core.journal.readers import Readers
    from hub_core.journal.store import SqlJournal
    from hub_core.mapping import MappingSet
    from hub_core.message import Message, Outcome, Refusal
    from registry.connections import Connections
    from registry.mappings.releases import ReleaseBook, Releases
    from registry.mappings.sets import Mappings
    from registry.mappings.shadow import Shadow
    from registry.metrics import Metrics


class Parts:
    """The parts of one hub; ``write=False`` gives those that look.

    Attributes:
        deliveries_added: called when there is something to deliver; set by the process that delivers.
        files_added: called when there is a file whose rows are to become messages; set by the same process.
        registry_changed, keys_changed: called when there is another registry set or keyring; set by the same process.
        address, started_at: where the running hub listens, and since when (ISO 8601); ``None`` without one.
        serving: this process is the running hub.
        shadow: what reads beside the mappings in force.
    """

    def __init__(self, settings: Settings, *, write: bool) -> None:
        self.settings = settings
        self.write = write
        self.environ = os.environ
        self._holds = write or settings.may_hold
        self.new_id = new_id
        self.deliveries_added: Callable[[], None] = _nothing
        self.files_added: Callable[[], None] = _nothing
        self.registry_changed: Callable[[], None] = _nothing
        self.keys_changed: Callable[[], None] = _nothing
        self.address: str | None = None
        self.started_at: str | None = None
        self.serving = False
        self.shadow: Shadow | None = None
        self.admission = Admission(settings.in_flight_bytes, lag=lambda: self.database.lag)
        self._current: Directory | None = None
        self._directories = lru_cache(maxsize=8)(lambda number: self.sets.directory(number))  # noqa: PLW0108 - opened late

    @property
    def version(self) -> str:
        """Version of the software."""
        return version("punte")

    @cached_property
    def clock(self) -> Clock:
        """The time that all processes of the hub agree about."""
        return self.database.clock if self.write else SystemClock()

    @cached_property
    def database(self) -> "Database":
        """The store, owned by this process; J103 if only looking is allowed, see also ``open_store``."""
        from registry.opening import open_store

        if not self.write:
            raise ConfigError("J103", "this command only looks", where=str(self.settings.home))
        return open_store(self.settings, self.environ, self.vault, self.attachments)

    @cached_property
    def attachments(self) -> Folder:
        """Where large contents lie."""
        return Folder(self.settings.attachments_folder)

    @cached_property
    def vault(self) -> Vault:
        """What seals and opens personal values; the keyring is read when it is needed first."""
        return Vault(partial(read_keyring, self.settings.keyring_file))

    @cached_property
    def reads(self) -> "Readers":
        """Read connections: the own file's, or those of a file that another process may write."""
        if self.write:
            return self.database.readers
        from hub_core.journal.readers import look

        return look(engine_of(self.settings, self.environ), migrations=(REGISTRY,))

    @cached_property
    def view(self) -> SqlJournalView:
        """The journal's reading side."""
        return self.journal if self.write else SqlJournalView(self.reads, self.vault)

    @cached_property
    def journal(self) -> "SqlJournal":
        """The journal with its writing side."""
        from hub_core.journal.store import SqlJournal

        return SqlJournal(self.database, self.vault)

    @cached_property
    def sets(self) -> Sets:
        """The registry sets, to look at."""
        return self.registry if self.write else Sets(self.reads)

    @cached_property
    def registry(self) -> Registry:
        """The registry sets with their writing side."""
        return Registry(
            self.database,
            adapters=self.adapters,
            mappings=lambda: [mapping.id for mapping in self.mappings().all],
            environ=self.environ,
            clock=self.clock,
        )

    @cached_property
    def key_list(self) -> KeyList:
        """The API keys, to look at."""
        return self.keys if self.write else KeyList(self.reads)

    @cached_property
    def keys(self) -> Keys:
        """The API keys of this process."""
        return Keys(self.database, clock=self.clock)

    @cached_property
    def callers(self) -> Callers:
        """Who may call this process."""
        return Callers(self.settings, keys=self.keys, directory=self.directory, clock=self.clock)

    @cached_property
    def adapters(self) -> "Adapters":
        """The installed adapters by name."""
        from adapters.kit.load import load_adapters

        return load_adapters()

    @cached_property
    def releases(self) -> "Releases":
        """The mapping releases, to look at."""
        from registry.mappings.releases import Releases

        return self.release_book if self.write else Releases(self.reads)

    @cached_property
    def release_book(self) -> "ReleaseBook":
        """The mapping releases with their writing side."""
        from registry.mappings.releases import ReleaseBook

        return ReleaseBook(self.database, clock=self.clock)

    @cached_property
    def mapping_sets(self) -> "Mappings":
        """The mappings of every release, compiled."""
        from registry.mappings.sets import Mappings

        return Mappings(self.releases)

    def mappings(self) -> "MappingSet":
        """Return the mappings in force; where nothing was ever kept, those delivered with the hub."""
        if not self._holds:
            from registry.mappings.sets import delivered, load

            return load(delivered())
        return self.mapping_sets.in_force()

    def judge_with(self, mappings: "MappingSet") -> "Judge":
        """Return what decides about messages with these mappings, and keeps nothing."""
        from hub_core.accepting.judging import Judge

        return Judge(mappings=lambda: mappings, adapters=self.adapters, clock=self.clock, new_id=self.new_id)

    @cached_property
    def hub(self) -> "Hub":
        """The flow itself."""
        from hub_core.accepting.hub import Hub

        return Hub(
            directory=self.directory,
            mappings=self.mappings,
            adapters=self.adapters,
            journal=self.journal,
            clock=self.clock,
            new_id=self.new_id,
            wake=lambda: self.deliveries_added(),  # noqa: PLW0108 - set later
            kept=self.decided,
            turned_away=self.turned_away,
            freed=self.attachments.remove,
        )

    @cached_property
    def gates(self) -> "Gates":
        """What stands before the outbound endpoints, in the process that delivers."""
        from hub_core.delivering.gates import Gates

        return Gates(places=self.settings.per_endpoint, share=lambda: self.database.share)

    @cached_property
    def metrics(self) -> "Metrics":
        """What the process that serves counts."""
        from registry.metrics import Metrics

        return Metrics()

    @cached_property
    def connections(self) -> "Connections":
        """Targets and sources of the registered endpoints."""
        from registry.connections import Connections

        return Connections(self.adapters)

    @cached_property
    def inquiry(self) -> "Inquiry":
        """Questions to other institutions."""
        from hub_core.asking.inquiry import Inquiry

        return Inquiry(
            self.hub, directory=self.directory, source=self.connections.source, clock=self.clock, new_id=self.new_id
        )

    def directory(self) -> Directory:
        """Return the registry set in force; where nothing was ever kept, the empty one."""
        if self._current is None:
            self._current = self.sets.current() if self._holds else Directory()
        return self._current

    def in_force(self, directory: Directory) -> None:
        """Take a newly applied set into use: the next message is handled by it."""
        self._current = directory
        self.registry_changed()

    def directory_of(self, number: int) -> Directory:
        """Return an earlier registry set."""
        return self._directories(number)

    def begin_shadow(self, release: int, mappings: "MappingSet") -> None:
        """Let a set of mappings read beside the one in force, where this process is the running hub."""
        from registry.mappings.shadow import Shadow

        self.end_shadow()
        if self.serving:
            self.shadow = Shadow(release, mappings, self.adapters, self.directory, since=self.clock.now())

    def end_shadow(self) -> None:
        """Let nothing read beside the set in force."""
        if self.shadow is not None:
            self.shadow.close()
        self.shadow = None

    def decided(self, message: "Message", outcome: "Outcome") -> None:
        """Say that a message was decided and kept."""
        if self.serving:
            self.metrics.decided(message, outcome)
        if outcome.rows:
            self.files_added()
        if self.shadow is not None:
            self.shadow.offer(message, outcome)

    def turned_away(self, refusal: "Refusal") -> None:
        """Say that a call was turned away."""
        if self.serving:
            self.metrics.turned_away(refusal)

    def close(self) -> None:
        """Give the file free."""
        self.end_shadow()
        if "database" in self.__dict__:
            self.database.close()
        elif "reads" in self.__dict__:
            self.reads.close()


def _nothing() -> None:
    """Do nothing: a command without a hub leaves deliveries to the hub that is started next."""

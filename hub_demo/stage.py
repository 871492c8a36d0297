"""The running country: what the chapters of the story act on."""

import json
import secrets
from pathlib import Path
from typing import Any, Final

from rich.console import Console

from hub_core.settings import Settings
from hub_demo.calls import Caller
from hub_demo.population import Population
from hub_demo.processes import Processes
from registry.remote import RemoteDesk

PARTNERS: Final = ("anpis-cases", "portal-inbox")
FOLDERS: Final = ("anofm", "cluj", "iasi", "iasi/someri")


class Stage:
    """The running country: what the chapters of the story act on."""

    def __init__(self, *, processes: Processes, settings: Settings, country: Population, console: Console) -> None:
        self.processes = processes
        self.settings = settings
        self.country = country
        self.console = console
        self.environment: dict[str, str] = {}
        self.keys: dict[str, str] = {}
        self.address = ""
        self.list_number = 0  # of the lists that town halls left in this run
        self.run = secrets.token_hex(4)  # makes the ids of this run's messages its own

    @property
    def demo(self) -> Path:
        """Folder of logs and ledgers."""
        return self.settings.home / "demo"

    @property
    def files(self) -> Path:
        """Folder below which partners leave files, each in its own."""
        return self.demo / "files"

    @property
    def desk(self) -> RemoteDesk:
        """The operator's verbs of the running hub."""
        return RemoteDesk(self.settings.control)

    def caller(self, institution: str) -> Caller:
        """Return an institution that calls the hub with its key."""
        return Caller(self.address, self.keys[institution])

    def start_hub(self) -> None:
        """Start the hub and learn its address."""
        self.settings.address.unlink(missing_ok=True)
        self.processes.launch("hub", ["cli", "serve"], self.environment)
        self.address = self.processes.wait_for("hub", self.settings.address)

    def effects(self, message_id: str) -> list[dict[str, Any]]:
        """Return what the partners' ledgers say about one message."""
        lines = []
        for partner in PARTNERS:
            ledger = self.demo / f"{partner}.jsonl"
            if ledger.exists():
                lines += [json.loads(line) | {"partner": partner} for line in ledger.read_text().splitlines()]
        return [line for line in lines if line["message_id"] == message_id]

"""The demo: a small country, real exchanges through a real hub, told as they happen.

Everything runs as separate processes on free ports of this machine; all state lies in one folder and the demo can be
interrupted and repeated.
"""

import os
import signal
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from rich.console import Console
from rich.table import Table

from hub_core.errors import PunteError
from hub_core.settings import Settings, from_environment
from hub_demo import chapters
from hub_demo.feed import feed, show
from hub_demo.filing import leave_files
from hub_demo.population import DEFAULT_SEED, Population
from hub_demo.processes import Processes
from hub_demo.stage import FOLDERS, PARTNERS, Stage
from registry.mappings.sets import delivered
from registry.remote import RemoteDesk

COUNTRY = Path(__file__).parent / "country"
PLAIN_WIDTH = 180
AGENCIES = ("dgep", "cnas", "anpis", "anofm", "anaf", "itm")
CALLERS = ("cnas", "mmftss", "eessi-ap", "anofm")


def main(*, once: bool, folder: Path | None = None, seed: int = DEFAULT_SEED) -> int:
    """Tell the story; return the exit code.

    Args:
        once: end afterwards instead of staying up.
        folder: every file below it is fed through the running hub as well.
        seed: of the synthetic population.
    """
    # Where nobody looks at a terminal (a pipe, a log) nothing is cut.
    console = Console(highlight=False, width=None if sys.stdout.isatty() else PLAIN_WIDTH)
    os.umask(0o077)  # ledgers hold what partners received
    settings = _settings()
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        with Processes(settings.home / "demo", apart=True) as processes:
            country = Population(seed)
            stage = Stage(processes=processes, settings=settings, country=country, console=console)
            raise_the_curtain(stage, seed)
            leave_files(stage)
            chapters.tell(stage)
            if folder is not None:
                console.rule(f"Every file below {folder}", align="left")
                show(feed(folder, stage.caller("eessi-ap"), console), console)
            if not once:
                _stay(stage)
    except KeyboardInterrupt:
        console.print("\nstopped; run it again whenever you like")
    except PunteError as error:
        console.print(f"[red]error:[/] {error}")
        for finding in error.findings:
            console.print(f"  {finding.rule or ''} {finding.code} {finding.text}; {finding.help or ''}")
        return 1
    return 0


def raise_the_curtain(stage: Stage, seed: int) -> None:
    """Start agencies, partners and hub, and register them."""
    console = stage.console
    console.rule("A small country and its hub", align="left")
    for folder in FOLDERS:
        (stage.files / folder).mkdir(parents=True, exist_ok=True)
    for agency in AGENCIES:
        stage.processes.launch(agency, ["hub_demo.agencies", agency, "--port", "0", "--seed", str(seed)], _passwords())
    for partner in PARTNERS:
        ledger = stage.demo / f"{partner}.jsonl"
        stage.processes.launch(partner, ["hub_demo.partner", partner, "--ledger", str(ledger)])
    table = Table("who", "what", "address", box=None, pad_edge=False, header_style="bold")
    stage.environment |= _passwords() | {"PUNTE_HOME": str(stage.settings.home), "PUNTE_PORT": str(stage.settings.port)}
    stage.environment["PUNTE_FILES"] = str(stage.files)
    for name in (*AGENCIES, *PARTNERS):
        url = stage.processes.announced(name)["url"]
        stage.environment[f"DEMO_{name.upper().replace('-', '_')}_URL"] = url
        table.add_row(name.upper() if name in AGENCIES else name, _WHAT[name], url)
    stage.start_hub()
    table.add_row("Punte", "the hub, SQLite embedded", stage.address)
    console.print(table)
    catch_up(stage.desk)
    _register(stage)


def catch_up(desk: RemoteDesk) -> None:
    """Put the delivered mappings in force where an older version of the demo has run before: nobody decides here."""
    if desk.call("mapping_releases", {})["folder_is_in_force"]:
        return
    files = {name: body.decode() for name, body in delivered().items()}
    desk.call("mapping_promote", {"files": files, "by": "demo", "reason": "delivered with this version"})


def _register(stage: Stage) -> None:
    files = {path.name: path.read_text(encoding="utf-8") for path in sorted(COUNTRY.glob("*.yaml"))}
    applied = stage.desk.call("apply", {"files": files, "note": "the demo's country", "by": "demo"})
    known = {key["name"] for key in stage.desk.call("keys", {}) if key["revoked_at"] is None}
    for institution in CALLERS:
        name = f"demo-{institution}"
        if name in known:
            stage.desk.call("key_revoke", {"name": name, "by": "demo"})
        issued = stage.desk.call("key_new", {"name": f"{name}-{stage.run}", "institution": institution, "by": "demo"})
        stage.keys[institution] = issued["key"]
    stage.console.print(f"registry set {applied['number']} is in force: who is connected, who may ask what, and why\n")


def _stay(stage: Stage) -> None:
    home = f"PUNTE_HOME={stage.settings.home} " if stage.settings.home != Path(".punte") else ""
    someone = stage.country.showcase[0].cnp
    console = stage.console
    console.rule("Now you", align="left")
    console.print(f"The country stays up; Ctrl+C stops it. The API is described at {stage.address}/docs. Try:\n")
    console.print(f"  {home}.venv/bin/punte messages list")
    console.print(f"  {home}.venv/bin/punte query person {someone} --as mmftss --purpose benefit-application")
    console.print(f"  {home}.venv/bin/punte parked")
    console.print(f"  {home}.venv/bin/punte status\n")
    console.print(f"Partners' files lie below {stage.files}: leave one of your own, and look into replies/.\n")
    while True:
        time.sleep(3600)


def _settings() -> Settings:
    environment: Mapping[str, str] = {"PUNTE_PORT": "0", **os.environ}
    settings = from_environment(environment)
    settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    return settings


def _passwords() -> dict[str, str]:
    """Synthetic credentials of the simulated agencies; they open nothing real."""
    return {"DEMO_DGEP_PASSWORD": "demo-dgep", "DEMO_CNAS_PASSWORD": "demo-cnas", "DEMO_ITM_PASSWORD": "demo-itm"}


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


_WHAT = {
    "dgep": "register of persons, SOAP with text inside CDATA",
    "cnas": "health insurance, SOAP rpc/encoded",
    "anpis": "benefits, SOAP with numeric codes",
    "anofm": "employment agency, SOAP",
    "anaf": "tax agency, SOAP with comma decimals",
    "itm": "labour inspectorate, a queue: answers come later",
    "anpis-cases": "case system, takes records over a webhook",
    "portal-inbox": "the ministry's portal, takes records over a webhook",
}

"""``punte simulate``: a partner made from its contract."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli import screen
from cli.options import Json, folder
from cli.screen import Column

if TYPE_CHECKING:
    from hub_simulator import Quirks, Sent, Simulator

OPERATIONS = (
    Column("OPERATION"),
    Column("PORT", drop=1),
    Column("STYLE", drop=2),
    Column("SOAP", drop=3),
    Column("ANSWERS"),
)
ADDRESSES = (Column("PORT"), Column("ADDRESS", wrap=True), Column("CONTRACT", wrap=True))

Required = Annotated[
    str | None,
    typer.Option(
        "--require",
        metavar="KIND[:USER:FILE]",
        help="basic or username-token: what callers must show; any will do, unless USER and the password in FILE.",
    ),
]
Mtom = Annotated[
    str | None,
    typer.Option("--mtom", metavar="SIZE", help="Contents of answers from this size travel as parts: 1kB, 0."),
]


Sparse = Annotated[bool, typer.Option("--sparse", help="Leave optional parts of answers out by chance.")]


def simulate(
    wsdl: Annotated[Path, typer.Argument(metavar="WSDL", exists=True, dir_okay=False, help="The contract.")],
    *,
    root: Annotated[Path | None, folder("--root", "Folder that it may import from; else its own.")] = None,
    port: Annotated[int, typer.Option("--port", metavar="N", min=0, max=65535, help="0 takes a free one.")] = 0,
    data: Annotated[
        Path | None,
        folder(
            "--data", "Examples, DIR/OPERATION/KEY.xml: answered where KEY is a value of the request; default.xml else."
        ),
    ] = None,
    seed: Annotated[int, typer.Option("--seed", metavar="N", help="Another seed gives other answers.")] = 1,
    latency: Annotated[str, typer.Option("--latency", metavar="TIME", help="Before each answer: 50ms, 2s.")] = "0s",
    fault_rate: Annotated[
        float, typer.Option("--fault-rate", metavar="SHARE", min=0, max=1, help="Of calls answered with a fault.")
    ] = 0.0,
    status_200_faults: Annotated[
        bool, typer.Option("--status-200-faults", help="Answer faults with HTTP status 200.")
    ] = False,
    encoding: Annotated[
        str, typer.Option("--encoding", metavar="NAME", help="Of the answers: ISO-8859-2, UTF-16.")
    ] = "UTF-8",
    sparse: Sparse = False,
    require: Required = None,
    mtom: Mtom = None,
    as_json: Json = False,
) -> None:
    """Stand in for a partner: answer every operation of a WSDL on this machine, by examples or by what it allows.

    The same request is always answered in the same way. Requests that the contract does not allow are refused with a
    fault that says why. The header Simulate-Fault: NAME asks for a fault that the operation declares. GET
    /PORT?wsdl gives its contract, GET /sent/N what the Nth call was answered. With --json one line when it is ready,
    then one per call. Ends with Ctrl-C.
    """
    from hub_simulator.served import HOST, app_of, listen, run

    simulator = _simulator(
        wsdl, root, data, seed, _quirks(latency, fault_rate, encoding, require, mtom, status_200_faults, sparse)
    )
    listener = listen(port)
    url = f"http://{HOST}:{listener.getsockname()[1]}"
    if as_json:
        _line({"url": url, "operations": [_facts(name, one, url) for name, one in _offered(simulator)]})
    else:
        _show(simulator, url)
    run(app_of(simulator, url, _line_of if as_json else _tell), listener)


def _quirks(
    latency: str,
    fault_rate: float,
    encoding: str,
    require: str | None,
    mtom: str | None,
    faults_as_200: bool,
    sparse: bool,
) -> "Quirks":
    from datetime import timedelta

    from hub_core.typed import duration, size
    from hub_simulator import Quirks
    from hub_simulator.demanded import demand_of

    threshold = None if mtom is None else size(mtom)
    if mtom is not None and threshold is None:
        raise typer.BadParameter("write a size as 1kB or 0", param_hint="--mtom")
    waited = duration(latency) if latency.strip("0s") else timedelta(0)
    if waited is None:
        raise typer.BadParameter("write a time as 50ms or 2s", param_hint="--latency")
    try:
        return Quirks(
            latency=waited,
            fault_rate=fault_rate,
            encoding=encoding,
            mtom=threshold,
            sparse=sparse,
            require=None if require is None else demand_of(require),
            faults_as_200=faults_as_200,
        )
    except LookupError:
        raise typer.BadParameter("no such encoding", param_hint="--encoding") from None


def _simulator(wsdl: Path, root: Path | None, data: Path | None, seed: int, quirks: "Quirks") -> "Simulator":
    from adapters.soap.wire import Wire
    from hub_core.contract.wsdl import read_contract
    from hub_core.errors import ConfigError
    from hub_simulator import Simulator
    from hub_simulator.recorded import read_examples

    contract = read_contract(wsdl, root)
    if not any(port.operations for service in contract.services for port in service.ports):
        raise ConfigError("V401", "the contract offers no operation over SOAP", where=str(wsdl))
    examples = read_examples(data, contract, Wire(contract)) if data else None
    return Simulator(contract, examples=examples, seed=seed, quirks=quirks)


def _offered(simulator: "Simulator") -> list[tuple[str, Any]]:
    return [(name, one) for name, port in simulator.ports.items() for one in port.operations]


def _facts(name: str, operation: Any, url: str) -> dict[str, Any]:
    return {
        "operation": operation.name,
        "address": f"{url}/{name}",
        "wsdl": f"{url}/{name}?wsdl",
        "style": operation.style,
        "use": operation.use,
        "soap": operation.soap,
        "action": operation.action,
        "one_way": operation.one_way,
        "faults": [fault.name for fault in operation.faults],
    }


def _show(simulator: "Simulator", url: str) -> None:
    rows = [
        (
            one.name,
            name,
            f"{one.style}/{one.use}",
            one.soap,
            "nothing (one-way)" if one.output is None else one.output.element.rpartition("}")[2],
        )
        for name, one in _offered(simulator)
    ]
    screen.table(OPERATIONS, rows, empty="the contract offers no operation over SOAP")
    screen.heading("Addresses")
    ports = [(name, f"{url}/{name}", f"{url}/{name}?wsdl") for name in simulator.ports]
    screen.table(ADDRESSES, ports, empty="")
    screen.note("Ctrl-C ends it; the header Simulate-Fault: NAME asks for a declared fault")


def _tell(sent: "Sent") -> None:
    """Print what became of a call; never a value from it."""
    told = f"{sent.operation or 'no operation'} {sent.outcome}" + (f": {sent.why}" if sent.why else "")
    screen.facts([(f"{sent.number:>5}", told)])
    sys.stdout.flush()


def _line_of(sent: "Sent") -> None:
    _line(
        {
            "number": sent.number,
            "port": sent.port,
            "operation": sent.operation,
            "outcome": sent.outcome,
            "why": sent.why,
        }
    )


def _line(facts: dict[str, Any]) -> None:
    print(screen.json_text(facts), flush=True)

"""Admission: a WSDL or XML Schema is read whole and held against every validator, or refused with all reasons."""

from pathlib import Path
from typing import Final

import msgspec

from hub_core.contract.wsdl.bodies import Bodies
from hub_core.contract.wsdl.definitions import Definitions
from hub_core.contract.wsdl.files import Files, shown
from hub_core.contract.wsdl.findings import Finding, Findings, refusal
from hub_core.contract.wsdl.gather import Gathering
from hub_core.contract.wsdl.index import Index
from hub_core.contract.wsdl.join import join
from hub_core.contract.wsdl.model import Contract, Service
from hub_core.contract.wsdl.policy import look_at_policies
from hub_core.contract.wsdl.reader import Reader
from hub_core.contract.wsdl.schemas import Schemas
from hub_core.contract.wsdl.weight import Scale
from hub_core.message import Severity

MOST_MODELLED: Final = 10_000  # declarations; xmlschema takes about ten seconds for them


class Admission(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a file.

    Attributes:
        file: relative to the folder.
        contract: a WSDL or XML Schema; ``None`` where it was refused, and for other kinds of contracts.
        findings: what was noticed; where it was refused, the reasons first.
    """

    file: str
    contract: Contract | None
    findings: tuple[Finding, ...]

    @property
    def admitted(self) -> bool:
        """Whether nothing refuses it."""
        return not any(one.severity is Severity.ERROR for one in self.findings)


def admit(path: Path, root: Path | None = None, *, compiled: bool = True) -> Admission:
    """Return what becomes of a WSDL or an XML Schema.

    Args:
        path: the file.
        root: the only folder that it may import from; its own if none is given.
        compiled: hold the schemas against libxml2 and xmlschema too, which takes most of the time.
    """
    path = path.resolve()
    root = root.resolve() if root else path.parent
    findings, files = Findings(), Files(root)
    gathered = Gathering(files, findings)
    gathered.run(path)
    index = Index(gathered.schemas, findings)
    services: tuple[Service, ...] = ()
    if gathered.definitions:
        definitions = Definitions(gathered.definitions, findings)
        bodies = Bodies(index)
        services = Reader(definitions, bodies).services()
        made = bodies.schemas(path, shown(path, root))
        index = Index([*gathered.schemas, *made], Findings()) if made else index
        index.findings = findings
        look_at_policies(gathered.definitions, findings)
    Scale(index).weigh()
    schemas = Schemas(join(index))
    if compiled and not findings.refused:
        _compile(schemas, findings, shown(path, root))
    contract = Contract(
        path=path,
        root=root,
        files=tuple(sorted(file for file in files.read_files if file.is_relative_to(root))),
        services=services,
        findings=tuple(findings),
        schemas=schemas,
    )
    return Admission(file=shown(path, root), contract=None if findings.refused else contract, findings=tuple(findings))


def read_contract(path: Path, root: Path | None = None) -> Contract:
    """Return a contract.

    Args:
        path: a WSDL, or an XML Schema.
        root: the only folder that it may import from; its own if none is given.

    Raises:
        ConfigError: V401, it is refused; with the first reason, its file and line.
    """
    admission = admit(path, root, compiled=False)
    if admission.contract is None:
        raise refusal(admission.findings, admission.file)
    return admission.contract


def _compile(schemas: Schemas, findings: Findings, file: str) -> None:
    """Hold schemas against both validators: what one of them takes is used, with what the other says."""
    fast = schemas.fast_faults
    if not fast and schemas.joined.size > MOST_MODELLED:
        text = f"more than {MOST_MODELLED:,} declarations: held against libxml2 only"
        findings.info("V526", (file, 0), text, "name the part of the contract that is needed")
        return
    model = schemas.model_faults
    refused = bool(fast) and bool(model) and schemas.unsound
    told = findings.error if refused else findings.warning
    for faults, code, who in ((fast, "V525", "libxml2"), (model, "V526", "xmlschema")):
        for at, line, text in faults:
            told("V507" if refused else code, (at or file, line), f"{who}: {text}")

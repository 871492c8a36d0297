"""What becomes of a file that may be a contract: WSDL, XML Schema, or JSON Schema."""

from pathlib import Path
from typing import Any

import msgspec

from hub_core.contract.wsdl import Admission, Operation, admit
from hub_core.contract.wsdl.files import shown
from hub_core.contract.wsdl.findings import Findings
from hub_core.errors import ConfigError
from hub_core.validation.json_schema import load_json_schema


def check(path: Path, root: Path) -> Admission:
    """Return whether a file is admitted as a contract, and what was noticed.

    Args:
        path: the file.
        root: the only folder that it may import from.
    """
    if not is_json(path):
        return admit(path, root)
    findings, file = Findings(), shown(path.resolve(), root.resolve())
    try:
        load_json_schema(path, root)
    except ConfigError as fault:
        at = shown(Path(fault.where).resolve(), root.resolve()) if fault.where else file
        findings.error("V507", (at, 0), fault.text, fault.mend)
    return Admission(file=file, contract=None, findings=tuple(findings))


def as_data(file: str, admission: Admission) -> dict[str, Any]:
    """Return an admission as JSON data; ``file``: as it was named."""
    services = admission.contract.services if admission.contract else ()
    return {
        "file": file,
        "admitted": admission.admitted,
        "operations": [
            {"service": service.name, "port": port.name, **_operation(operation)}
            for service in services
            for port in service.ports
            for operation in port.operations
        ],
        "findings": [msgspec.to_builtins(finding) for finding in admission.findings],
    }


def _operation(operation: Operation) -> dict[str, Any]:
    return {
        "name": operation.name,
        "style": operation.style,
        "use": operation.use,
        "soap": operation.soap,
        "action": operation.action,
        "input": operation.input.element,
        "output": operation.output.element if operation.output else None,
        "faults": [msgspec.to_builtins(fault) for fault in operation.faults],
    }


def is_json(path: Path) -> bool:
    """Tell whether a contract is written in JSON, by its name or its first byte."""
    if path.suffix.lower() == ".json":
        return True
    try:
        with path.open("rb") as stream:
            return stream.read(200).removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{")
    except OSError:
        return False

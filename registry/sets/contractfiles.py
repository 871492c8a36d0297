"""Which contracts a registry set works with: the files below ``schemas/`` that its endpoints name, by their content."""

import hashlib
from collections.abc import Mapping

from hub_core.directory import Contract, Directory
from hub_core.places import SCHEMAS
from registry.sets.plan import Action, Change, FieldChange

_SHOWN = 12  # digits of a digest


def digests_of(directory: Directory) -> dict[str, str]:
    """Return the SHA-256 of every file that a contract names; what cannot be read is left out."""
    named = {file for endpoint in directory.endpoints.values() for file in _files(endpoint.contract)}
    found = {}
    for file in sorted(named):
        path = SCHEMAS / file
        if path.is_file():
            found[file] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def changes_between(old: Mapping[str, str], new: Mapping[str, str]) -> list[Change]:
    """Return which files have another content now; those that only one side names are told with their endpoint."""
    return [
        Change(
            action=Action.CHANGED,
            kind="contracts",
            name=file,
            fields=(FieldChange(at="sha256", before=old[file][:_SHOWN], after=new[file][:_SHOWN]),),
        )
        for file in sorted(old.keys() & new.keys())
        if old[file] != new[file]
    ]


def _files(contract: Contract | None) -> set[str]:
    if contract is None:
        return set()
    return {file for file in (contract.wsdl, contract.xsd, contract.json_schema, contract.rows) if file}

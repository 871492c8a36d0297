"""Where a WSDL speaks of a port or an operation; looked up only once something about it became another."""

from functools import cached_property
from typing import Final, Literal

from hub_core.contract.changes.model import NOWHERE, At
from hub_core.contract.wsdl import Contract
from hub_core.contract.wsdl.files import LIMITS, shown
from hub_core.contract.wsdl.names import Node, W, tag
from hub_core.errors import PunteError
from hub_core.validation import parse_xml

_AROUND: Final = (f"{W}binding", f"{W}portType", f"{W}service")  # a binding says more of an operation than a port type


class Lines:
    """Files and lines of one contract."""

    def __init__(self, contract: Contract) -> None:
        self.contract = contract

    def of(self, kind: Literal["operation", "port"], name: str) -> At:
        """Return where something of this name stands; of an overloaded operation where the first does."""
        return self._known.get((kind, name.partition("(")[0]), NOWHERE)

    @cached_property
    def _known(self) -> dict[tuple[str, str], At]:
        found: dict[tuple[str, str], At] = {}
        for around in _AROUND:
            for root, file in self._roots:
                for node in root.findall(f"{around}/*[@name]"):
                    found.setdefault((tag(node).removeprefix(W), node.get("name", "")), (file, node.sourceline or 0))
        return found

    @cached_property
    def _roots(self) -> list[tuple[Node, str]]:
        found = []
        for path in self.contract.files:
            try:
                root: Node = parse_xml(path.read_bytes(), limits=LIMITS)
            except (OSError, PunteError):
                continue  # it was there when the contract was read
            if tag(root) == f"{W}definitions":
                found.append((root, shown(path, self.contract.root)))
        return found

"""Header blocks that a contract binds to a request (``soap:header``), written from the templates of an endpoint.

Source: WSDL 1.1, section 3.7.
"""

from collections.abc import Callable, Mapping, Sequence

from adapters.soap.request import Content, Values, compile_content, known_to
from adapters.soap.wsdl import Operation
from hub_core.directory import Endpoint
from hub_core.errors import ConfigError, Rejected
from hub_core.security.secrets import LiveSecret
from hub_core.validation import parse_xml

SHOWN = ("user", "secret")  # of credentials of kind ``block``


def compile_blocks(operation: Operation, endpoint: Endpoint) -> "Blocks":
    """Return the header blocks of an endpoint; see ``Blocks``."""
    credentials = endpoint.credentials
    shown = SHOWN if credentials is not None and credentials.kind == "block" else ()
    return Blocks(operation, endpoint.header, (*known_to(endpoint), *shown))


def shown_by(endpoint: Endpoint) -> Callable[[], Values]:
    """Return what gives what header blocks show of the credentials of an endpoint, with the secret of now.

    Raises:
        ConfigError: R109; so does what is returned.
    """
    credentials = endpoint.credentials
    if credentials is None or credentials.kind != "block":
        return dict
    user, secret = credentials.user or "", LiveSecret(credentials.secret)
    return lambda: {"user": user, "secret": secret.get().reveal()}


class Blocks:
    """The header blocks of one operation that have templates; the others are left out.

    Args:
        operation: of the contract.
        templates: by the element of a block, or path inside it: ``Session``, ``Session/Token``.
        known: names that templates may fill in.

    Raises:
        ConfigError: R104, a template for something that the contract does not bind; R103, something required has none.
    """

    def __init__(self, operation: Operation, templates: Mapping[str, str], known: Sequence[str]) -> None:
        self._operation = operation
        self._contents: list[Content] = []
        bound = {field.local: field for field in operation.headers}
        inside: dict[str, dict[str, str]] = {}
        for path, template in templates.items():
            block, _, rest = path.partition("/")
            inside.setdefault(block, {})[rest] = template
        for block, own in inside.items():
            if block not in bound:
                mend = f"write one of: {', '.join(bound)}" if bound else "remove it"
                text = f"the contract binds no header block {block} to {operation.name}"
                raise ConfigError("R104", text, where=f"header.{block}", mend=mend)
            self._contents.append(compile_content(bound[block], own, known, where=f"header.{block}"))

    def fill(self, values: Values) -> str:
        """Return the blocks, each valid by the contract.

        Raises:
            Rejected: W400, a value that XML cannot hold; V201, a block is not as the contract says.
        """
        blocks = [content.fill(values) for content in self._contents]
        for block in blocks:
            faults = self._operation.faults(parse_xml(block.encode()))
            if faults:
                raise Rejected("V201", f"a header block: {faults[0].text}", findings=faults)
        return "".join(blocks)

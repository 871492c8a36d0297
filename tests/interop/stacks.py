"""The foreign stacks: what each needs, how it is started, what it does not offer and why."""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal

import msgspec

from tests.interop.shapes import SHAPES, Shape

HERE = Path(__file__).parent
PATIENCE = 20  # seconds
CALLS, ANSWERS = "calls the hub", "answers the hub"
FAULT, ONE_WAY = "fault with detail", "one-way"
TEXT, DIGEST, SIGNATURE = "UsernameToken, text", "UsernameToken, digest", "signature of Body and Timestamp"
MTOM, OWN = "MTOM", "a contract of its own making"
FEATURES = (FAULT, ONE_WAY, TEXT, DIGEST, SIGNATURE, MTOM, OWN)
USER, PASSWORD = "town", "open-sesame"
Way = Literal["calls the hub", "answers the hub"]


class Stack(msgspec.Struct, frozen=True, kw_only=True):
    """One foreign stack.

    Attributes:
        title: as the table has it.
        package: that brings it.
        probe: command that fails where it is not installed.
        call: command of its client; empty if it is not called.
        serve: command of its server, with ``HOST`` and ``PORT``.
        lacks: why it does not do something, by shape or feature and way.
        arguments: of a call as it wants them.
    """

    title: str
    package: str
    probe: tuple[str, ...]
    call: tuple[str, ...] = ()
    serve: tuple[str, ...]
    lacks: Mapping[tuple[str, Way], str] = {}
    arguments: Callable[[Shape, Any], Any] = lambda _, arguments: arguments


def of_node(shape: Shape, arguments: Any) -> Any:
    """Return arguments for the package ``soap``: what stands in an array of the encoding is named by its users."""
    if shape.folder != "rpc-encoded":
        return arguments
    person = arguments["person"]
    return {**arguments, "person": {**person, "members": {"item": person["members"]}}}


def of_perl(_: Shape, arguments: Any) -> Any:
    """Return arguments for Perl, whose hashes have no order: structs as pairs."""
    if isinstance(arguments, list):
        return [of_perl(_, one) for one in arguments]
    if isinstance(arguments, dict):
        return {"fields": [[name, of_perl(_, one)] for name, one in arguments.items()]}
    return arguments


def lacking(reason: str, *what: str, ways: tuple[Way, ...] = (CALLS, ANSWERS)) -> dict[tuple[str, Way], str]:
    """Return why shapes or features are not there."""
    return {(one, way): reason for one in what for way in ways}


NAMES = [shape.name for shape in SHAPES]
GIVEN = lacking("it makes no contracts; it publishes what it is given", OWN, ways=(ANSWERS,))
UNSIGNED = lacking("it knows no signatures", SIGNATURE)

STACKS = {
    "php": Stack(
        title="PHP ext-soap",
        package="php-soap",
        probe=("php", "-r", "exit(extension_loaded('soap') ? 0 : 1);"),
        call=("php", str(HERE / "php/call.php")),
        serve=("php", "-S", "HOST:PORT", str(HERE / "php/serve.php")),
        lacks=UNSIGNED | lacking("it knows no attachments", MTOM) | GIVEN,
    ),
    "node": Stack(
        title="Node soap",
        package="soap (npm)",
        probe=("node", "-e", f"require.resolve('{HERE}/node/node_modules/soap')"),
        call=("node", str(HERE / "node/call.js")),
        serve=("node", str(HERE / "node/serve.js"), "HOST", "PORT"),
        arguments=of_node,
        lacks=lacking(
            "its server writes the parts of an answer with a namespace, against the Basic Profile 1.1 of WS-I (R2735); "
            "the hub refuses the answer (V201)",
            "rpc/literal",
            ways=(ANSWERS,),
        )
        | lacking("its client signs; its server looks at no signature", SIGNATURE, ways=(ANSWERS,))
        | lacking("its client sends parts; its server reads none", MTOM, ways=(ANSWERS,))
        | GIVEN,
    ),
    "perl": Stack(
        title="Perl SOAP::Lite",
        package="libsoap-lite-perl",
        probe=("perl", "-MSOAP::Lite", "-e", "1"),
        call=("perl", str(HERE / "perl/call.pl")),
        serve=("perl", str(HERE / "perl/serve.pl"), "HOST", "PORT"),
        arguments=of_perl,
        lacks=lacking("it reads no faults of SOAP 1.2", "document/literal wrapped, SOAP 1.2", ways=(CALLS,))
        | lacking(
            "its server knows rpc/encoded only",
            *(name for name in NAMES if name != "rpc/encoded"),
            *(ONE_WAY, TEXT, DIGEST),
            ways=(ANSWERS,),
        )
        | UNSIGNED
        | lacking("it knows no attachments", MTOM)
        | GIVEN,
    ),
    "spyne": Stack(
        title="Python Spyne",
        package="spyne (PyPI)",
        probe=(sys.executable, "-c", "import spyne"),
        serve=(sys.executable, str(HERE / "spyne/serve.py"), "HOST", "PORT"),
        lacks=lacking(
            "its client is not made from a contract, and names no media type of SOAP",
            *NAMES,
            *(FAULT, ONE_WAY, TEXT, DIGEST, SIGNATURE, MTOM),
            ways=(CALLS,),
        )
        | lacking("it knows documents only, no procedures", "rpc/literal", "rpc/encoded", ways=(ANSWERS,))
        | lacking("it knows no WS-Security", TEXT, DIGEST, SIGNATURE, ways=(ANSWERS,)),
    ),
}

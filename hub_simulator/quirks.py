"""How a simulated partner can be difficult, and what it demands of its callers."""

import codecs
from datetime import timedelta

import msgspec

from hub_simulator.demanded import Demand


class Quirks(msgspec.Struct, frozen=True, kw_only=True):
    """How it behaves.

    Attributes:
        latency: before each answer.
        fault_rate: share of calls that are answered with a fault.
        faults_as_200: faults come with HTTP status 200.
        encoding: of the answers.
        mtom: bytes, from which on base64 contents of answers travel as parts of their own; ``None``: none does.
        sparse: optional parts of answers are left out by chance.
        require: ``None``: nothing is demanded.
    """

    latency: timedelta = timedelta(0)
    fault_rate: float = 0.0
    faults_as_200: bool = False
    encoding: str = "UTF-8"
    mtom: int | None = None
    sparse: bool = False
    require: Demand | None = None

    def __post_init__(self) -> None:
        """Refuse an encoding that nobody knows; raises LookupError."""
        codecs.lookup(self.encoding)

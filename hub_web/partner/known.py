"""What a page of an endpoint is made from."""

from pathlib import Path

import msgspec

from hub_core.directory import Directory
from hub_core.mapping import MappingSet
from hub_core.places import MAPPINGS


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What is known when a page is made.

    Attributes:
        directory: the registry set.
        mappings: that are in force.
        address: under which callers reach the hub, without a slash at its end.
        folder: of those mappings, with their fixtures.
    """

    directory: Directory
    mappings: MappingSet
    address: str
    folder: Path = MAPPINGS

"""What an adapter says about itself: its documentation, its checks and its forms are made of this."""

from enum import StrEnum
from typing import Final

import msgspec

from hub_core.directory import Direction
from hub_core.errors import ConfigError

#: Version of ``hub_core.ports`` and ``adapters.kit`` together. The second number grows with what is added, the first
#: with what is taken away or changes its meaning.
SDK: Final = "1.2"


class Personal(StrEnum):
    """Kinds of personal data that an adapter's documents hold by their nature.

    Source: Regulation (EU) 2016/679, articles 4, 9 and 87.
    """

    ANY = "any"
    NATIONAL_NUMBER = "national identification number"
    NAME = "name"
    CONTACT = "contact"
    FAMILY = "family"
    INCOME = "income"
    HEALTH = "health"
    NONE = "none"


class Capability(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that an adapter can do at an endpoint.

    Attributes:
        name: verb, such as ``receive``, ``fetch``, ``send``, ``ask``.
        direction: of the endpoints that do it.
        description: one sentence.
        fetches: the hub begins: the endpoint has ``poll``, the adapter a ``poller``.
        collects: many messages go out in one file: the endpoint has ``collect``, the adapter a ``filing``.
    """

    name: str
    direction: Direction
    description: str
    fetches: bool = False
    collects: bool = False


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """A field that every endpoint has and that counts with this adapter.

    Attributes:
        name: such as ``contract.wsdl``.
        instead: what may stand in its place where it would be needed, such as ``settings.folder``.
    """

    name: str
    description: str
    required: bool = False
    instead: str | None = None


class Spec(msgspec.Struct, frozen=True, kw_only=True):
    """What an adapter is and can.

    Attributes:
        name: stands in addresses and after ``adapter:``; small letters.
        sdk: version of ``SDK`` that it was written for.
        kinds: document kinds that it opens.
        media_types: of the bodies that it takes, all if none is named; a body without one is always taken.
        capabilities: what it can do, at least one.
        fields: of an endpoint that count.
        schemes: that the addresses which it calls begin with.
        settings: its own, below ``settings:`` of an endpoint: text, whole numbers, sizes, spans of time, choices,
            secrets, and lists, tables and structs of them. A docstring with ``Attributes:`` describes them.
        promises: what it promises and what not, in one paragraph.
        personal: what its documents hold.
        idempotent: whoever gets a message gets an id that stays the same, by which a repeat is seen.
        ordered: what is fetched or cut into rows comes in the partner's own order.
        streams: a body is never whole in memory.
    """

    name: str
    sdk: str
    summary: str
    kinds: tuple[str, ...]
    media_types: frozenset[str] = frozenset()
    capabilities: tuple[Capability, ...]
    fields: tuple[Field, ...] = ()
    schemes: tuple[str, ...] = ("http", "https")
    settings: type[msgspec.Struct] | None = None
    promises: str
    personal: tuple[Personal, ...] = (Personal.ANY,)
    idempotent: bool = False
    ordered: bool = False
    streams: bool = False

    @property
    def directions(self) -> tuple[Direction, ...]:
        """What its endpoints can be."""
        return tuple(dict.fromkeys(one.direction for one in self.capabilities))

    def cannot(self, direction: Direction) -> ConfigError:
        """Return why an endpoint of a direction that the adapter lacks is refused."""
        text = f"the adapter {self.name} has no direction {direction}"
        mend = f"use {' or '.join(self.directions)}, or another adapter"
        return ConfigError("R104", text, where="direction", mend=mend)

    @property
    def polls(self) -> bool:
        """Whether its ``IN`` endpoints may be fetched from."""
        return any(one.fetches for one in self.capabilities)

    @property
    def collects(self) -> bool:
        """Whether its ``OUT`` endpoints write files of many messages."""
        return any(one.collects for one in self.capabilities)


def fits(sdk: str) -> bool:
    """Return whether an adapter that was written for a version runs with this one.

    >>> fits(SDK), fits("1.999"), fits("2.0"), fits("one")
    (True, False, False, False)
    """
    try:
        major, minor = map(int, sdk.split("."))
    except ValueError:
        return False
    here_major, here_minor = map(int, SDK.split("."))
    return major == here_major and minor <= here_minor

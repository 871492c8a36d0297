"""An adapter of another package that fails where a test wants it to, and as no adapter may."""

from typing import Any

from adapters.kit.base import BaseAdapter
from adapters.rest import ADAPTER as REST
from hub_core.directory import Direction
from hub_core.ports import SDK, Capability, Field, Spec


class BadAdapter(BaseAdapter):
    """Does what every adapter does, but for the parts in ``fails``: these raise with the words of a person in it."""

    spec = Spec(
        name="bad",
        sdk=SDK,
        summary="Fails.",
        kinds=("json",),
        media_types=frozenset({"application/json"}),
        capabilities=(
            Capability(name="receive", direction=Direction.IN, description="Takes.", fetches=True),
            Capability(name="send", direction=Direction.OUT, description="Sends."),
        ),
        fields=(Field(name="url", description="Address."),),
        promises="None.",
    )

    def __init__(self) -> None:
        super().__init__()
        self.fails: set[str] = set()

    def _may(self, part: str) -> None:
        if part in self.fails:
            raise ZeroDivisionError("Ana Popa")

    def check(self, *arguments: Any) -> None:
        self._may("check")

    def open(self, *arguments: Any) -> Any:
        self._may("open")
        return REST.open(*arguments)

    def validate(self, *arguments: Any) -> Any:
        self._may("validate")
        return super().validate(*arguments)

    def front(self, services: Any) -> Any:
        self._may("front")
        return super().front(services)

    def target(self, *_: Any) -> Any:
        self._may("target")
        return self

    def poller(self, *_: Any) -> Any:
        self._may("poller")
        return self

    async def close(self) -> None:
        self._may("close")


ADAPTER = BadAdapter()

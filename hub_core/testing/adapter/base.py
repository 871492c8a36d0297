"""What the parts of the adapters' suite share: samples of one protocol, and how a refusal reads in it."""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any, ClassVar, Final, NamedTuple

import pytest

from hub_core.directory import Direction, Endpoint
from hub_core.playing.partner import Act, Partner, Received, playing
from hub_core.playing.wire import Answered, exchange, request_bytes, serving
from hub_core.ports import Adapter
from hub_core.testing.adapter.services import INSTITUTION, MemoryServices

LIMIT: Final = 20_000  # bytes, of the suite's endpoint
NOWHERE: Final = "http://127.0.0.1:9/"  # where nobody listens


class Told(NamedTuple):
    """What a refusal says, read in the caller's protocol."""

    code: str
    reference: str


class _Parts(type):
    """Lets a suite name a part that another one holds already, in any order: the inner one adds nothing."""

    def __new__(cls, name: str, bases: tuple[type, ...], namespace: dict[str, Any]) -> "_Parts":
        held = {one for one in bases if any(other is not one and issubclass(other, one) for other in bases)}
        return super().__new__(cls, name, tuple(one for one in bases if one not in held), namespace)


class AdapterSuite(metaclass=_Parts):
    """One adapter and samples of what it is spoken to with.

    Attributes:
        adapter: under test.
        media_type: of its bodies.
        good: a body that it accepts.
        other: another one.
        secret: a personal value inside ``good`` and inside every faulty sample that has one.
        faulty: what is wrong, to a body and the code that it is refused with.
        padding: what may stand behind a body, however often, without a change in what it says.
        unknown_media_type: one that it does not take.
        exempt: promises that are not for this adapter, by the names of their tests without ``test_``, each with the
            reason, which is told beside it.
        token: what ``login`` hands out; a secret as any other.
    """

    adapter: ClassVar[Adapter]
    media_type: ClassVar[str]
    good: ClassVar[bytes]
    other: ClassVar[bytes]
    secret: ClassVar[str]
    faulty: ClassVar[Mapping[str, tuple[bytes, str]]]
    padding: ClassVar[bytes] = b" "
    unknown_media_type: ClassVar[str] = "multipart/form-data"
    exempt: ClassVar[Mapping[str, str]] = {}
    token: ClassVar[str] = "handed-out-handed-out"  # noqa: S105 - to be looked for, and of no use

    @pytest.fixture(autouse=True)
    def _exempted(self, request: pytest.FixtureRequest) -> None:
        """Leave out what the suite says is not for its adapter."""
        unknown = [name for name in self.exempt if not hasattr(self, f"test_{name}")]
        assert not unknown, f"no promises, but in exempt: {', '.join(unknown)}"
        if reason := self.exempt.get(request.function.__name__.removeprefix("test_")):
            pytest.skip(f"exempt: {reason}")

    def login(self, request: Received) -> Act | None:  # noqa: ARG002 - for suites that know logins
        """Return how the partner answers a request that is a login, with ``token``; ``None``: it is none.

        The script of a promise is not for logins: where they go, such as ``/take/token``, ``outbound`` and ``polled``
        say to the adapter.
        """
        return None

    def playing(self, *script: Act, login: Act | None = None) -> AbstractAsyncContextManager[Partner]:
        """Run a partner that answers by script, and logins as the suite says, or in another way."""

        def door(request: Received) -> Act | None:
            answer = self.login(request)
            return login if login is not None and answer is not None else answer

        return playing(*script, door=door)

    def told(self, answered: Answered) -> Told:
        """Read a refusal in the protocol's own form."""
        raise NotImplementedError

    def endpoint(self, **changes: object) -> Endpoint:
        """Return the inbound endpoint that the suite speaks to."""
        facts: dict[str, object] = {
            "institution": INSTITUTION,
            "direction": Direction.IN,
            "adapter": self.adapter.spec.name,
            "service": "case-file",
            "message_id": "header",
            "max_body_bytes": LIMIT,
        }
        return Endpoint(**facts | changes)  # type: ignore[arg-type] # a test builder

    def endpoints(self) -> list[Endpoint]:
        """Return an endpoint of every kind that is checked; add those whose settings the others lack."""
        return [self.endpoint()]

    def services(self, *, fixed_purpose: str | None = "benefit-review") -> MemoryServices:
        """Return a hub in memory with that endpoint under the name ``here``, and one that only sends."""
        out = self.endpoint(direction=Direction.OUT, url=NOWHERE, message_id=None)
        return MemoryServices(self.adapter, {"here": self.endpoint(), "out": out}, fixed_purpose=fixed_purpose)

    @property
    def path(self) -> str:
        """Where the endpoint is served."""
        return f"/{self.adapter.spec.name}/here"

    def headers(self, services: MemoryServices, **more: str) -> dict[str, str]:
        """Return what a good caller sends; underscores in names become hyphens."""
        told = {"punte-key": services.key, "content-type": self.media_type}
        return told | {name.replace("_", "-"): value for name, value in more.items()}

    async def post(self, services: MemoryServices, body: bytes, **more: str) -> Answered:
        """Send one body as a good caller would."""
        return await self.call(services, request_bytes(self.path, body, self.headers(services, **more)))

    async def call(self, services: MemoryServices, *pieces: bytes) -> Answered:
        """Send the pieces of one request to the adapter's front."""
        async with serving(self.adapter.front(services)) as port:
            return await exchange(port, *pieces)

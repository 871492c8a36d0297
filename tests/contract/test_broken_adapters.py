"""Adapters with one slip each: the kit names the promise that they break; the good one among them keeps all."""

import asyncio
import inspect
from datetime import timedelta
from typing import Any

import pytest

from adapters.kit.broken import BROKEN, Good, GoodFiles, GoodLogin, GoodQueue
from hub_core.directory import Direction, Endpoint
from hub_core.directory.policy import Collect
from hub_core.directory.polled import Poll
from hub_core.document import Document
from hub_core.playing.partner import Received, Reply
from hub_core.testing.adapter import (
    AdapterSuite,
    Fetching,
    Filing,
    JsonSuite,
    Lasting,
    Sending,
    SendingAdapterContract,
    faulty_json,
)
from hub_core.testing.adapter.secrets import SECRET, VARIABLE
from tests.contract.sftp_place import sftp_place

CNP = "2850415123458"
TOKEN = "PUNTE_BROKEN_TOKEN"
pytestmark = pytest.mark.network


@pytest.fixture(autouse=True)
def _token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(TOKEN, "of-no-use")
    monkeypatch.setenv(VARIABLE, SECRET)  # the password of the server over SFTP


class Suite(JsonSuite, SendingAdapterContract, Fetching):
    """How the good one, and so each of the others, is spoken to."""

    __test__ = False  # what is tried is chosen below
    adapter = Good()
    secret = CNP
    good = b'{"cnp": "%s"}' % CNP.encode()
    other = b'{"case": "8"}'
    faulty = faulty_json(b'{"case": "7", ', CNP)
    taken = Reply(202, b'{"id": "their-7"}')
    refused = Reply(200, b'{"id": "0"}')
    pages = (
        Reply(200, b'{"items": [{"n": 1}, {"n": 2}], "next": "2"}'),
        Reply(200, b'{"items": [{"n": 3}], "next": "3"}'),
        Reply(200, b'{"items": [], "next": "3"}'),
    )

    def endpoint(self, **changes: Any) -> Endpoint:
        return super().endpoint(**{"settings": {"token": {"env": TOKEN}}} | changes)

    def outbound(self, url: str, **changes: Any) -> Endpoint:
        return self.endpoint(direction=Direction.OUT, url=url, message_id=None, **changes)

    def polled(self, url: str, **changes: Any) -> Endpoint:
        return self.endpoint(**{"url": url, "poll": Poll(every=timedelta(minutes=1))} | changes)


class QueueSuite(Suite):
    """How the good queue, and so those made of it, is spoken to."""

    pages = (
        Reply(200, b'{"id": "a-1"}'),
        Reply(200, b'{"n": 1, "answers": "their-7"}'),
        Reply(204),
        Reply(200, b'{"id": "a-2"}'),
        Reply(200, b'{"n": 2, "answers": "their-8"}'),
        Reply(204),
        Reply(200, b"{}"),
    )
    ids = ("a-1", "a-2")
    receipts = ("their-7", "their-8")


class LoginSuite(Suite):
    """How the good one with a login, and so those made of it, is spoken to."""

    def login(self, request: Received) -> Reply | None:
        return Reply(200, b'{"token": "%s"}' % self.token.encode()) if request.path.endswith("/token") else None


class CarelessSuite(QueueSuite):
    """It says of nothing that it takes something away."""

    def commits(self, request: Received) -> bool:
        return False


def a_row(**root: Any) -> Document:
    return Document(kind="json", root=root, name="row")


UNFIT = {
    "is too long": (a_row(cnp=f"{CNP}0"), "F116", "cnp"),
    "is not there": (a_row(name=CNP), "F116", "cnp"),
}


class FilesSuite(JsonSuite, Filing):
    """How the good one of files, and so those made of it, is spoken to; on this machine."""

    __test__ = False
    adapter = GoodFiles()
    secret = CNP
    rows = (a_row(cnp=CNP, n=1), a_row(cnp="1850415123458", n=2))
    unfit = UNFIT

    def filed(self, place: Any, **changes: Any) -> Endpoint:
        return self.endpoint(**self.where(place) | changes)

    def endpoint(self, **changes: Any) -> Endpoint:
        facts = {"direction": Direction.OUT, "message_id": None, "collect": Collect(every=timedelta(minutes=1))}
        return super().endpoint(**facts | changes)

    def where(self, place: Any) -> dict[str, Any]:
        return {"settings": {"folder": place.name}}


class SftpSuite(FilesSuite):
    """The same on a server."""

    def place(self) -> Any:
        return sftp_place()

    def where(self, place: Any) -> dict[str, Any]:
        settings = {"host_key": [place.host_key]}
        return {"url": place.url, "credentials": place.credentials, "settings": settings}


def suites_of(adapter: Good) -> tuple[type[AdapterSuite], ...]:
    """Return how an adapter is spoken to."""
    match adapter:
        case GoodFiles():
            return FilesSuite, SftpSuite
        case GoodQueue():
            return (QueueSuite,)
        case GoodLogin():
            return (LoginSuite,)
        case _:
            return (Suite,)


def tried(adapter: Any, promise: str, request: pytest.FixtureRequest) -> None:
    """Try one promise on an adapter, with the cases that it has."""
    for suite in suites_of(adapter):
        tried_by(type("Tried", (suite,), {"adapter": adapter})(), promise, request)


def tried_by(suite: AdapterSuite, promise: str, request: pytest.FixtureRequest) -> None:
    test = getattr(suite, f"test_{promise}")
    cases: list[dict[str, Any]] = [{}]
    for mark in getattr(test, "pytestmark", ()):
        if mark.name == "parametrize":
            cases = [case | {mark.args[0]: value} for case in cases for value in mark.args[1]]
    names = set(inspect.signature(test).parameters)
    for case in cases:
        fixtures = {name: request.getfixturevalue(name) for name in names - case.keys()}
        came = test(**case, **fixtures)
        if inspect.iscoroutine(came):
            asyncio.run(came)


@pytest.mark.parametrize("slip", BROKEN)
def test_a_slip_is_caught_by_the_promise_that_it_breaks(slip: str, request: pytest.FixtureRequest) -> None:
    adapter, promise = BROKEN[slip]
    tried(
        next(good for good in (GoodFiles, GoodQueue, GoodLogin, Good) if issubclass(adapter, good))(), promise, request
    )
    with pytest.raises(BaseException) as caught:  # noqa: PT011 - whatever the slip does, the promise is not kept
        tried(adapter(), promise, request)
    assert not isinstance(caught.value, KeyboardInterrupt | pytest.skip.Exception)


def test_a_suite_that_says_of_no_request_that_it_commits_is_caught(request: pytest.FixtureRequest) -> None:
    careless = type("Tried", (CarelessSuite,), {"adapter": GoodQueue()})()
    with pytest.raises(AssertionError, match="takes something away"):
        tried_by(careless, "what_takes_something_away_is_known_to_the_suite", request)


@pytest.mark.parametrize("promise", ["a_success_that_means_refusal_is_no_receipt"])
def test_a_suite_without_a_sample_must_say_why(promise: str, request: pytest.FixtureRequest) -> None:
    without = type("Tried", (Suite,), {"refused": None})()
    with pytest.raises(AssertionError, match="exempt"):
        tried_by(without, promise, request)


def test_there_are_slips_enough() -> None:
    assert len(BROKEN) >= 20


def test_a_suite_may_name_a_part_that_another_one_of_its_parts_holds() -> None:
    both = type("Both", (JsonSuite, Sending, Lasting), {"__test__": False})
    assert promises(both) == promises(Lasting) > promises(Sending)


def promises(suite: type) -> set[str]:
    return {name for name in dir(suite) if name.startswith("test_")}

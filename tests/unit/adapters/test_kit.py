"""What the adapters share: waiting times, credentials, finding adapters."""

import base64
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib.metadata import EntryPoint
from types import SimpleNamespace

import pytest

from adapters.kit.client import authorisation, retry_after
from adapters.kit.load import GROUP, load_adapters
from adapters.rest import ADAPTER as REST
from hub_core.credentials import Credentials, SecretReference
from hub_core.errors import ConfigError

NOW = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0", 0),
        (" 120 ", 120),
        ("99999999999999999999", 86400),
        ("Thu, 01 Jan 2026 12:00:30 GMT", 30),
        ("Thu, 01 Jan 2026 11:00:00 GMT", 0),
        ("Fri, 01 Jan 2027 12:00:00 GMT", 86400),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("١٢", None),
        ("", None),
        (None, None),
    ],
)
def test_a_waiting_time_is_read_and_bounded(text: str | None, seconds: int | None) -> None:
    wanted = None if seconds is None else timedelta(seconds=seconds)
    assert retry_after(text, now=NOW) == wanted


def credentials(kind: str, **facts: str) -> Credentials:
    return Credentials(kind=kind, secret=SecretReference(env="PUNTE_TEST_SECRET"), **facts)


@pytest.fixture
def _secret(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("PUNTE_TEST_SECRET", "sésame")
    return


@pytest.mark.usefixtures("_secret")
def test_credentials_become_headers_or_travel_in_the_envelope() -> None:
    basic = authorisation(credentials("basic", user="hub"))["authorization"]
    assert base64.b64decode(basic.removeprefix("Basic ")).decode() == "hub:sésame"
    assert authorisation(credentials("bearer")) == {"authorization": "Bearer sésame"}
    assert authorisation(credentials("header", header="X-Api-Key")) == {"x-api-key": "sésame"}
    assert authorisation(credentials("username-token", user="hub")) == {}
    assert authorisation(None) == {}


def test_a_secret_that_is_not_there_is_named_by_its_reference() -> None:
    with pytest.raises(ConfigError, match="PUNTE_TEST_SECRET") as refused:
        authorisation(credentials("bearer"))
    assert refused.value.code == "R109"


def test_the_installed_project_brings_three_adapters() -> None:
    adapters = load_adapters()
    assert {"soap", "eessi", "rest"} <= adapters.keys()
    assert all(adapter.spec.name == name for name, adapter in adapters.items())


incomplete = SimpleNamespace(spec=REST.spec)


def test_a_broken_adapter_is_reported_and_the_others_go_on() -> None:
    points = [
        EntryPoint("rest", "adapters.rest:ADAPTER", GROUP),
        EntryPoint("absent", "no_such_package:ADAPTER", GROUP),
        EntryPoint("nameless", "adapters.rest:NO_SUCH", GROUP),
        EntryPoint("half", f"{__name__}:incomplete", GROUP),
        EntryPoint("other", "adapters.rest:ADAPTER", GROUP),
    ]
    faults: list[ConfigError] = []
    assert load_adapters(points=points, report=faults.append) == {"rest": REST}
    assert [fault.code for fault in faults] == ["V402"] * 4
    assert all(fault.mend and fault.where for fault in faults)


def test_a_broken_adapter_stands_in_the_log_where_nobody_asks(caplog: pytest.LogCaptureFixture) -> None:
    load_adapters(points=[EntryPoint("absent", "no_such_package:ADAPTER", GROUP)])
    assert [record.getMessage() for record in caplog.records] == ["adapter.broken"]


def test_no_adapter_at_all_means_that_the_project_is_not_installed() -> None:
    with pytest.raises(ConfigError, match="no adapter is installed"):
        load_adapters(points=[])

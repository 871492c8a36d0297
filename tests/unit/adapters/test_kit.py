"""What the adapters share: waiting times, credentials."""

import base64
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from adapters.kit.answered import retry_after
from adapters.kit.showing import authorisation
from hub_core.directory.credentials import Credentials, SecretReference
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

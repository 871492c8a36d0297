"""A login that fails sends nothing, and is told as what it is."""

from datetime import timedelta

import pytest

from adapters.kit import Client
from hub_core.errors import ConfigError, TryLater
from hub_core.playing.partner import Babble, Flood, Partner, Reply, Reset, Vanish, playing
from tests.integration.login.door import KEY, calling, failure

pytestmark = pytest.mark.network
LOST = "D101"
FAILURES = {
    "is gone": (Vanish(), LOST),
    "babbles": (Babble(), LOST),
    "resets": (Reset(), LOST),
    "is busy": (Reply(503, b"", {"Retry-After": "7"}), "D102"),
    "lost its answer": (Reply(502), "D102"),
    "knows nobody": (Reply(401, b'{"error": "invalid_client", "error_description": "of Maria"}'), "D110"),
    "refuses the form": (Reply(400, b'{"error": "Maria"}'), "D110"),
    "redirects": (Reply(302, b"", {"Location": "/elsewhere"}), "D110"),
    "says nothing": (Reply(200), "D110"),
    "floods": (Flood(200, "application/json"), "D110"),
    "compresses": (Reply(200, b"{}", {"Content-Encoding": "gzip"}), "D110"),
    "says no token": (Reply(200, b'{"token_type": "bearer"}'), "D110"),
    "gives another kind": (Reply(200, b'{"access_token": "t", "token_type": "mac"}'), "D110"),
    "breaks the header": (Reply(200, b'{"access_token": "t\\r\\nx-evil: 1"}'), "D110"),
}


@pytest.mark.parametrize("what", FAILURES)
async def test_a_login_that_fails_sends_nothing_and_is_no_doubt_and_no_refusal_of_the_message(endpoint, what):
    act, code = FAILURES[what]
    async with playing(act) as door, playing(Reply()) as partner, calling(endpoint(door, partner)) as client:
        error = await failure(client)
        assert KEY not in f"{error!s} {error!r} {vars(client)} {vars(client._showing)}"
    assert isinstance(error, TryLater)
    assert (error.code, error.in_doubt, partner.received, len(door.received)) == (code, False, [], 1)
    assert error.text.startswith("login: ")
    assert "Maria" not in error.text
    assert error.after == (timedelta(seconds=7) if what == "is busy" else None)


async def test_a_login_server_that_is_not_there_is_told(endpoint):
    async with playing(Reply()) as partner, calling(endpoint("http://127.0.0.1:1/token", partner)) as client:
        error = await failure(client)
    assert (type(error), error.code, partner.received) == (TryLater, "D101", [])
    assert error.text.startswith("login: not reachable (connect)")


@pytest.mark.parametrize(
    ("shown", "code"),
    [({"login": None}, "R103"), ({"user": None}, "R103"), ({"login": "sftp://host/x"}, "R104")],
    ids=["no address", "no client id", "no address over HTTP"],
)
def test_a_login_that_is_not_complete_is_told_when_it_is_opened(endpoint, shown, code):
    partner = Partner(())
    partner.url = "http://127.0.0.1:1/"
    with pytest.raises(ConfigError, match=code):
        Client("itm", endpoint("http://127.0.0.1:1/", partner, shown=shown))

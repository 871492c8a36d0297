"""Who may see the figures."""

import pytest

from hub_core.security.secrets import Secret
from hub_web.api.assemble import api_of

KEY = "correct-horse"


@pytest.mark.parametrize(
    ("caller", "authorization", "status"),
    [
        ("127.0.0.1", None, 200),
        ("::1", None, 200),
        ("10.0.0.7", None, 403),
        ("10.0.0.7", f"Bearer {KEY}", 200),
        ("10.0.0.7", f"bearer {KEY}", 200),
        ("10.0.0.7", f"Basic {KEY}", 403),
        ("10.0.0.7", "Bearer wrong", 403),
        ("10.0.0.7", "Bearer ", 403),
    ],
)
async def test_figures_are_for_this_machine_or_for_the_key(caller, authorization, status):
    assert await answer_to(caller, authorization, key=Secret(KEY)) == status


async def test_without_a_key_nobody_from_elsewhere_sees_figures():
    assert await answer_to("10.0.0.7", "Bearer None", key=None) == 403


async def answer_to(caller, authorization, *, key):
    """Return the status of the answer to a caller from this address."""

    async def turned_away(**_):
        return "a-reference"

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message):
        said.append(message)

    said = []
    app = api_of({"metrics": lambda: b"", "metrics_key": key, "turn_away": turned_away, "new_id": lambda: "an-id"})
    headers = [] if authorization is None else [(b"authorization", authorization.encode())]
    scope = {"type": "http", "method": "GET", "path": "/metrics", "query_string": b"", "headers": headers}
    await app(scope | {"client": (caller, 50000), "http_version": "1.1", "scheme": "http"}, receive, send)
    return said[0]["status"]

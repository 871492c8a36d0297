"""Running agencies for the tests of this folder."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
import requests

from hub_demo.population import Population
from tests.integration.agencies.calling import AGENCIES, SEED, SIZE, Caller, Running, running


@pytest.fixture(scope="module")
def servers() -> Iterator[dict[str, Running]]:
    with ExitStack() as stack:
        yield {agency: stack.enter_context(running(agency)) for agency in AGENCIES}


@pytest.fixture(scope="module")
def country() -> Population:
    return Population(SEED, SIZE)


@pytest.fixture
def caller(servers) -> Iterator[Callable[..., Caller]]:
    with ExitStack() as stack:
        yield lambda agency, **options: Caller(
            agency, servers[agency].wsdl, stack.enter_context(requests.Session()), **options
        )


@pytest.fixture
def post() -> Iterator[Callable[..., requests.Response]]:
    """Return a way to send raw bytes to an agency."""
    with requests.Session() as session:

        def send(url: str, body: str | bytes, content_type: str = "text/xml; charset=utf-8", **options):
            body = body if isinstance(body, bytes) else body.encode()
            return session.post(url, body, headers={"Content-Type": content_type}, **{"timeout": 10, **options})

        yield send

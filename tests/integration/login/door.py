"""Partners behind a login, who calls them, and what each was shown."""

import asyncio
import json
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import parse_qs

import pytest

from adapters.kit import Client
from hub_core.directory import Endpoint
from hub_core.errors import PunteError
from hub_core.playing.partner import Partner, Reply

KEY = "s3same/öpen+now"


def token(name: str = "t-1", **more: Any) -> Reply:
    said = {"access_token": name, "token_type": "Bearer", "expires_in": 3600} | more
    return Reply(200, json.dumps(said).encode(), {"Content-Type": "application/json"})


class After:
    """Answers only when it may."""

    def __init__(self, reply: Reply) -> None:
        self.may = asyncio.Event()
        self.reply = reply

    async def play(self, writer: asyncio.StreamWriter) -> None:
        await self.may.wait()
        await self.reply.play(writer)


@asynccontextmanager
async def calling(endpoint: Endpoint):
    client = Client("itm", endpoint)
    try:
        yield client
    finally:
        await client.close()


async def call(client: Client) -> None:
    client.judge(await client.post(b"{}", {}))


async def failure(client: Client) -> PunteError:
    with pytest.raises(PunteError) as failed:
        await call(client)
    return failed.value


def shown_to(partner: Partner) -> list[str]:
    return [received.headers["authorization"] for received in partner.received]


def form_of(door: Partner) -> dict[str, str]:
    return {name: value for name, (value,) in parse_qs(door.received[-1].body.decode()).items()}


async def arrived(partner: Partner, many: int = 1) -> None:
    async with asyncio.timeout(5):
        while len(partner.received) < many:  # noqa: ASYNC110 - the partner tells nobody
            await asyncio.sleep(0.002)

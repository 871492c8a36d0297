"""Requests and answers as applications see them behind a listener, whatever they do."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from typing import Any

import pytest

from hub_core.ports import AsgiApp, Receive, Scope, Send
from hub_web.protocol import Protocol
from hub_web.serve import listening

pytestmark = pytest.mark.network
WITHIN = 5.0  # seconds


class Hurried(Protocol):
    """A listener that keeps unused connections for a second only."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.timeout_keep_alive = 1


async def echo(_: Scope, receive: Receive, send: Send) -> None:
    """Answer with the body."""
    body, more = b"", True
    while more:
        event = await receive()
        body, more = body + event.get("body", b""), event.get("more_body", False)
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(body))]})
    await send({"type": "http.response.body", "body": body})


async def stream(_: Scope, __: Receive, send: Send) -> None:
    """Answer in pieces, without saying how long it will be."""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    for piece in (b"one", b"", b"two"):
        await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body"})


async def short(_: Scope, __: Receive, send: Send) -> None:
    """Announce more than is sent."""
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"9")]})
    await send({"type": "http.response.body", "body": b"short"})


async def forging(_: Scope, __: Receive, send: Send) -> None:
    """Answer with a header that would be two."""
    await send({"type": "http.response.start", "status": 200, "headers": [(b"x", b"a\r\nset-cookie: b")]})
    await send({"type": "http.response.body"})


async def misnaming(_: Scope, __: Receive, send: Send) -> None:
    """Answer with a header whose name is one and a value."""
    await send({"type": "http.response.start", "status": 200, "headers": [(b"set-cookie: a", b"b")]})
    await send({"type": "http.response.body"})


async def failing(_: Scope, __: Receive, ___: Send) -> None:
    """Fail before any answer."""
    raise ValueError


async def silent(_: Scope, __: Receive, ___: Send) -> None:
    """Leave without an answer."""


@contextlib.asynccontextmanager
async def serving(app: AsgiApp) -> AsyncIterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as bound:
        async with listening(app, bound, protocol=Hurried):
            yield bound.getsockname()[1]


async def said(app: AsgiApp, *pieces: bytes) -> bytes:
    """Send pieces, each for a read of its own, and return all that comes back until the listener closes."""
    async with asyncio.timeout(WITHIN), serving(app) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0.02)
        answer = await reader.read()
        writer.close()
        return answer


def post(body: bytes, *, last: bool = False) -> bytes:
    close = b"Connection: close\r\n" if last else b""
    return b"POST /x HTTP/1.1\r\nHost: x\r\n%bContent-Length: %d\r\n\r\n%b" % (close, len(body), body)


GET = b"GET /x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


async def test_requests_sent_ahead_are_answered_in_order_each_with_its_own_body() -> None:
    answer = await said(echo, post(b"first") + post(b"second") + post(b"third", last=True))
    assert [part.partition(b"HTTP")[0] for part in answer.split(b"\r\n\r\n")[1:]] == [b"first", b"second", b"third"]


async def test_a_body_in_many_pieces_is_one_body() -> None:
    whole = post(b"in many pieces", last=True)
    answer = await said(echo, whole[:-9], whole[-9:-5], whole[-5:-4], whole[-4:])
    assert answer.endswith(b"\r\n\r\nin many pieces")


async def test_who_waits_to_be_asked_for_the_body_is_asked() -> None:
    head = b"POST /x HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nConnection: close\r\nContent-Length: 4\r\n\r\n"
    answer = await said(echo, head, b"body")
    assert answer.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n")
    assert answer.endswith(b"body")


async def test_an_answer_of_unknown_length_comes_in_chunks() -> None:
    answer = await said(stream, GET)
    assert b"transfer-encoding: chunked\r\n" in answer
    assert answer.endswith(b"\r\n\r\n3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n")


@pytest.mark.parametrize("app", [echo, stream])
async def test_an_answer_to_head_has_no_content(app: AsgiApp) -> None:
    answer = await said(app, b"HEAD /x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert answer.endswith(b"\r\n\r\n")


async def test_a_caller_of_old_is_answered_and_let_go() -> None:
    answer = await said(echo, b"POST /x HTTP/1.0\r\nContent-Length: 2\r\n\r\nok")
    assert b"\r\nconnection: close\r\n" in answer


@pytest.mark.parametrize("app", [failing, silent])
async def test_an_application_that_does_not_answer_is_answered_for(app: AsgiApp) -> None:
    answer = await said(app, GET)
    assert answer.startswith(b"HTTP/1.1 500 Internal Server Error\r\n")
    assert b"connection: close" in answer


@pytest.mark.parametrize("app", [short, forging, misnaming])
async def test_an_answer_that_contradicts_itself_is_not_sent(app: AsgiApp) -> None:
    assert b"HTTP/1.1 200" not in await said(app, GET)


async def test_an_unused_connection_is_closed_after_a_while_and_not_while_it_is_used() -> None:
    async with asyncio.timeout(WITHIN), serving(echo) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for _ in range(5):  # for longer than it would be kept unused
            writer.write(post(b"ok"))
            await reader.readuntil(b"\r\n\r\nok")
            await asyncio.sleep(0.25)
        assert not reader.at_eof()
        assert await reader.read() == b""
        writer.close()

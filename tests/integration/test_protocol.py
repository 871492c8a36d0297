"""What a listener bears before it knows who calls: limits and deadlines of HTTP itself."""

import asyncio
import contextlib
import json
import socket
import ssl
from collections.abc import AsyncIterator

import pytest
import trustme

from adapters.kit.problem import problem
from adapters.kit.reply import send_reply, trouble_of
from hub_core.errors import Rejected
from hub_core.ports import Receive, Scope, Send
from hub_web.protocol import Protocol
from hub_web.serve import listening

pytestmark = pytest.mark.network
GET = b"GET / HTTP/1.1\r\nHost: x\r\n"
POST = b"POST / HTTP/1.1\r\nHost: x\r\n"
FLOOD = b"a" * 600_000  # more than a read and a head hold
WITHIN = 5.0  # seconds, for what must come after a fraction of one


class Hurried(Protocol):
    """A listener of little patience."""

    seconds = 0.3
    max_connections = 3


class Pressed(Protocol):
    """A listener with room for few who shake hands."""

    max_handshakes = 3


async def refusing(_: Scope, __: Receive, send: Send) -> None:
    """Answer every call before its body."""
    await send_reply(send, problem(trouble_of(Rejected("W404", "no such address"), "r")), "r")


async def counting(_: Scope, receive: Receive, send: Send) -> None:
    """Read every body and answer how long it was."""
    size, more = 0, True
    while more:
        event = await receive()
        size, more = size + len(event.get("body", b"")), event.get("more_body", False)
    headers = [(b"content-length", b"%d" % len(str(size)))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": str(size).encode()})


@pytest.fixture(scope="module")
def context() -> ssl.SSLContext:
    """Return what a listener for TLS shows."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("localhost").configure_cert(made)
    return made


@pytest.fixture
async def port() -> AsyncIterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as bound:
        async with listening(counting, bound, protocol=Hurried):
            yield bound.getsockname()[1]


@contextlib.asynccontextmanager
async def connected(port: int) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield reader, writer
    finally:
        writer.close()


async def all_of(port: int, *pieces: bytes) -> bytes:
    """Send pieces and return all that comes back until the other side closes."""
    async with asyncio.timeout(WITHIN), connected(port) as (reader, writer):
        with contextlib.suppress(ConnectionError):
            for piece in pieces:
                writer.write(piece)
                await writer.drain()
        answer = bytearray()
        with contextlib.suppress(ConnectionError):
            while chunk := await reader.read(65536):
                answer += chunk
        return bytes(answer)


def refused(answer: bytes, status: int, code: str) -> None:
    head, _, body = answer.partition(b"\r\n\r\n")
    told = json.loads(body)
    assert head.startswith(b"HTTP/1.1 %d " % status)
    assert (told["status"], told["code"]) == (status, code)
    assert f"punte-reference: {told['reference']}".encode() in head
    assert b"content-type: application/problem+json" in head
    assert b"connection: close" in head


@pytest.mark.parametrize(
    "head",
    [
        b"GET /" + b"a" * 65_000 + b" HTTP/1.1\r\n\r\n",
        GET + b"X: " + b"a" * 65_000 + b"\r\n\r\n",
        GET + b"X: a\r\n" * 101 + b"\r\n",
        GET + b"X: " + b"a" * 65_000,
        b"GET /" + b"a" * 65_000,
    ],
    ids=["address", "header", "lines", "header without end", "address without end"],
)
async def test_a_head_beyond_the_limits_is_refused_as_soon_as_that_is_known(port: int, head: bytes) -> None:
    refused(await all_of(port, head), 431, "B431")


async def test_blank_lines_without_end_are_no_request(port: int) -> None:
    refused(await all_of(port, b"\r\n" * 40_000), 431, "B431")


@pytest.mark.parametrize(
    "tail",
    [b"1;" + FLOOD, b"1\r\na\r\n0\r\nX: " + FLOOD, b"1\r\na\r\n0\r\n" + b"X: a\r\n" * 100_000],
    ids=["chunk extension", "trailer", "trailers"],
)
async def test_what_surrounds_a_chunked_body_is_bounded_like_a_head(port: int, tail: bytes) -> None:
    refused(await all_of(port, POST + b"Transfer-Encoding: chunked\r\n\r\n", tail), 431, "B431")


async def test_a_body_is_not_bounded_here(port: int) -> None:
    head = POST + b"Connection: close\r\nContent-Length: 900000\r\n\r\n"
    assert (await all_of(port, head, b"a" * 900_000)).endswith(b"\r\n\r\n900000")
    head = POST + b"Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert (await all_of(port, head, b"1\r\na\r\n" * 50_000 + b"0\r\nX: a\r\n\r\n")).endswith(b"\r\n\r\n50000")


async def test_a_head_that_does_not_end_is_not_waited_for(port: int) -> None:
    refused(await all_of(port, GET), 408, "B408")


async def test_a_body_that_does_not_begin_is_not_waited_for(port: int) -> None:
    refused(await all_of(port, POST + b"Content-Length: 9\r\n\r\n"), 408, "B408")


async def test_a_request_under_way_is_answered_whatever_half_of_one_follows_it(port: int) -> None:
    answer = await all_of(port, POST + b"Content-Length: 1\r\n\r\na" + POST + b"Content-Length: 9\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 200 ")
    refused(answer[answer.index(b"HTTP/1.1 408") :], 408, "B408")


async def test_a_body_under_way_has_the_time_of_its_reader(port: int) -> None:
    async with asyncio.timeout(WITHIN), connected(port) as (reader, writer):
        writer.write(POST + b"Content-Length: 2\r\n\r\na")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(reader.read(1), timeout=2 * Hurried.seconds)
        writer.write(b"b")
        assert (await reader.readuntil(b"\r\n\r\n2")).startswith(b"HTTP/1.1 200 ")


async def test_whoever_does_not_read_an_answer_is_let_go() -> None:
    ended = asyncio.Event()

    async def pouring(_: Scope, __: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for _ in range(1_000):
            await send({"type": "http.response.body", "body": FLOOD, "more_body": True})
        await send({"type": "http.response.body"})
        ended.set()

    with socket.create_server(("127.0.0.1", 0)) as bound:
        port = bound.getsockname()[1]
        async with listening(pouring, bound, protocol=Hurried), connected(port) as (_, writer):
            writer.write(GET + b"\r\n")
            await asyncio.wait_for(ended.wait(), WITHIN)


@pytest.mark.parametrize("said", [b"", b"\x16\x03\x01"], ids=["nothing", "the beginning of it"])
async def test_whoever_does_not_shake_hands_is_let_go(context: ssl.SSLContext, said: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as bound:
        async with listening(counting, bound, context=context, protocol=Hurried):
            assert await all_of(bound.getsockname()[1], said) == b""


async def test_who_never_shakes_hands_pushes_out_their_like_and_nobody_else(context: ssl.SSLContext) -> None:
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    with socket.create_server(("127.0.0.1", 0)) as bound:
        async with listening(counting, bound, context=context, protocol=Pressed), contextlib.AsyncExitStack() as stack:
            port = bound.getsockname()[1]
            silent = [await stack.enter_async_context(connected(port)) for _ in range(5)]
            async with asyncio.timeout(WITHIN):
                ended = [(await reader.read(), reader.at_eof()) for reader, _ in silent[:2]]
                reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=trusting)
                writer.write(GET + b"\r\n")
                answer = await reader.readline()
                writer.close()
            assert ended == [(b"", True)] * 2
            assert answer == b"HTTP/1.1 200 OK\r\n"
            assert not silent[-1][0].at_eof()


async def test_a_listener_that_cannot_listen_says_why() -> None:
    bound = socket.create_server(("127.0.0.1", 0))
    bound.close()
    with pytest.raises(OSError, match="Bad file descriptor"):
        async with listening(counting, bound):
            pytest.fail("it listens to nobody")


async def test_whoever_says_nothing_is_let_go(port: int) -> None:
    assert await all_of(port) == b""


async def test_a_second_head_that_does_not_end_is_not_waited_for_either(port: int) -> None:
    async with asyncio.timeout(WITHIN), connected(port) as (reader, writer):
        for _ in range(2):
            writer.write(GET + b"\r\n")
            assert (await reader.readuntil(b"\r\n\r\n0")).startswith(b"HTTP/1.1 200 ")
        writer.write(GET)
        refused(await reader.read(), 408, "B408")


async def test_a_body_that_nobody_reads_any_more_must_end_soon() -> None:
    with socket.create_server(("127.0.0.1", 0)) as bound:
        async with listening(refusing, bound, protocol=Hurried):
            answer = await all_of(bound.getsockname()[1], POST + b"Content-Length: 100\r\n\r\na")
    assert answer.count(b"HTTP/1.1 ") == 1
    assert answer.startswith(b"HTTP/1.1 404 ")


async def test_a_body_that_ends_late_after_its_answer_leaves_the_connection_usable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as bound:
        async with (
            listening(refusing, bound),
            asyncio.timeout(WITHIN),
            connected(bound.getsockname()[1]) as (reader, writer),
        ):
            for _ in range(2):
                writer.write(POST + b"Content-Length: 2\r\n\r\na")
                head = await reader.readuntil(b"\r\n\r\n")
                (length,) = [line for line in head.split(b"\r\n") if line.startswith(b"content-length")]
                await reader.readexactly(int(length.partition(b":")[2]))
                writer.write(b"b")


async def test_what_is_no_http_gets_a_problem_with_a_reference(port: int) -> None:
    refused(await all_of(port, b"HELO x\r\n\r\n"), 400, "B111")


async def test_a_fault_behind_a_request_under_way_never_takes_the_place_of_its_answer(port: int) -> None:
    answer = await all_of(port, POST + b"Content-Length: 1\r\n\r\naHELO x\r\n\r\n")
    assert b"B111" not in answer


async def test_where_all_places_are_taken_the_caller_who_was_silent_the_longest_makes_room(port: int) -> None:
    async with asyncio.timeout(WITHIN), contextlib.AsyncExitStack() as stack:
        silent = [await stack.enter_async_context(connected(port)) for _ in range(Hurried.max_connections)]
        for reader, writer in silent:
            writer.write(GET + b"\r\n")
            await reader.readuntil(b"\r\n\r\n0")
        assert (await all_of(port, GET + b"Connection: close\r\n\r\n")).startswith(b"HTTP/1.1 200 ")
        assert await silent[0][0].read() == b""
        silent[1][1].write(GET + b"\r\n")
        assert await silent[1][0].readuntil(b"\r\n\r\n0")


async def test_one_caller_too_many_is_asked_to_come_again(port: int) -> None:
    async with contextlib.AsyncExitStack() as stack:
        for _ in range(Hurried.max_connections):
            _, writer = await stack.enter_async_context(connected(port))
            writer.write(POST + b"Content-Length: 2\r\n\r\na")
            await writer.drain()
        await asyncio.sleep(0.05)  # what was sent is read
        answer = await all_of(port)
        assert b"retry-after: 5" in answer
        refused(answer, 503, "W503")
    async with asyncio.timeout(WITHIN):
        while b"HTTP/1.1 200 " not in await all_of(port, GET + b"Connection: close\r\n\r\n"):
            pass  # the hub learns of the closed connections one by one

"""A hub that takes a claim with a large scan and sends it on, in a process of its own; it says what that took.

The scan is made and counted piece by piece: neither its sender nor the partner holds it.
"""

import asyncio
import json
import re
import sys
import time
from pathlib import Path

from test_attachments import begin, claim

from hub_core.settings import Settings
from registry.assemble import assemble

PIECE = bytes(range(256)) * 250  # 64,000 bytes
MARK = b"THE SCAN"


class Taker:
    """A partner that counts what it takes, and forgets it."""

    def __init__(self):
        self.taken = asyncio.Event()
        self.size = 0

    async def serve(self, reader, writer):
        head = await reader.readuntil(b"\r\n\r\n")
        left = int(re.search(rb"content-length: (\d+)", head.lower())[1])
        begun = await reader.readuntil(b"Content-ID: <1@punte>\r\n\r\n")
        left -= len(begun)
        while left:
            piece = await reader.read(min(left, 65_536))
            left -= len(piece)
            self.size += len(piece)
        writer.write(b"HTTP/1.1 202 X\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()
        writer.close()
        self.taken.set()


async def hand_in(hub, key, pieces, name):
    content_type, whole = claim(MARK)
    before, after = whole.split(MARK)
    waiting = iter([before, *[PIECE] * pieces, after])
    upcoming = next(waiting)
    answer = []

    async def receive():
        nonlocal upcoming
        part, upcoming = upcoming, next(waiting, None)
        await asyncio.sleep(0)
        return {"type": "http.request", "body": part, "more_body": upcoming is not None}

    async def send(event):
        answer.append(event)

    headers = {"punte-key": key, "content-type": content_type, "idempotency-key": name}
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": "POST", "path": "/soap/claims-in", "headers": raw, "query_string": b""}
    await hub.front("soap")(scope, receive, send)
    assert answer[0]["status"] == 202, answer


def forget_peak():
    Path("/proc/self/clear_refs").write_text("5")


def peak():
    return int(re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())[1]) / 1024


async def main(folder, megabytes):
    taker = Taker()
    server = await asyncio.start_server(taker.serve, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    async with assemble(Settings(home=folder / "home", port=0)) as hub:
        key = await begin(hub, folder, url)
        await hand_in(hub, key, 32, "warm")
        await taker.taken.wait()
        taker.taken.clear()
        forget_peak()
        before, begun = peak(), time.perf_counter()
        cpu = time.process_time()
        taker.size, pieces = 0, megabytes * 1_000_000 // len(PIECE)
        await hand_in(hub, key, pieces, "large")
        taken_in = time.perf_counter()
        await taker.taken.wait()
        sent = time.perf_counter()
        tail = 2 + len(b"--punte-00000000-0000-0000-0000-000000000000--\r\n")
        told = {"grown": peak() - before, "bytes": taker.size - tail, "meant": pieces * len(PIECE)}
        took = {"in": taken_in - begun, "out": sent - taken_in, "cpu": time.process_time() - cpu}
        sys.stdout.write(json.dumps(told | took))
    server.close()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))

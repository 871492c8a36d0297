"""A partner with a queue: what is handed in gets a receipt, answers wait at the head until they are committed."""

import json
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

NOTHING = "00000000-0000-0000-0000-000000000000"


class Queue:
    """What the partner has.

    Attributes:
        taken: bodies that were handed in, each under its key once.
        answers: per message that is handed in; they join the queue at once.
        waiting: id and document of each answer, the head first.
        committed: ids in the order of their commits, repeats included.
        invalid: batches are answered well, with a receipt that stands for nothing.
        xml: answers are XML.
        stuck: commits are answered well, and do nothing.
        closed: paths where nobody is let in.
    """

    def __init__(self) -> None:
        self.taken: dict[str, bytes] = {}
        self.receipts: dict[str, str] = {}
        self.answers = 1
        self.waiting: list[tuple[str, bytes]] = []
        self.committed: list[str] = []
        self.invalid = False
        self.xml = False
        self.stuck = False
        self.closed: set[str] = set()
        self.url = ""

    def submit(self, key: str, body: bytes) -> tuple[int, bytes]:
        if self.invalid:
            return 200, self.receipt(NOTHING)
        if key not in self.taken:
            self.taken[key] = body
            self.receipts[key] = str(uuid.UUID(int=len(self.taken)))
            for number in range(self.answers):
                self.waiting.append((f"m-{len(self.taken)}-{number}", self.answer(self.receipts[key], number)))
        return 200, self.receipt(self.receipts[key])

    def receipt(self, receipt: str) -> bytes:
        if self.xml:
            return (
                f"<R xmlns='urn:q'><MessageResponse><ResponseId>{receipt}</ResponseId></MessageResponse></R>".encode()
            )
        return json.dumps({"MessageResponse": {"ResponseId": receipt}}).encode()

    def answer(self, receipt: str, number: int) -> bytes:
        if self.xml:
            return f"<q:Result xmlns:q='urn:q'><Of>{receipt}</Of><Part>{number}</Part></q:Result>".encode()
        return json.dumps({"Result": {"Of": receipt, "Part": number}}).encode()

    def step(self, path: str, asked: dict[str, list[str]]) -> tuple[int, bytes]:
        """Return what a call after handing in is answered."""
        head = self.waiting[0] if self.waiting else None
        if path == "/api/PollMessage":
            return (204, b"") if head is None else (200, json.dumps({"MessageId": head[0]}).encode())
        found = asked["id"][0]
        if path == "/api/ReadMessage":
            return next(((200, body) for name, body in self.waiting if name == found), (404, b""))
        self.committed.append(found)
        if head is None or head[0] != found:
            return 404, b""
        if not self.stuck:
            del self.waiting[0]
        return 200, b"{}"


@contextmanager
def queueing() -> Iterator[Queue]:
    """Serve a queue until the context is left."""
    queue = Queue()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", "0")))
            target = urlsplit(self.path)
            if target.path in queue.closed:
                status, answer = 401, b""
            elif target.path == "/api/Contract":
                status, answer = queue.submit(self.headers["idempotency-key"], body)
            else:
                status, answer = queue.step(target.path, parse_qs(target.query))
            self.send_response(status)
            self.send_header("Content-Length", str(len(answer)))
            self.send_header("Content-Type", "application/xml" if answer.startswith(b"<") else "application/json")
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    queue.url = f"http://127.0.0.1:{server.server_port}/api/"
    try:
        yield queue
    finally:
        server.shutdown()
        server.server_close()

"""A partner who does not send: a server with a list, page by page, that grows while it is fetched."""

import contextlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


class Listed:
    """What the partner has.

    Attributes:
        documents: as they stand in the list.
        links: pages name the link of the next one, the last names none; otherwise each names a cursor.
        answer: given instead of any page, if there is one.
        asked: queries and authorisations that came.
        open: while it is cleared, whoever asks waits.
    """

    def __init__(self) -> None:
        self.documents: list[str] = []
        self.page = 2
        self.links = False
        self.answer: bytes | None = None
        self.asked: list[str] = []
        self.url = ""
        self.open = threading.Event()
        self.open.set()

    def answered(self, target: str) -> bytes:
        query = urlsplit(target).query
        self.asked.append(query)
        self.open.wait()
        if self.answer is not None:
            return self.answer
        begin = int(parse_qs(query).get("after", ["0"])[0])
        end = min(begin + self.page, len(self.documents))
        following = json.dumps(str(end))
        if self.links:
            following = json.dumps(f"?after={end}") if end < len(self.documents) else "null"
        return f'{{"data": {{"items": [{", ".join(self.documents[begin:end])}]}}, "next": {following}}}'.encode()


@contextmanager
def listing() -> Iterator[Listed]:
    """Serve a list until the context is left."""
    listed = Listed()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = listed.answered(self.path)
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            with contextlib.suppress(ConnectionError):  # who asked may be dead by now
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    listed.url = f"http://127.0.0.1:{server.server_port}/list"
    try:
        yield listed
    finally:
        listed.open.set()
        server.shutdown()
        server.server_close()

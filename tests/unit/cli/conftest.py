"""A command run in this process, and a tiny real HTTP server on a Unix socket that answers like a desk."""

import json
import socketserver
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

import cli

ANSWERS = Path(__file__).parent / "answers"


@dataclass
class Result:
    code: int
    out: str
    err: str


@dataclass
class RecordedDesk:
    """Answers every verb from ``answers/<verb>.json`` unless a test says otherwise; remembers what it was asked."""

    answers: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, dict[str, Any]] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def answer(self, verb: str, arguments: dict[str, Any]) -> tuple[int, Any]:
        self.asked.append((verb, arguments))
        if verb in self.errors:
            return 400, {"error": {"where": "", "mend": "", "findings": []} | self.errors[verb]}
        if verb in self.answers:
            return 200, self.answers[verb]
        return 200, json.loads((ANSWERS / f"{verb}.json").read_text(encoding="utf-8"))


@pytest.fixture
def bucharest(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the machine stand in Bucharest."""
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "Europe/Bucharest")
        time.tzset()
        yield
    time.tzset()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bucharest: None) -> Path:
    """Return the hub's folder of this test."""
    folder = tmp_path / "home"
    folder.mkdir(mode=0o700)
    monkeypatch.setenv("PUNTE_HOME", str(folder))
    return folder


@pytest.fixture
def desk(home: Path) -> Iterator[RecordedDesk]:
    recorded = RecordedDesk()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            arguments = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            status, answer = recorded.answer(self.path.removeprefix("/"), arguments)
            body = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

        def address_string(self) -> str:
            return "local"

    with socketserver.ThreadingUnixStreamServer(str(home / "control.sock"), Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield recorded
        server.shutdown()
        thread.join()


@pytest.fixture
def punte(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Return a function that runs one command as ``punte ARGUMENTS`` would."""
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)

    def run(*arguments: object) -> Result:
        capsys.readouterr()
        with pytest.raises(SystemExit) as end:
            cli.main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        return Result(code=int(end.value.code or 0), out=out, err=err)

    return run

"""Sending documents over the public API; the hub here is a small real HTTP server that answers as recorded."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from cli.link import media_type

pytestmark = pytest.mark.network

ID = "019aa6f0-0000-7000-8000-000000000001"
ACCEPTED = (
    202,
    {"id": ID, "state": "delivering", "findings": [{"code": "M205", "severity": "info", "text": "1 leaf"}]},
)
REFUSED = (
    422,
    {
        "type": "/docs/codes#M201",
        "title": "required value missing",
        "status": 422,
        "detail": "the CNP is missing",
        "code": "M201",
        "reference": ID,
        "findings": [
            {"code": "M201", "severity": "error", "text": "the CNP is missing", "source": "a/@pid", "line": 3}
        ],
    },
)


class PublicApi:
    def __init__(self):
        self.answers = {}
        self.arrived = []


@pytest.fixture
def hub(home):
    """Answers by the body that arrives; remembers path, headers and body."""
    api = PublicApi()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            api.arrived.append((self.path, dict(self.headers), body))
            status, answer = api.answers.get(body, ACCEPTED)
            text = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_):
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

    with Server(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        (home / "address").write_text(f"http://127.0.0.1:{server.server_port}", encoding="ascii")
        yield api
        server.shutdown()
        thread.join()


@pytest.fixture
def document(tmp_path):
    path = tmp_path / "p2000.json"
    path.write_bytes(b'{"sed": "P2000"}')
    return path


def test_a_document_goes_to_the_running_hub_with_key_purpose_and_id(hub, punte, document):
    result = punte("send", document, "--endpoint", "seds", "--key", "k", "--purpose", "p", "--id", "a-1")
    assert result.code == 0
    path, headers, body = hub.arrived[0]
    assert (path, body) == ("/api/v1/endpoints/seds/messages", b'{"sed": "P2000"}')
    sent = {"Punte-Key": "k", "Punte-Purpose": "p", "Idempotency-Key": "a-1", "Content-Type": "application/json"}
    assert headers.items() >= sent.items()
    assert [document.name in result.out, ID in result.out, "delivering" in result.out] == [True] * 3


def test_the_key_may_come_from_the_environment(hub, punte, document, monkeypatch):
    monkeypatch.setenv("PUNTE_KEY", "from-environment")
    assert punte("send", document, "--endpoint", "seds").code == 0
    assert hub.arrived[0][1]["Punte-Key"] == "from-environment"


def test_without_a_key_it_is_wrong_usage(hub, punte, document):
    assert punte("send", document, "--endpoint", "seds").code == 2
    assert hub.arrived == []


def test_a_refusal_ends_with_1_and_shows_its_findings(hub, punte, document):
    hub.answers[document.read_bytes()] = REFUSED
    result = punte("send", document, "--endpoint", "seds", "--key", "k")
    assert result.code == 1
    assert "the CNP is missing" in result.out
    assert "a/@pid line 3" in result.out


def test_a_folder_is_sent_in_order_over_one_connection_with_one_line_each(hub, punte, tmp_path):
    folder = tmp_path / "documents"
    folder.mkdir()
    for number in range(30):
        (folder / f"{number:02}.json").write_text(f"[{number}]")
    hub.answers[b"[7]"] = REFUSED
    result = punte("send", folder, "--endpoint", "seds", "--key", "k", "--json")
    assert result.code == 1
    lines = [json.loads(line) for line in result.out.splitlines()]
    assert [line["file"] for line in lines] == [str(folder / f"{number:02}.json") for number in range(30)]
    assert [line["code"] for line in lines if line["result"] == "refused"] == ["M201"]
    assert [body for _, _, body in hub.arrived] == [f"[{number}]".encode() for number in range(30)]


def test_one_id_is_not_given_to_two_documents(hub, punte, document):
    assert punte("send", document, document, "--endpoint", "seds", "--key", "k", "--id", "1").code == 2
    assert hub.arrived == []


def test_a_file_that_cannot_be_read_does_not_stop_the_others(hub, punte, document, tmp_path):
    result = punte("send", tmp_path / "missing", document, "--endpoint", "seds", "--key", "k", "--json")
    assert result.code == 1
    assert [json.loads(line)["code"] for line in result.out.splitlines()] == ["W304", None]


def test_what_is_no_hub_is_told(hub, punte, document):
    hub.answers[document.read_bytes()] = (200, b"<html>")
    result = punte("send", document, "--endpoint", "seds", "--key", "k")
    assert result.code == 3
    assert "is no hub" in result.err


def test_an_answer_that_is_no_problem_document_still_counts_as_refused(hub, punte, document):
    hub.answers[document.read_bytes()] = (502, [])
    result = punte("send", document, "--endpoint", "seds", "--key", "k")
    assert result.code == 1
    assert "HTTP 502" in result.out


def test_without_a_hub_it_ends_with_3(home, punte, document):
    assert punte("send", document, "--endpoint", "seds", "--key", "k").code == 3
    result = punte("send", document, "--endpoint", "seds", "--key", "k", "--url", "http://127.0.0.1:9")
    assert result.code == 3
    assert "W301 no hub answers at http://127.0.0.1:9" in result.err


@pytest.mark.parametrize(
    "arguments",
    [["--url", "ftp://x"], ["--url", "http://"], ["--url", "http://h:x"], ["--purpose", "a\nb"], ["--id", "ș"]],
)
def test_what_cannot_be_sent_is_wrong_usage(home, punte, document, arguments):
    address = [] if "--url" in arguments else ["--url", "http://127.0.0.1:9"]
    assert punte("send", document, "--endpoint", "seds", "--key", "k", *address, *arguments).code == 2


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b'  {"a": 1}', "application/json"),
        (b"\xef\xbb\xbf[1]", "application/json"),
        (b"\n<a/>", "text/xml"),
        (b"", "application/octet-stream"),
        (b"\x00\x01", "application/octet-stream"),
    ],
)
def test_the_media_type_follows_from_the_first_character(body, kind):
    assert media_type(body) == kind

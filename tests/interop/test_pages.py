"""What the pages for partners show is true: each snippet, as it stands there, is taken by a hub."""

import os
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from hub_core.codes import CODES
from hub_web.partner.model import Call
from hub_web.partner.snippets import LANGUAGES
from tests.interop.hub import PASSWORD, PURPOSE, Hub, hub, registry

pytestmark = [pytest.mark.network, pytest.mark.timeout(60)]

PROGRAMS = {"curl": ("bash", "sh"), "PHP": ("php", "php"), "Node": ("node", "mjs"), "Python": ("python3", "py")}
ENDPOINTS = ("reports", "wrapped", "rpc-encoded", "token", "records", "seds")


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    """A hub with endpoints of every kind that has a page."""
    town = {"institution": "town", "direction": "in", "service": "registry", "message_id": "header"}
    more = {
        "records": town | {"adapter": "rest"},
        "seds": town | {"adapter": "eessi", "service": "exchange"},
        "reports": town
        | {
            "adapter": "soap",
            "message_id": "wsa",
            "contract": {
                "wsdl": "partners/cnas/SiuiInsuredWS.wsdl",
                "operation": "getInsured",
                "xsd": "partners/cnas/GetInsuredResponse.xsd",
            },
            "mappings": "cnas.insured-person/1",
        },
    }
    registered = registry()
    registered["institutions"]["village"] = {"name": "Village hall"}
    registered["endpoints"] |= more
    registered["access"]["town-exchanges"] = {"institution": "town", "service": "exchange", "purposes": [PURPOSE]}
    with hub(tmp_path_factory.mktemp("pages"), registered) as made:
        yield made


def page(hub: Hub, name: str, form: str = "text/markdown", key: str | None = None) -> tuple[int, str]:
    asked = ["--header", f"Punte-Key: {key or hub.key}", "--header", f"Accept: {form}", "--write-out", "%{http_code}"]
    url = f"{hub.url}/api/v1/endpoints/{name}/page"
    told = subprocess.run(["curl", "--silent", *asked, url], check=True, capture_output=True, text=True).stdout
    return int(told[-3:]), told[:-3]


def snippet(shown: str, language: str) -> str:
    found = re.search(rf"### {language}\n\n```+\w*\n(.*?)\n```+\n", shown, re.DOTALL)
    assert found is not None, f"no snippet for {language}"
    return found[1]


def run(program: str, file: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    if shutil.which(program) is None and not os.environ.get("CI"):
        pytest.skip(f"needs {program}")
    told = {"PATH": os.environ["PATH"], **environment}
    return subprocess.run([program, str(file)], check=False, env=told, capture_output=True, text=True, timeout=50)


@pytest.mark.parametrize("name", ENDPOINTS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_snippet_of_a_page_sends_what_the_hub_takes(language, name, running, tmp_path) -> None:
    _, shown = page(running, name)
    program, suffix = PROGRAMS[language]
    file = tmp_path / f"call.{suffix}"
    file.write_text(snippet(shown, language), encoding="utf-8")
    done = run(program, file, PUNTE_KEY=running.key, PUNTE_PASSWORD=PASSWORD, MESSAGE_ID=name)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "accepted" in done.stdout or "Envelope" in done.stdout
    assert "Fault" not in done.stdout


HOSTILE = """{"a": "$HOME `id` ${x} \\\\ 'quoted' \\"\\"\\"", "b": "Țepeș", "id": "@MESSAGE_ID@"}"""


def test_every_language_sends_the_same_bytes_whatever_they_are(tmp_path) -> None:
    sent: list[bytes] = []

    class Keeping(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            sent.append(self.rfile.read(int(self.headers["content-length"])))
            self.send_response(202)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Keeping)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    headers = (("Content-Type", "application/json"), ("SOAPAction", '"it\'s"'))
    call = Call(url=f"http://127.0.0.1:{server.server_port}/", headers=headers, body=HOSTILE, language="json")
    try:
        for language, (program, suffix) in PROGRAMS.items():
            file = tmp_path / f"call.{suffix}"
            file.write_text(LANGUAGES[language][1](call), encoding="utf-8")
            done = run(program, file, PUNTE_KEY="k", MESSAGE_ID="2026-7")
            assert done.returncode == 0, done.stderr
    finally:
        server.shutdown()
        server.server_close()
    assert sent == [HOSTILE.replace("@MESSAGE_ID@", "2026-7").encode() + b"\n"] * len(PROGRAMS)


def test_a_snippet_says_what_is_refused(running, tmp_path) -> None:
    _, shown = page(running, "records")
    for language in ("curl", "Python"):
        program, suffix = PROGRAMS[language]
        file = tmp_path / f"call.{suffix}"
        file.write_text(snippet(shown, language), encoding="utf-8")
        done = run(program, file, PUNTE_KEY="none", MESSAGE_ID="refused")
        assert done.returncode != 0
        assert "A401" in done.stdout


@pytest.mark.parametrize("name", ENDPOINTS)
def test_a_page_loads_nothing_from_elsewhere_and_names_codes_that_there_are(name, running) -> None:
    status, shown = page(running, name, "text/html")
    assert status == 200
    assert shown.startswith('<!doctype html>\n<html lang="en">')
    assert not re.search(r"<(script|img|link|iframe|object)\b|@import|url\(", shown)
    named = set(re.findall(r"<tr><td><code>([A-Z]\d{3})</code>", shown))
    assert {"A401", "B413"} <= named <= CODES.keys()


def test_a_page_is_for_those_who_may_call_the_endpoint(running) -> None:
    other = running.desk.call("key_new", {"name": "v", "institution": "village", "by": "ana"})["key"]
    status, told = page(running, "records", key=other)
    assert (status, "A403" in told) == (403, True)
    assert page(running, "nowhere")[0] == 404
    assert page(running, "records", key="none")[0] == 401

"""What the pages for partners show is true: each snippet, as it stands there, is taken by a hub."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from hub_core.codes import CODES
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


def test_a_snippet_says_what_is_refused(running, tmp_path) -> None:
    _, shown = page(running, "records")
    for language, (program, suffix) in PROGRAMS.items():
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


def test_a_page_is_written_without_a_hub(running, tmp_path: Path) -> None:
    folder = Path(__file__).parents[2] / "hub_demo" / "country"
    out = tmp_path / "page.md"
    command = [
        sys.executable,
        "-m",
        "cli",
        "endpoint",
        "page",
        "seds",
        "--from",
        str(folder),
        "--markdown",
        "-o",
        str(out),
    ]
    subprocess.run([*command, "--address", "https://hub.example"], check=True, capture_output=True)
    assert "https://hub.example/eessi/seds" in out.read_text(encoding="utf-8")

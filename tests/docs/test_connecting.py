"""The pages about partners that are known by their WSDL: what they say to type is typed, from the contract to an answer."""

import argparse
import http.client
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from hub_core.places import ROOT
from hub_demo.population import DEFAULT_SEED, Population
from tests.integration.test_onboarding import NAMING

pytestmark = pytest.mark.network
CONNECT = (ROOT / "docs/how-to/connect-from-a-wsdl.md").read_text(encoding="utf-8")
SIMULATE = (ROOT / "docs/how-to/simulate-a-partner.md").read_text(encoding="utf-8")
ASK = b"""<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><p:hentPerson xmlns:p="urn:example:person"
 xmlns:i="http://www.w3.org/2001/XMLSchema-instance"><aktoer i:type="p:Person"><cnp>1</cnp></aktoer><dato>2025-11-03</dato>
 </p:hentPerson></s:Body></s:Envelope>"""


#: A terminal in which one command is typed after the other: what they load is loaded once.
TERMINAL = """
import contextlib, io, json, shlex, sys
from cli import main
for line in sys.stdin:
    told = io.StringIO()
    with contextlib.redirect_stdout(told), contextlib.redirect_stderr(told):
        try:
            main(shlex.split(line))
        except SystemExit as ended:
            code = ended.code
    print(json.dumps([code or 0, told.getvalue()]), file=sys.__stdout__, flush=True)
"""


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """A hub as installed: its packages and folders side by side, where a partner's contract can be put."""
    place = tmp_path / "installed"
    for name in ("hub_core", "schemas"):
        shutil.copytree(ROOT / name, place / name)
    for name in ("adapters", "cli", "hub_demo", "hub_simulator", "hub_torture", "hub_web", "mappings", "registry"):
        (place / name).symlink_to(ROOT / name)
    return place


@pytest.fixture
def desk(installed: Path, tmp_path: Path) -> Iterator["Desk"]:
    folder = tmp_path / "desk"
    (folder / "home").mkdir(mode=0o700, parents=True)
    (folder / "Person.wsdl").write_text(NAMING, encoding="utf-8")
    cnp = Population(DEFAULT_SEED).showcase[0].cnp
    words = {"PYTHONPATH": str(installed), "PUNTE_HOME": str(folder / "home"), "WSDL": "Person.wsdl", "CNP": cnp}
    arguments = {"cwd": folder, "env": {**os.environ, **words}, "text": True, "stdout": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", TERMINAL], stdin=subprocess.PIPE, **arguments) as terminal:
        yield Desk(folder, words, terminal, arguments)
        terminal.stdin.close()


class Desk(NamedTuple):
    """Somebody who types what a page says, in a folder of their own."""

    folder: Path
    words: dict[str, str]
    terminal: subprocess.Popen[str]
    arguments: dict[str, Any]

    def types(self, line: str) -> str:
        """Type a command and return what it prints; it must end well."""
        self.terminal.stdin.write(f"{self.said(line)}\n")
        self.terminal.stdin.flush()
        code, told = json.loads(self.terminal.stdout.readline())
        assert code == 0, f"{line}\n{told}"
        return told

    @contextmanager
    def leaves_running(self, line: str) -> Iterator[str]:
        """Type a command that serves until it is ended; gives the address that it prints."""
        command = [sys.executable, "-m", "cli", *shlex.split(self.said(line))]
        with subprocess.Popen(command, **self.arguments) as process:
            try:
                yield json.loads(process.stdout.readline())["url"]
            finally:
                process.terminate()

    @contextmanager
    def serves(self, line: str) -> Iterator[str]:
        """Type the command that runs the hub; gives its address once it is ready."""
        environment = self.arguments["env"] | {"PUNTE_PORT": "0"}
        command = [sys.executable, "-m", "cli", *shlex.split(self.said(line))]
        with subprocess.Popen(command, cwd=self.folder, env=environment, stderr=subprocess.PIPE, text=True) as process:
            try:
                started = next(told for told in process.stderr if '"event": "hub.started"' in told)
                yield json.loads(started)["address"].removeprefix("http://")
            finally:
                process.terminate()
                process.communicate()

    def said(self, line: str) -> str:
        """Return a line with what its words stand for."""
        return re.sub(r"\$([A-Z_]+)", lambda match: self.words[match[1]], line).removeprefix("punte ")


def typed(page: str, by: str = "newcomer") -> list[str]:
    blocks = re.findall(rf"```console {by}\n(.*?)```", page, re.DOTALL)
    return [line[2:] for block in blocks for line in block.replace("\\\n    ", "").splitlines()]


def curled(line: str, hub: str) -> tuple[int, Any]:
    """Call as a line with curl says, but a hub elsewhere; returns status and document."""
    spoken = argparse.ArgumentParser()
    spoken.add_argument("--header", action="append")
    spoken.add_argument("--data")
    spoken.add_argument("url")
    call = spoken.parse_args(shlex.split(line.removeprefix("curl ")))
    headers = dict(header.split(": ", 1) for header in call.header)
    connection = http.client.HTTPConnection(hub, timeout=20)
    connection.request("POST", call.url.removeprefix("http://127.0.0.1:8480"), call.data, headers)
    answer = connection.getresponse()
    told = answer.status, json.loads(answer.read())
    connection.close()
    return told


def test_a_newcomer_comes_from_a_wsdl_to_an_answer_that_is_read(desk: Desk, installed: Path) -> None:
    check, new, judge, promote, plan, apply, ask = typed(CONNECT)
    assert "admitted" in desk.types(check)
    desk.types(new)
    for name, text in re.findall(r"```yaml file (\S+)\n(.*?)```", CONNECT, re.DOTALL):
        (desk.folder / name).write_text(text, encoding="utf-8")
    assert "missing" not in desk.types(judge)
    shutil.copytree(desk.folder / "work/schemas", installed / "schemas", dirs_exist_ok=True)
    desk.types(promote)
    with desk.leaves_running("punte simulate $WSDL --json") as address:
        entry = desk.folder / "work/registry/hent-person.yaml"
        entry.write_text(re.sub('url: "[^"]*"', f'url: "{address}/Person"', entry.read_text()))
        assert "+ endpoints: hent-person" in desk.types(plan)
        assert "registry set 1 is in force" in desk.types(apply)
        assert re.search(r"hent-person +hent-person +\w+", desk.types(ask))
        (serve,), (key, curl) = typed(CONNECT, "hub"), typed(CONNECT, "caller")
        with desk.serves(serve) as hub:
            desk.words["PUNTE_KEY"] = desk.types(re.fullmatch(r"PUNTE_KEY=\$\((.*)\)", key)[1]).strip()
            status, told = curled(desk.said(curl), hub)
            assert (status, [source["verdict"] for source in told["sources"]]) == (200, ["record"])
            status, told = curled(desk.said(curl.replace("$CNP", "28504151234")), hub)
            assert (status, told["code"]) == (422, "W400")


def options() -> list[str]:
    """Return what the page says that a partner can be told."""
    rows = re.findall(r"^\| (`--[^|]*) \|", SIMULATE, re.MULTILINE)
    return [option for row in rows for option in re.findall(r"`(--[^`]+)`", row)]


def test_the_options_of_a_simulated_partner_are_those_of_the_page(desk: Desk) -> None:
    (desk.folder / "FILE").write_text("secret")
    told = options()
    assert {one.split()[0] for one in told} == {
        "--latency", "--fault-rate", "--status-200-faults", "--sparse", "--encoding", "--require", "--mtom",
    }  # fmt: skip
    # The last demand counts; all others hold at once.
    with desk.leaves_running(f"punte simulate $WSDL {' '.join(told)} --require basic --json") as address:
        line = http.client.HTTPConnection(address.removeprefix("http://"), timeout=20)
        line.request("POST", "/Person", ASK, {"Content-Type": "text/xml", "Authorization": "Basic YTpi"})
        answer = line.getresponse()
        assert (answer.status, answer.headers["content-type"]) == (200, "text/xml; charset=iso-8859-2")
        assert b"ISO-8859-2" in answer.read()
        line.request("GET", f"/sent/{answer.headers['simulated']}")
        assert b"hentPersonResponse" in line.getresponse().read()
        line.request("GET", "/Person?wsdl")
        assert f'location="{address}/Person"'.encode() in line.getresponse().read()
        line.close()

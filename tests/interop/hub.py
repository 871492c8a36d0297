"""A running hub with a served endpoint for each contract, as a process; and simulated partners beside it."""

import asyncio
import base64
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from hub_core.playing.wire import serving
from hub_core.ports import AsgiApp
from registry.remote import RemoteDesk
from tests.interop.shapes import CONTRACTS
from tests.interop.stacks import PASSWORD, USER
from tests.unit.adapters.security.letters import pair

PATIENCE = 30  # seconds
PURPOSE = "benefits"
ANSWERED = {
    "id": "2850415123450",
    "name": "Țepeș-Ştefănescu Ioniţă 𐍈 & fiii",
    "born": "1985-04-15",
    "income": "1234.50",
    "urgent": "true",
    "note": "{state}",
    "number": "20260001",
    "at": "2026-11-22T10:30:00Z",
}
MEMBER = {"name": "Gheorghiță", "age": "12"}
CONTENT = bytes(range(256)) * 8


class Form(msgspec.Struct, frozen=True):
    """Where things stand in one contract: the request's element and the places in it, prefixed; those of the answer."""

    element: str
    namespace: str
    person: str
    member: str
    entry: str
    members: str
    p: str = ""


FORMS = {
    "wrapped": Form(
        "Register", "http://tempuri.org/", "r:person/", "r:members/r:Member", "RegisterResult/", "members/Member/", "r:"
    ),
    "bare": Form("PersonToRegister", "urn:example:registry:bare", "", "r:member", "", "member/", "r:"),
    "rpc-literal": Form(
        "register", "urn:example:registry:rpc", "person/", "members/member", "registerReturn/", "members/member/"
    ),
    "rpc-encoded": Form(
        "register",
        "http://registry.example/axis/services/Registry",
        "person/",
        "members/item",
        "registerReturn/",
        "members/item/",
    ),
}


def filled(form: Form) -> dict[str, str]:
    """Return how a served endpoint words its receipts: an entry."""
    members = {f"{form.members}{name}": value for name, value in MEMBER.items()}
    return {f"{form.entry}{name}": value for name, value in (ANSWERED | members).items()}


def mapping(name: str, form: Form) -> str:
    """Return the mapping that reads what a contract registers."""
    p, person = form.p, form.person
    return f"""
mapping: interop.{name}/1
source: {{xml: "{{{form.namespace}}}{form.element}", ns: {{r: "{form.namespace}"}}}}
target: Beneficiary@1
direction: in
fields:
  identifiers[scheme=ro.cnp].value: {{at: "{person}{p}id", as: cnp}}
  name.full: {{at: "{person}{p}name"}}
  birth.date: {{at: "{person}{p}born", as: partial_date}}
  children[]: {{each: "{person}{form.member}", fields: {{name.full: {{at: "{p}name"}}}}}}
"""


def taken(element: str) -> str:
    """Return a mapping for a document that says nothing of a person."""
    return f"""
mapping: interop.{element.lower()}/1
source: {{xml: "{{http://tempuri.org/}}{element}"}}
target: Beneficiary@1
direction: in
fields: {{exchange.system: {{const: town}}, exchange.type: {{const: {element}}}}}
"""


def mappings() -> dict[str, str]:
    """Return the mappings of the hub by file."""
    read = {f"interop/{name}.yaml": mapping(name, form) for name, form in FORMS.items()}
    return read | {f"interop/{element.lower()}.yaml": taken(element) for element in ("Notify", "Attach")}


def registry() -> dict[str, Any]:
    """Return the registry set of the hub."""
    served = {
        folder: {
            "institution": "town",
            "direction": "in",
            "adapter": "soap",
            "service": "registry",
            "contract": {"wsdl": str(CONTRACTS / folder / "contract.wsdl")},
            "answers": {"Register" if folder == "wrapped" else "register": {"fill": filled(form)}},
        }
        for folder, form in FORMS.items()
    }
    served["wrapped"]["answers"]["Attach"] = {"fill": {"AttachResult": base64.b64encode(CONTENT).decode()}}
    token = {"kind": "username-token", "user": USER, "secret": {"env": "PUNTE_TEST_SECRET"}}
    served["token"] = served["wrapped"] | {"credentials": token}
    served["digest"] = served["token"] | {"security": {"form": "digest"}}
    signed = {"certificate": {"env": "PUNTE_TEST_CERTIFICATE"}}
    served["signed"] = served["wrapped"] | {"security": {"timestamp": "5m", "signed": signed}}
    right = {"institution": "town", "service": "registry", "purposes": [PURPOSE], "fixed_purpose": PURPOSE}
    return {
        "institutions": {"town": {"name": "Town hall"}},
        "endpoints": served,
        "access": {"town-sends": right},
    }


class Hub:
    """A hub that runs.

    Attributes:
        url: where it listens, without a path.
        key: of the one institution; as a password of HTTP Basic it counts as well.
        desk: the operator's verbs.
    """

    def __init__(self, home: Path, registry: dict[str, Any]) -> None:
        self.url = (home / "address").read_text().strip()
        self.desk = RemoteDesk(home / "control.sock")
        promoted = {"files": mappings(), "by": "ana", "reason": "interop"}
        self.desk.call("mapping_promote", promoted)
        self.desk.call("apply", {"files": {"interop.yaml": json.dumps(registry, ensure_ascii=False)}, "by": "ana"})
        made = self.desk.call("key_new", {"name": "k", "institution": "town", "by": "ana"})
        self.key: str = made["key"]

    def wsdl(self, endpoint: str) -> str:
        """Return where the contract of an endpoint stands."""
        return f"{self.url}/soap/{endpoint}?wsdl"

    def last(self) -> dict[str, Any]:
        """Return the last message with its record, as an operator may see it; empty texts where there is none."""
        kept = self.desk.call("messages", {"limit": 1})
        if not kept:
            return {"body": "", "record": None}
        look = {"id": kept[0]["id"], "reveal": True, "reason": "interop", "by": "ana"}
        shown: dict[str, Any] = self.desk.call("message", look)
        return shown


@contextmanager
def hub(folder: Path, registry: dict[str, Any]) -> Iterator[Hub]:
    """Run a hub, with a registry set in force, until the context is left."""
    home = folder / "home"
    environment = {**os.environ, "PUNTE_HOME": str(home), "PUNTE_PORT": "0", "PUNTE_TEST_SECRET": PASSWORD}
    environment["PUNTE_TEST_CERTIFICATE"] = pair("town").certificate.decode()
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([sys.executable, "-m", "cli", "serve"], env=environment, stderr=log)
    try:
        deadline = time.monotonic() + PATIENCE
        while not (home / "address").exists():
            assert process.poll() is None, (folder / "log").read_text()
            assert time.monotonic() < deadline, "the hub does not start"
            time.sleep(0.02)
        yield Hub(home, registry)
    finally:
        process.terminate()
        process.wait(PATIENCE)


@contextmanager
def beside(app: AsgiApp) -> Iterator[str]:
    """Serve an application in a thread of its own until the context is left; gives its address."""
    started, ended, found = threading.Event(), threading.Event(), []

    async def run() -> None:
        async with serving(app) as port:
            found.append(f"http://127.0.0.1:{port}")
            started.set()
            await asyncio.to_thread(ended.wait)

    thread = threading.Thread(target=asyncio.run, args=(run(),))
    thread.start()
    try:
        assert started.wait(PATIENCE)
        yield found[0]
    finally:
        ended.set()
        thread.join()

"""Adapters are found by entry point and loaded on use; what cannot be used is quarantined, the others go on."""

import subprocess
import sys
from importlib.metadata import EntryPoint
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from adapters.kit.load import GROUP, Adapters, load_adapters, quarantine_of, shipped
from adapters.rest import ADAPTER as REST
from hub_core.directory.credentials import SecretReference
from hub_core.errors import ConfigError
from hub_core.ports import SDK
from hub_core.typed import struct_of


class Distribution:
    """As much of an installed package as an entry point knows."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.version = "1.0"


def point(name: str, value: str, package: str = "acme-adapters") -> EntryPoint:
    made = EntryPoint(name, value, GROUP)
    vars(made)["dist"] = Distribution(package)
    return made


def changed(**facts: Any) -> SimpleNamespace:
    """Return the adapter ``rest`` that says something else about itself."""
    parts = dict.fromkeys(("open", "check", "validate", "front", "target", "source"))
    return SimpleNamespace(spec=msgspec.structs.replace(REST.spec, **facts), **parts)


class Odd(msgspec.Struct):
    when: complex = 0j
    secret: SecretReference | None = None


incomplete = SimpleNamespace(spec=REST.spec)
tomorrow = changed(name="tomorrow", sdk="1.999")
yesterday = changed(name="yesterday", sdk="0.9")
odd = changed(name="odd", settings=Odd)
loop = changed(name="loop", settings=msgspec.defstruct("Loop", [("inner", "Loop | None", None)], module=__name__))
Loop = loop.spec.settings
table = changed(name="table", settings=dict)
unsaid = SimpleNamespace(**vars(odd) | {"spec": None})


def quarantined(*points: EntryPoint) -> tuple[Adapters, list[ConfigError]]:
    told: list[ConfigError] = []
    return load_adapters(points=points, report=told.append).load(), told


def test_the_installed_project_brings_its_adapters() -> None:
    adapters = shipped()
    assert {"soap", "eessi", "rest", "flat"} <= adapters.keys()
    assert all(adapter.spec.name == name for name, adapter in adapters.items())
    assert adapters.package("soap").startswith("punte ")


@pytest.mark.parametrize(
    ("broken", "why"),
    [
        (point("absent", "no_such_package:ADAPTER"), "ModuleNotFoundError"),
        (point("nameless", "adapters.rest:NO_SUCH"), "AttributeError"),
        (point("half", f"{__name__}:incomplete"), "not complete: open, check"),
        (point("other", "adapters.rest:ADAPTER"), "calls itself rest"),
        (point("tomorrow", f"{__name__}:tomorrow"), f"version 1.999 of the ports; this hub has {SDK}"),
        (point("yesterday", f"{__name__}:yesterday"), "version 0.9"),
        (point("odd", f"{__name__}:odd"), "cannot be read: when"),
        (point("loop", f"{__name__}:loop"), "cannot be loaded: RecursionError"),
        (point("table", f"{__name__}:table"), "cannot be read: they are no struct"),
        (point("unsaid", f"{__name__}:unsaid"), "a spec of the kind NoneType"),
    ],
    ids=lambda it: it.name if isinstance(it, EntryPoint) else "",
)
def test_what_cannot_be_used_is_quarantined_with_its_reason_and_the_others_go_on(broken: EntryPoint, why: str) -> None:
    adapters, told = quarantined(broken, point("rest", "adapters.rest:ADAPTER"))
    assert dict(adapters) == {"rest": REST}
    assert why in told[0].text
    assert told == list(adapters.quarantined.values()) == [quarantine_of(adapters, broken.name)]
    assert told[0].code == "V402"
    assert told[0].mend
    assert told[0].where == broken.value


def test_of_two_packages_with_the_same_adapter_the_shipped_one_stays() -> None:
    mine, theirs = point("rest", "adapters.rest:ADAPTER", "punte"), point("rest", "acme.rest:ADAPTER")
    adapters, told = quarantined(mine, theirs)
    assert adapters["rest"] is REST
    assert [(fault.code, fault.where) for fault in told] == [("V402", "acme.rest:ADAPTER")]


def test_of_two_foreign_packages_with_the_same_adapter_neither_is_used() -> None:
    adapters, told = quarantined(point("files", "acme.files:A", "acme"), point("files", "else.files:A", "else"))
    assert "files" not in adapters
    assert told[0].where == "acme.files:A, else.files:A"


def test_an_adapter_that_nobody_uses_is_not_loaded() -> None:
    look = "import sys, adapters.kit.load as kit; kit.load_adapters(); print('adapters.soap' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "False"


def test_a_broken_adapter_stands_in_the_log_where_nobody_asks(caplog: pytest.LogCaptureFixture) -> None:
    load_adapters(points=[point("absent", "no_such_package:ADAPTER")]).load()
    assert [record.getMessage() for record in caplog.records] == ["adapter.broken"]


def test_no_adapter_at_all_means_that_the_project_is_not_installed() -> None:
    with pytest.raises(ConfigError, match="no adapter is installed"):
        load_adapters(points=[])


class Queue(msgspec.Struct, frozen=True, kw_only=True):
    """Settings of a queue.

    Attributes:
        wait: between two looks.
    """

    consumer: str
    token: SecretReference
    wait_at_most_bytes: int = 10


def test_settings_of_an_adapter_are_read_as_the_registry_reads_its_own() -> None:
    said = {"consumer": "mm", "token": {"env": "T"}, "wait_at_most_bytes": "2 kB"}
    assert struct_of(said, Queue, where="settings") == Queue(
        consumer="mm", token=SecretReference(env="T"), wait_at_most_bytes=2_000
    )


def test_every_fault_of_the_settings_is_named() -> None:
    with pytest.raises(ConfigError) as refused:
        struct_of({"consumr": "mm", "token": "hunter2"}, Queue, where="settings")
    assert [finding.code for finding in refused.value.findings] == ["R102", "R107", "R103"]
    assert "hunter2" not in str(refused.value)

"""Settings of an adapter's own stand below ``settings:``; the adapter's struct says what may stand there."""

from datetime import timedelta

import msgspec
import pytest

from hub_core.directory import Direction
from hub_core.directory.credentials import SecretReference
from hub_core.ports import Spec
from registry.sets.schema import registry_schema
from tests.unit.registry.conftest import PlainAdapter


class Queue(msgspec.Struct, frozen=True, kw_only=True):
    """A queue of the partner.

    Attributes:
        consumer: the hub's name there.
        wait: from one look to the next.
        token: that opens it.
    """

    consumer: str
    wait: timedelta = timedelta(seconds=5)
    token: SecretReference | None = None


@pytest.fixture
def queue(folder):
    folder.adapters["rest"] = PlainAdapter("rest", Direction.IN, Direction.OUT, settings=Queue)
    return folder


REST = "adapter: rest"


def test_they_are_kept_as_they_were_written(queue):
    queue.good((REST, f"{REST}, settings: {{consumer: mm, wait: 2 min}}"))
    endpoints = queue.read().directory.endpoints
    assert endpoints["cases"].settings == {"consumer": "mm", "wait": "2 min"}


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ("settings: {«consumr: mm}", "R102"),
        ("settings: {consumer: mm, wait: «soon}", "R104"),
        ("settings: {consumer: mm, token: «hunter2}", "R107"),
    ],
)
def test_every_fault_stands_at_its_place(queue, said, fault):
    queue.good((REST, f"{REST}, {said}"))
    assert any(found.startswith(queue.marked(fault)) for found in queue.faults())


def test_what_is_required_is_missed_where_nothing_is_said(queue):
    queue.good()
    assert any("R103" in found and "consumer" in found for found in queue.faults())


def test_an_adapter_without_settings_takes_none(folder):
    folder.good((REST, f"{REST}, settings: «{{consumer: mm}}"))
    assert any("has no settings of its own" in found for found in folder.faults())


def test_editors_know_them_by_the_adapter(queue):
    spec: Spec = queue.adapters["rest"].spec
    (rule,) = registry_schema([spec])["$defs"]["Endpoint"]["allOf"]
    assert rule["if"]["properties"]["adapter"] == {"const": "rest"}
    assert rule["then"]["required"] == ["settings"]
    place = rule["then"]["properties"]["settings"]["$ref"].removeprefix("#/$defs/")
    assert registry_schema([spec])["$defs"][place]["properties"]["wait"]["description"] == "from one look to the next."


def test_structs_of_one_name_in_two_adapters_stay_apart():
    theirs = msgspec.defstruct("Queue", [("topic", str)], module="acme.kafka", namespace={"__doc__": "A topic."})
    specs = [PlainAdapter(name, Direction.IN, settings=kind).spec for name, kind in (("a", Queue), ("b", theirs))]
    schema = registry_schema(specs)
    places = [rule["then"]["properties"]["settings"]["$ref"] for rule in schema["$defs"]["Endpoint"]["allOf"]]
    fields = [list(schema["$defs"][place.removeprefix("#/$defs/")]["properties"]) for place in places]
    assert fields == [["consumer", "wait", "token"], ["topic"]]

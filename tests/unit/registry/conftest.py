"""A registry folder that a test writes, and adapters that are as simple as adapters can be."""

import textwrap

import pytest

from hub_core.directory import Direction
from hub_core.errors import ConfigError
from hub_core.ports import SDK, Capability, Field, Spec
from registry.sets.reading import read_set

GOOD = """
    institutions:
      cnas: {name: The insurance house}
      anpis: {name: The paying agency}
    endpoints:
      answers: {institution: cnas, direction: in, adapter: soap, service: insured, message_id: wsa}
      question: {institution: cnas, direction: ask, adapter: soap, service: insured, url: "https://cnas.invalid/ws"}
      cases: {institution: anpis, direction: out, adapter: rest, service: cases, url: "https://anpis.invalid/"}
    routes:
      all: {services: insured, to: cases, order_by: "identifiers[scheme=ro.cnp].value"}
    access:
      cnas-sends: {institution: cnas, service: insured, purposes: [record]}
    queries:
      person: {service: person, sources: question, precedence: {name: question, "*": question}}
    """


MARK = "«"


class PlainAdapter:
    """Knows all it is told about; refuses what a test makes it refuse."""

    def __init__(self, name, *directions, polls=False, collects=False, settings=None):
        self.spec = Spec(
            name=name,
            sdk=SDK,
            summary="",
            kinds=(),
            capabilities=tuple(
                Capability(
                    name=f"{it}",
                    direction=it,
                    description="",
                    fetches=polls and it is Direction.IN,
                    collects=collects and it is Direction.OUT,
                )
                for it in directions
            ),
            fields=(Field(name="url", description=""),),
            promises="",
            settings=settings,
        )
        self.fault = None
        self.seen = {}

    def check(self, name, endpoint):
        self.seen[name] = endpoint
        if self.fault is not None:
            raise self.fault


class Folder:
    def __init__(self, path):
        self.path = path
        self.adapters = {
            "soap": PlainAdapter("soap", Direction.IN, Direction.ASK),
            "flat": PlainAdapter("flat", Direction.IN),
            "files": PlainAdapter("files", Direction.OUT, collects=True),
            "rest": PlainAdapter("rest", Direction.IN, Direction.OUT, polls=True),
        }
        self.mappings = ["cnas.insured-person/1"]
        self.environ = {}
        self.place = ""

    def write(self, text, name="registry.yaml"):
        file = self.path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(textwrap.dedent(text), encoding="utf-8")
        return self

    def good(self, *changes):
        """Write the good set with some of its text replaced; « marks the place where a fault is expected."""
        text = textwrap.dedent(GOOD)
        for old, new in changes:
            assert old in text, old
            text = text.replace(old, new, 1)
        before, _, after = text.partition(MARK)
        self.place = f"registry.yaml:{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}"
        return self.write(before + after)

    def marked(self, fault):
        """Return the fault as ``faults`` gives it, at the marked place."""
        return f"{self.place} {fault}"

    def read(self):
        return read_set(self.path, adapters=self.adapters, mappings=self.mappings, environ=self.environ)

    def faults(self):
        """Return ``place code text | mend`` of every fault, the place relative to the folder."""
        with pytest.raises(ConfigError) as caught:
            self.read()
        return [
            f"{finding.rule.removeprefix(str(self.path) + '/')} {finding.code} {finding.text} | {finding.help}"
            for finding in caught.value.findings
        ]


@pytest.fixture
def folder(tmp_path):
    return Folder(tmp_path)

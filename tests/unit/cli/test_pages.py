"""The pages made from the code leave nothing out."""

import re

import pytest

from adapters.kit.load import load_adapters
from cli.pages import pages
from hub_core.canonical import schema
from hub_core.mapping.codecs import CODECS
from hub_core.mapping.codelists import load_codelists
from hub_core.mapping.files import gather
from hub_core.places import MAPPINGS
from hub_core.yaml import Faults
from registry.sets.draft import KINDS
from registry.sets.schema import registry_schema

PAGES = {name.rpartition("/")[2]: body.decode() for name, body in pages("<!-- made -->").items()}
RECORD = schema.components()
PARTS = {struct.__name__: part for part, struct in KINDS.items()}
REGISTRY = registry_schema()["$defs"]


def section(page, title):
    return PAGES[page].partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def rows(text):
    return [
        [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in text.splitlines() if line[:1] == "|"
    ]


@pytest.mark.parametrize("name", CODECS)
def test_every_codec_is_described_with_all_of_its_examples(name):
    shown = section("codecs.md", name)
    assert CODECS[name].doc in shown
    assert CODECS[name].source in shown
    assert len(rows(shown)) == 2 + len(CODECS[name].examples)


@pytest.mark.parametrize("name", load_adapters())
def test_every_adapter_is_described_with_all_of_its_settings(name):
    spec, shown = load_adapters()[name].spec, section("adapters.md", name)
    assert spec.summary in shown
    assert spec.promises in shown
    named = [row[0] for row in rows(shown)]
    assert set(named) >= {one.name for one in spec.capabilities} | {f"`{one.name}`" for one in spec.fields}


@pytest.mark.parametrize("name", RECORD)
def test_every_field_of_the_record_is_described(name):
    own = {row[0].strip("`") for row in rows(section("canonical-model.md", name))}
    inherited = {row[0].strip("`") for row in rows(section("canonical-model.md", "Person"))}
    extends = "every field of [Person](#person)" in section("canonical-model.md", name)
    assert set(RECORD[name]["properties"]) <= own | (inherited if extends else set())


@pytest.mark.parametrize("name", REGISTRY)
def test_every_field_of_the_registry_is_described_and_says_what_it_means(name):
    shown = {row[0].strip("`"): row for row in rows(section("registry.md", PARTS.get(name, name)))[2:]}
    assert set(shown) == set(REGISTRY[name]["properties"])
    assert [field for field, row in shown.items() if not row[-1]] == []


LISTS = load_codelists(gather([MAPPINGS]), Faults("M106"))


def test_every_shipped_code_list_is_named_with_the_number_of_its_codes():
    first = PAGES["code-lists.md"].partition("\n## ")[0]
    assert {row[0].strip("`"): row[2] for row in rows(first)[2:]} == {
        name: str(len(one.entries)) for name, one in LISTS.items()
    }


@pytest.mark.parametrize("name", LISTS)
def test_every_code_of_a_shipped_list_is_shown(name):
    shown = [row[0] for row in rows(section("code-lists.md", name))[2:]]
    assert shown == [f"`{code}`" for code in LISTS[name].entries]


@pytest.mark.parametrize("name", PAGES)
def test_no_cell_breaks_its_table_and_every_inner_link_leads_somewhere(name):
    page = PAGES[name]
    widths = [{len(row) for row in rows(table)} for table in re.split(r"\n\n", page) if table.startswith("|")]
    assert all(len(width) == 1 for width in widths)
    titles = {title.lower() for title in re.findall(r"^#+ (.+)$", page, re.MULTILINE)}
    assert set(re.findall(r"\]\(#([^)]+)\)", page)) <= titles

"""Pages for partners: their forms, and what they refuse."""

import json
import re

import pytest

from hub_core.directory import Contract, Direction, Directory, Endpoint
from hub_core.errors import ConfigError
from hub_core.mapping.mappingset import MappingSet
from hub_core.places import SCHEMAS
from hub_core.validation.json_schema import load_json_schema
from hub_web.partner import Known, as_html, as_markdown, page_of
from hub_web.partner.blocks import Code, Facts, Link, Page, Section, Table, Text
from hub_web.partner.html import STYLE
from hub_web.partner.model import Call
from hub_web.partner.snippets import LANGUAGES

HOSTILE = '<script>alert("1")</script>'
PAGE = Page(
    title=HOSTILE,
    lead="a `code` in a text",
    sections=(
        Section(
            "one",
            "One",
            (
                Text(HOSTILE),
                Facts((("name", "a | b"),)),
                Table(("Column",), ((HOSTILE,),)),
                Code("Title", "xml", "```\n<a/>"),
                Link("a link", 'https://hub.example/?a=1&b="2"'),
            ),
        ),
    ),
)


def test_html_shows_whatever_was_registered_and_obeys_none_of_it():
    shown = as_html(PAGE)
    assert "<script" not in shown
    assert "&lt;script&gt;" in shown
    assert "a <code>code</code> in a text" in shown
    assert 'href="https://hub.example/?a=1&amp;b=&quot;2&quot;"' in shown


def test_html_has_one_heading_of_each_part_and_a_language():
    shown = as_html(PAGE)
    assert shown.count("<h1>") == 1
    assert '<html lang="en">' in shown
    assert '<section aria-labelledby="one"><h2 id="one">One</h2>' in shown
    assert '<a href="#one">One</a>' in shown


def test_markdown_keeps_tables_and_fences_whole():
    shown = as_markdown(PAGE)
    assert "| name | a \\| b |" in shown
    assert "````xml\n```\n<a/>\n````" in shown


def _luminance(colour: str) -> float:
    digits = colour if len(colour) == 6 else "".join(one * 2 for one in colour)
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    first, second = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (first + 0.05) / (second + 0.05)


@pytest.mark.parametrize("scheme", [0, 1, 2], ids=["light", "dark", "print"])
def test_every_text_can_be_told_from_what_is_behind_it(scheme):
    # WCAG 2.2, 1.4.3: 4.5 to 1
    colours: dict[str, str] = {}
    for rules in re.findall(r":root\{([^}]*)\}", STYLE)[: scheme + 1]:
        colours |= dict(re.findall(r"--(\w+):#(\w+)", rules))
    for text, behind in (
        *((text, behind) for text in ("text", "soft", "mark") for behind in ("page", "card", "code")),
        ("headtext", "head"),
        ("headsoft", "head"),
    ):
        assert _contrast(colours[text], colours[behind]) >= 4.5, (text, behind)


CALL = Call(
    url="https://hub.example/rest/it's",
    headers=(("Content-Type", "application/json"),),
    body='{"a": "$HOME `id` ${x} \\\\ \'quoted\' \\"\\"\\""}',
    language="json",
    id_header=True,
)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_snippet_shows_no_key_and_names_where_it_comes_from(language):
    written = LANGUAGES[language][1](CALL)
    assert "PUNTE_KEY" in written
    assert "MESSAGE_ID" in written


@pytest.mark.parametrize("direction", [Direction.OUT, Direction.ASK])
def test_an_endpoint_that_the_hub_calls_has_no_page(direction):
    endpoint = Endpoint(institution="a", direction=direction, adapter="rest", service="s", url="https://a.example")
    known = Known(
        directory=Directory(endpoints={"out": endpoint}), mappings=MappingSet([]), address="https://hub.example"
    )
    with pytest.raises(ConfigError, match="nobody calls out"):
        page_of("out", known)
    with pytest.raises(ConfigError, match="no endpoint ouch"):
        page_of("ouch", known)


def test_where_only_a_json_schema_says_what_is_sent_the_sample_is_one_that_it_allows():
    contract = Contract(json_schema="canonical/beneficiary-1.schema.json")
    endpoint = Endpoint(institution="a", direction=Direction.IN, adapter="rest", service="s", contract=contract)
    known = Known(
        directory=Directory(endpoints={"in": endpoint}), mappings=MappingSet([]), address="https://hub.example"
    )
    shown = as_markdown(page_of("in", known))
    sample = json.loads(re.search(r"### What you send\n\n```json\n(.*?)\n```", shown, re.DOTALL)[1])
    assert load_json_schema(SCHEMAS / "canonical" / "beneficiary-1.schema.json").faults(sample) == []
    assert "The contract allows it" in shown

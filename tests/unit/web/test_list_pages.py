"""Pages for those who make files of rows: what stands on them is what the hub reads, and their examples are taken."""

import json
from datetime import date

import pytest

from adapters.flat.replyform import reply_to
from cli import main
from hub_core.directory import Access, Contract, Direction, Directory, Endpoint, Institution
from hub_core.directory.polled import Poll
from hub_core.mapping.selection import load_folder
from hub_core.places import MAPPINGS, SCHEMAS
from hub_core.ports import Became
from hub_core.rows import load_description
from hub_web.partner import Known, as_html, as_markdown, page_of
from hub_web.partner.blocks import Code, Facts, Table, Text
from hub_web.partner.listfile import example_of, form_of
from registry.offline.filecheck import check_file
from tests.shipped import SHIPPED

TOWN = "partners/town-hall/borderou.rows.yaml"
DESCRIPTION = """
encoding: {encoding}
form: {form}
row:
  token: "{token}"
  columns:
    - {{name: cnp, required: true, width: 13, pattern: "[0-9]{{13}}"}}
    - {{name: family, required: true, width: 20}}
    - {{name: born, width: 10, type: date, format: "%d.%m.%Y"}}
"""
MAPPING = """
mapping: own.people/1
source: {rows: people.rows.yaml}
target: Beneficiary@1
fields:
  identifiers[scheme=ro.cnp].value: {at: cnp, as: cnp, need: required}
  name.family: {at: family}
  birth.date: {at: born, as: 'partial_date("%d.%m.%Y")'}
"""


def known(mappings=SHIPPED, folder=MAPPINGS, **endpoint):
    given = {"institution": "town", "direction": Direction.IN, "adapter": "flat", "service": "lists"}
    rights = {"town-lists": Access(institution="town", service="lists", purposes=("aid",))}
    directory = Directory(
        institutions={"town": Institution(name="Town hall")},
        endpoints={"lists": Endpoint(**given | {"contract": Contract(rows=TOWN)} | endpoint)},
        access=rights,
    )
    return Known(directory=directory, mappings=mappings, address="https://hub.example", folder=folder)


def polled(**settings):
    return known(poll=Poll(), settings={"folder": "town", **settings})


def blocks(page, section, kind):
    (found,) = (one for one in page.sections if one.id == section)
    return [block for block in found.blocks if isinstance(block, kind)]


def punte_check(*arguments):
    with pytest.raises(SystemExit) as ended:
        main(["file", "check", *map(str, arguments), "--json"])
    return ended.value.code or 0


def test_the_example_is_a_file_that_is_taken_once_it_is_saved_as_the_page_says(tmp_path, capsys):
    (code,) = blocks(page_of("lists", polled()), "sample", Code)
    file = tmp_path / "list.csv"
    file.write_bytes(f"{code.text}\r\n".encode("cp1250"))
    assert punte_check(file) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["result"], told["rows"], told["refused_rows"]) == ("taken", 2, 0)


def test_the_reply_is_what_the_hub_says_of_that_fault():
    page = page_of("lists", polled())
    (example,), (shown,) = blocks(page, "sample", Code), blocks(page, "reply", Code)
    assert shown.title == "The reply to the example, had line 4 no CNP_TIT"
    body = example.text.replace('"1790805303125"', '""').encode("cp1250")
    found = check_file(body, SHIPPED.named("town-hall.borderou/1"), on=date(2026, 1, 1), begin=lambda _: lambda _: None)
    became = Became(refused=False, rows=found.rows, refused_rows=found.refused_rows, faults=found.faults)
    assert reply_to(became, "en").decode("utf-8-sig").rstrip() == shown.text


def test_each_column_is_told_with_its_meaning_its_form_and_an_example():
    header, rows, trailer = blocks(page_of("lists", polled()), "columns", Table)
    assert header.rows[1] == ("`date`", "day on which the list was made", "date, `DD.MM.YYYY`", "yes", "`03.11.2025`")
    assert rows.rows[1][:2] == ("`CNP_TIT`; in replies `cnp`", "CNP of who gets the aid for the family")
    assert rows.rows[5][2:] == ("number, `,` before the fraction", "yes", "`646,50`")
    assert [row[1] for row in trailer.rows] == ["how many rows there are", "the sum of `SUMA`"]


def test_what_no_description_explains_is_told_by_where_it_goes():
    page = page_of("lists", known(contract=Contract(rows="partners/cnpp/payments.rows.yaml")))
    _, rows, _ = blocks(page, "columns", Table)
    assert rows.rows[0][1] == "`identifiers[scheme=ro.cnp].value`"


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"settle": "90 s"}, "when nothing of it changed for 90 s"),
        ({"marker": ".done"}, "`list.csv.done` beside `list.csv`"),
    ],
)
def test_it_says_when_a_file_is_whole(settings, said):
    assert said in as_markdown(page_of("lists", polled(**settings)))


def test_a_folder_on_a_server_is_named_and_no_secret():
    facts = {"url": "sftp://files.example/lists", "poll": Poll(), "settings": {"host_key": f"SHA256:{43 * 'A'}"}}
    page = as_html(page_of("lists", known(**facts)))
    assert "<code>sftp://files.example/lists</code>, by any SFTP client" in page


def test_what_is_sent_by_post_is_told_with_its_call():
    page = page_of("lists", known(message_id="header", max_body_bytes=1_000_000))
    (call,) = blocks(page, "send", Code)
    assert '--header "Punte-Purpose: aid"' in call.text
    assert call.text.endswith("--data-binary @list.csv https://hub.example/flat/lists")
    (facts,) = blocks(page, "glance", Facts)
    assert dict(facts.pairs)["At most"] == "20,000 rows, 1,000,000 bytes"


LISTS = sorted({one.source.schema for one in SHIPPED.all if (one.source.schema or "").endswith(".rows.yaml")})


@pytest.mark.parametrize("name", LISTS)
def test_there_is_a_page_with_an_example_of_every_list_that_is_shipped(name):
    page = page_of("lists", known(contract=Contract(rows=name)))
    (example,) = blocks(page, "sample", Code)
    assert example.text
    assert as_html(page)


def test_a_page_about_replies_says_how_they_are_called_and_that_nothing_comes_back():
    settings = {"folder": "town/replies", "answers": {}}
    page = page_of(
        "lists", known(contract=Contract(rows="partners/punte/reply.rows.yaml"), poll=Poll(), settings=settings)
    )
    (facts,) = blocks(page, "glance", Facts)
    assert dict(facts.pairs)["Name"].startswith("`{file}.reply.csv`, where")
    (told,) = blocks(page, "reply", Text)
    assert told.text.startswith("Nothing.")
    assert "again" not in {section.id for section in page.sections}


@pytest.mark.parametrize("form", ["csv", "fixed", "json-lines", "xml"])
def test_without_a_fixture_the_example_is_made_from_the_description_and_is_taken(tmp_path, form):
    file = tmp_path / "schemas" / "people.rows.yaml"
    file.parent.mkdir()
    widths = (
        DESCRIPTION
        if form == "fixed"
        else DESCRIPTION.replace("width: 13, ", "").replace(", width: 20", "").replace("width: 10, ", "")
    )
    file.write_text(widths.format(form=form, encoding="utf-8", token="people/person" if form == "xml" else ""))
    (tmp_path / "mappings" / "own").mkdir(parents=True)
    (tmp_path / "mappings" / "own" / "people.yaml").write_text(MAPPING)
    mappings = load_folder(tmp_path / "mappings")
    description = load_description(file, file="people.rows.yaml")
    example = example_of(description, mappings.named("own.people/1"), mappings, tmp_path / "mappings")
    assert example is not None
    assert example.first["cnp"] == "2850415123450"
    assert b"15.04.1985" in example.body


def test_a_number_without_its_sign_is_told_so_and_shown_as_the_file_writes_it():
    page = page_of("lists", known(contract=Contract(rows="partners/cnpp/payments.rows.yaml")))
    _, rows, _ = blocks(page, "columns", Table)
    (amount,) = (row for row in rows.rows if row[0].startswith("`amount`"))
    assert amount == ("`amount`, characters 87 to 95", *amount[1:4], "`287400`")
    (column,) = (one for one in load_description(SCHEMAS / "partners/cnpp/payments.rows.yaml").row.columns if one.scale)
    assert form_of(column) == "number without its sign: the last 2 digits are the fraction"

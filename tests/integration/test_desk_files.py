"""What the desk says of files as a whole, in every form, and of the descriptions by which they are read."""

import pytest
from msgspec import json
from msgspec.structs import replace

from adapters.flat import ADAPTER
from adapters.kit.contracts import Contracts
from hub_core.clock import row_id
from hub_core.errors import Rejected
from hub_core.message import Arrival, Caller
from hub_core.settings import Settings
from registry.assemble import splitter_of
from registry.desk import Desk
from registry.parts import Parts
from tests.integration.file_child import described, in_form, row

COUNTRY = """
institutions: {anofm: {name: Employment agency}}
endpoints:
  lists:
    institution: anofm
    direction: in
    adapter: flat
    service: lists
    contract: {rows: partners/anofm/monthly.rows.yaml}
access:
  anofm-lists: {institution: anofm, service: lists, purposes: [labour-market], fixed_purpose: labour-market}
"""
BY = {"by": "ana", "reason": "ticket 4711"}
MOST = 3  # rows that the description allows


class Lists:
    """A store that takes lists of one form."""

    def __init__(self, home, form, monkeypatch):
        self.parts = Parts(Settings(home=home, port=0), write=True)
        self.desk = Desk(self.parts)
        self.form = form
        # The adapter is one for the whole process: what it learns here is forgotten with the test.
        monkeypatch.setattr(ADAPTER, "_descriptions", Contracts(lambda _: self.described_so, field="rows"))

    async def allow(self, most):
        """Register the lists, of at most so many rows."""
        self.described_so = replace(described(self.form), max_rows=most)
        files = {"country.yaml": f"# at most {most}\n{COUNTRY}"}
        await self.desk.call("apply", {"files": files, "by": "ana"})

    async def accept(self, rows):
        caller = Caller(institution="anofm", key="k")
        body = in_form("csv", rows) if self.form == "csv" else in_json(rows)
        kept = (await self.parts.hub.accept(Arrival(endpoint="lists", caller=caller, body=body))).message_id
        for message_id in self.parts.view.unsplit():
            await splitter_of(self.parts).split(message_id)
        return kept

    async def refused(self, verb, message_id, **more):
        with pytest.raises(Rejected) as fault:
            await self.desk.call(verb, {"id": message_id, **more})
        return fault.value


def in_json(rows):
    names = [column.name for column in described("json-lines").row.columns]
    return b"".join(json.encode(dict(zip(names, row(one).split(";"), strict=True))) + b"\n" for one in range(rows))


@pytest.fixture(params=["csv", "json-lines"])
async def lists(request, tmp_path, monkeypatch):
    lists = Lists(tmp_path, request.param, monkeypatch)
    await lists.allow(MOST)
    yield lists
    lists.parts.close()


CAPTURE = {"name": "a list", "fixture": "fixtures/list", "by": "ana"}
DRY_RUN = BY | {"dry_run": True}


async def test_of_a_file_its_rows_are_explained_in_every_form(lists):
    kept = await lists.accept(MOST)
    for verb, more in (("why", {}), ("route_explain", {}), ("capture", CAPTURE), ("replay", DRY_RUN)):
        fault = await lists.refused(verb, kept, **more)
        assert (fault.code, fault.text) == ("F115", f"a file is read row by row: {kept}:LINE is one of its rows")
    last = lists.parts.view.rows(kept).last_line
    explained = await lists.desk.call("why", {"id": row_id(kept, last)})
    assert "cnp" in {value["source"] for value in explained["values"]}


async def test_a_file_that_was_refused_as_a_whole_says_for_what(lists):
    kept = await lists.accept(MOST + 1)
    (finding,) = lists.parts.view.message(kept).outcome.findings
    fault = await lists.refused("why", kept)
    assert (fault.code, fault.text) == (finding.code, f"the file was refused as a whole: {finding.text}")


async def test_a_refused_file_is_judged_again_as_a_file(lists):
    kept = await lists.accept(MOST + 1)
    (finding,) = lists.parts.view.message(kept).outcome.findings
    (row,) = (await lists.desk.call("replay", {"id": kept, **DRY_RUN}))["messages"]
    assert (row["result"], row["code"]) == ("refused", finding.code)


async def test_a_refused_file_that_would_be_taken_now_says_what_to_do(lists):
    kept = await lists.accept(MOST + 1)
    await lists.allow(MOST + 1)
    fault = await lists.refused("replay", kept, **DRY_RUN)
    assert fault.code == "F115"
    assert "would be taken now" in fault.text

"""Files that the hub writes: many messages in one, each a row of exactly one, whatever happens."""

import re
import threading
from zoneinfo import ZoneInfo

import pytest

from adapters.flat.adapter import FlatAdapter
from hub_core.codes import CODES
from hub_core.delivering.choosing import Chosen
from hub_core.errors import TryLater
from hub_core.filed import Candidate
from hub_core.journal.entries import Filter
from hub_core.message import State
from registry.desk import Desk
from tests.integration import sshd
from tests.integration.file_child import TITLES, a_file, row
from tests.integration.filing.town import PAYMENTS, accept, dated, registered, rows_in, write_due, written
from tests.integration.shut import shut


async def test_what_waits_becomes_files_whose_rows_are_those_that_came(hub, folder):
    await accept(hub, a_file(4))
    assert await write_due(hub) == 2
    assert [len(lines) for lines in written(folder).values()] == [3, 1]
    assert rows_in(folder) == [row(number) for number in range(4)]


async def test_files_are_numbered_without_gaps_and_named_by_their_day(hub, folder):
    await accept(hub, a_file(4))
    await write_due(hub)
    day = hub.clock.now().astimezone().strftime("%Y")
    names = list(written(folder))
    assert [name.rpartition("_")[2] for name in names] == ["000001.csv", "000002.csv"]
    assert all(name.startswith(f"town_{day}") for name in names)


async def test_a_message_says_in_which_file_it_went_and_where(hub, folder):
    file = await accept(hub, a_file(2))
    await write_due(hub)
    last = hub.view.messages(Filter(correlation_id=file, rows=True))[0]
    (name,) = written(folder)
    assert hub.view.entries(last.id)[-1].detail == f"row 3 of {name}"
    assert [one.reference for one in hub.view.deliveries(last.id)] == [f"{name}:3"]
    assert last.state is State.DELIVERED


async def test_a_folder_is_opened_where_it_holds_up_no_message(hub, monkeypatch):
    threads, filing = [], FlatAdapter.filing
    monkeypatch.setattr(FlatAdapter, "filing", lambda *of: threads.append(threading.current_thread()) or filing(*of))
    await accept(hub, a_file(1))
    await write_due(hub)
    assert len(threads) == 1
    assert threading.main_thread() not in threads


async def test_nothing_is_written_before_its_time(settings, folder):
    parts = await registered(settings, every="1 h")
    await accept(parts, a_file(2))
    assert await write_due(parts) == 0
    await accept(parts, a_file(3), "list-2")
    assert await write_due(parts) == 1  # as many wait as a file holds at most
    parts.close()


async def test_without_messages_no_file_is_written(hub, folder):
    assert await write_due(hub) == 0
    assert written(folder) == {}


async def test_a_record_that_is_no_row_is_parked_with_its_code_and_the_file_goes_on(hub, folder):
    payments = PAYMENTS.read_bytes()
    await accept(hub, payments, "payments-1", endpoint="payments")
    await accept(hub, a_file(2))
    await write_due(hub)
    assert len(rows_in(folder)) == 2
    (group,) = hub.view.parked()
    assert (group.code, group.endpoint, group.count) == ("F116", "town", payments.count(b"\nP"))
    (parked,) = (one for one in hub.view.deliveries(group.example) if one.delivery.endpoint == "town")
    assert parked.detail.startswith("the column is blank (")
    assert "Send" not in CODES[group.code].do


async def test_a_file_of_fixed_width_comes_out_as_it_went_in(hub, folder):
    body = PAYMENTS.read_bytes()
    later = body.replace(b"202511", b"202512")
    await accept(hub, body, "payments-1", endpoint="payments")
    await accept(hub, later, "payments-2", endpoint="payments")
    assert await write_due(hub, "house") == 2
    made = [path.read_bytes() for path in sorted(folder.glob("pay-*.txt"))]
    assert [dated(one) for one in made] == [dated(body), dated(later)]


async def test_rows_of_one_order_key_go_out_in_their_order_in_one_file(settings, folder):
    parts = await registered(settings, more=", order_by: identifiers.value")
    lines = [row(0), row(1), row(0, "N")]
    await accept(parts, "\r\n".join([TITLES, *lines]).encode("cp1250"))
    await write_due(parts)
    assert list(written(folder).values()) == [lines]
    parts.close()


async def test_a_marker_lies_beside_a_file_that_is_whole(hub, folder):
    await accept(hub, PAYMENTS.read_bytes(), "payments-1", endpoint="payments")
    await write_due(hub, "house")
    (file,) = folder.glob("pay-*.txt")
    assert (folder / f"{file.name}.done").read_bytes() == b""


async def test_a_folder_that_cannot_be_used_holds_up_the_file_and_nothing_is_lost(hub, folder):
    await accept(hub, a_file(1))
    await write_due(hub)
    await accept(hub, a_file(1), "list-2")
    away = folder.rename(folder.with_name("away"))
    for _ in range(5):
        with pytest.raises(TryLater, match="D101"):
            await write_due(hub)
    assert await write_due(hub) == 0  # it is left alone for a while, as every endpoint that fails
    assert hub.metrics.attempts == {("town", "sent"): 1, ("town", "failed"): 5}
    away.rename(folder)
    hub.gates.close_breaker("town")
    assert await write_due(hub) == 1
    assert rows_in(folder) == [row(0), row(0)]


async def test_another_file_of_the_same_name_is_left_as_it_is(hub, folder):
    await accept(hub, a_file(1))
    day = hub.clock.now().astimezone(ZoneInfo("Europe/Bucharest")).strftime("%Y%m%d")
    other = folder / f"town_{day}_000001.csv"
    other.write_bytes(b"of somebody else")
    with pytest.raises(TryLater, match="D107"):
        await write_due(hub)
    with shut(other), pytest.raises(TryLater, match="D107"):
        await write_due(hub)
    assert other.read_bytes() == b"of somebody else"


async def test_nothing_is_written_to_an_endpoint_that_is_paused(hub, folder):
    await Desk(hub).call("endpoint_pause", {"name": "town", "reason": "their disk is full", "by": "ana"})
    await accept(hub, a_file(2))
    assert await write_due(hub) == 0
    await Desk(hub).call("endpoint_resume", {"name": "town", "reason": "mended", "by": "ana"})
    assert await write_due(hub) == 1


async def test_what_no_file_can_carry_may_hold_the_later_ones_of_its_key(settings, folder):
    parts = await registered(settings, more=", order_by: identifiers.value", out="parked: hold")
    person = row(0).partition(";")[0].encode()
    (first, *_) = re.findall(rb"P([0-9]{13})", PAYMENTS.read_bytes())
    await accept(parts, PAYMENTS.read_bytes().replace(first, person), "payments-1", endpoint="payments")
    await accept(parts, a_file(2))
    await write_due(parts)
    assert rows_in(folder) == [row(1)]
    (group,) = parts.view.parked()
    act = {"what": "discard", "of": group.id, "reason": "wrong list", "by": "ana", "until": parts.clock.now()}
    await Desk(parts).call("parked_act", act)
    await write_due(parts)
    assert rows_in(folder) == [row(1), row(0)]
    parts.close()


@pytest.mark.system("sshd")
@pytest.mark.usefixtures("folder")
async def test_a_file_is_put_on_a_partners_server_once_it_is_there(settings):
    with sshd.serving() as server:
        parts = await registered(settings, server=server)
        await accept(parts, a_file(2))
        server.kill()
        with pytest.raises(TryLater, match="D101"):
            await write_due(parts)
        server.start()
        assert await write_due(parts) == 1
        assert rows_in(server.files) == [row(0), row(1)]
        assert [path.name for path in server.files.glob(".*")] == []
        await parts.connections.close()
        parts.close()


async def test_a_record_that_cannot_be_handled_is_parked_as_a_defect_and_holds_up_no_other(hub):
    filing = await hub.connections.filing("town", hub.directory().endpoints["town"])
    chosen = Chosen(filing, hub.mappings().named("anofm.monthly/1"), on=hub.clock.now().date(), holds=False)
    aside = chosen.take([Candidate(seq=1, delivery_id="a", line=None, record=b"{")], 10)
    assert [(one.delivery_id, one.code, one.detail) for one in aside] == [("a", "D302", "DecodeError")]

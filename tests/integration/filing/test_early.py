"""A file that would be due later is written because a person says so, and says who that was."""

import pytest

from hub_core.errors import ConfigError, TryLater
from hub_core.journal.entries import Filter
from registry.desk import Desk
from tests.integration.file_child import a_file, row
from tests.integration.filing.town import PAYMENTS, accept, registered, rows_in, write_due, written


@pytest.fixture
async def later(settings, folder):
    """Return a hub whose next file is due in an hour."""
    parts = await registered(settings, every="1 h")
    yield parts
    await parts.connections.close()
    parts.close()


async def draft(hub):
    return await Desk(hub).call("file_draft", {"name": "town"})


async def write(hub, name="town"):
    return await Desk(hub).call("file_write", {"name": name, "by": "ana", "reason": "the month ends today"})


async def test_a_draft_says_what_would_be_written_and_writes_nothing(later, folder):
    await accept(later, a_file(2))
    found = await draft(later)
    assert (found["state"], found["waiting"], found["rows"], found["unfit"]) == ("collecting", 2, 2, [])
    assert found["name"].endswith("_000001.csv")
    assert written(folder) == {}
    assert later.view.filed("town") == []


async def test_a_draft_can_be_made_by_a_command_that_only_looks(later, settings):
    from registry.parts import Parts

    await accept(later, a_file(1))
    later.close()
    looking = Parts(settings, write=False)
    assert (await draft(looking))["rows"] == 1
    looking.close()


async def test_what_fits_into_no_file_is_told_before_it_is_parked(later):
    payments = PAYMENTS.read_bytes()
    await accept(later, payments, "payments-1", endpoint="payments")
    await accept(later, a_file(1))
    found = await draft(later)
    assert found["rows"] == 1
    assert [(it["code"], it["count"]) for it in found["unfit"]] == [("F116", payments.count(b"\nP"))]
    assert later.view.parked() == []


async def test_a_file_is_written_before_its_time_once(later, folder):
    await accept(later, a_file(2))
    done = await write(later)
    assert (done["file"]["lines"], done["waiting"]) == (2, 0)
    assert done["file"]["written_at"]
    assert rows_in(folder) == [row(0), row(1)]
    assert (await write(later))["file"] is None


async def test_no_file_is_larger_because_somebody_hurries(later, folder):
    await accept(later, a_file(5))
    assert [(await write(later))["waiting"] for _ in range(2)] == [2, 0]
    assert [len(lines) for lines in written(folder).values()] == [3, 2]


async def test_the_file_and_its_messages_say_who_hurried_and_why(later, folder):
    file = await accept(later, a_file(1))
    await write(later)
    (message,) = later.view.messages(Filter(correlation_id=file, rows=True))
    (name,) = written(folder)
    sent = later.view.entries(message.id)[-1]
    told = f"row 2 of {name}, written before its time: the month ends today"
    assert (sent.step, sent.by, sent.detail) == ("sent", "ana", told)
    shown = await Desk(later).call("endpoint", {"name": "town"})
    assert shown["files"][0]["early"] == {"by": "ana", "reason": "the month ends today"}


async def test_what_comes_later_waits_for_its_time_again(later):
    await accept(later, a_file(1))
    await write(later)
    await accept(later, a_file(1), "list-2")
    assert await write_due(later) == 0


async def test_a_file_that_could_not_be_put_is_the_one_that_is_written(later, folder):
    await accept(later, a_file(1))
    await write(later)
    await accept(later, a_file(1), "list-2")
    away = folder.rename(folder.with_name("away"))
    with pytest.raises(TryLater, match="D101"):
        await write(later)
    assert (await draft(later))["closed"]["lines"] == 1
    away.rename(folder)
    assert (await write(later))["file"]["number"] == 2
    assert rows_in(folder) == [row(0), row(0)]


async def test_an_endpoint_that_is_paused_gets_no_file(later, folder):
    await Desk(later).call("endpoint_pause", {"name": "town", "reason": "their disk is full", "by": "ana"})
    await accept(later, a_file(1))
    with pytest.raises(ConfigError, match="R308"):
        await write(later)
    assert written(folder) == {}


async def test_only_endpoints_that_collect_messages_have_files(later):
    for verb in (write, lambda hub, name: Desk(hub).call("file_draft", {"name": name})):
        with pytest.raises(ConfigError, match="R105"):
            await verb(later, "lists")


async def test_a_file_before_its_time_needs_a_reason(later):
    with pytest.raises(ConfigError, match="W400"):
        await Desk(later).call("file_write", {"name": "town", "by": "ana"})

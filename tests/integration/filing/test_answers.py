"""What partners say of files that the hub wrote: rows that they refuse wait for a person, with their words."""

import asyncio

import pytest

from hub_core.errors import ConfigError
from hub_core.journal.entries import Filter
from hub_core.message import State
from registry.desk import Desk
from registry.scheduled.polling import poll
from tests.integration.file_child import a_file, row
from tests.integration.filing.town import PARTNER, accept, registered, rows_in, write_due, written
from tests.integration.test_dropbox import judged

LATER = 0.02  # seconds; a file system tells the time of a change to some milliseconds
TITLES = "line;column;code;result;what is wrong;what to do"


@pytest.fixture
def replies(folder):
    (folder / "replies").mkdir()
    return folder / "replies"


@pytest.fixture
async def hub(settings, replies):
    parts = await registered(settings, partner=PARTNER)
    yield parts
    await parts.connections.close()
    parts.close()


async def sent(hub, folder, count=3):
    """Send a file of so many rows; return its name."""
    await accept(hub, a_file(count))
    await write_due(hub)
    (name,) = written(folder)
    return name


def reply(replies, name, *lines):
    (replies / f"{name}.reply.csv").write_text("\r\n".join([TITLES, *lines, ""]), "utf-8-sig")


async def poll_later(hub, name="replies"):
    """Poll when what lies in the folder has lain there for longer than it must."""
    await asyncio.sleep(LATER)
    return await poll(hub, name)


def rows_of(hub):
    """Return the rows that were sent, in the order of their file."""
    return hub.view.messages(Filter(rows=True, endpoint="lists", after=""))


async def test_a_row_that_the_partner_refuses_is_parked_with_its_words(hub, folder, replies):
    name = await sent(hub, folder)
    reply(replies, name, ";;;taken;2 of 3 rows taken, 1 refused;", "3;kind;F106;refused;not one of the values;Mend it.")
    done = await poll_later(hub)
    assert (done.detail, done.code) == ("1 replies read; 1 rows refused by the partner", None)
    assert [one.state for one in rows_of(hub)] == [State.DELIVERED, State.PARKED, State.DELIVERED]
    (group,) = hub.view.parked()
    assert (group.endpoint, group.code, group.count, group.example) == ("town", "D206", 1, rows_of(hub)[1].id)
    (delivery,) = hub.view.deliveries(group.example)
    assert (delivery.detail, delivery.reference) == ("kind: F106 not one of the values", f"{name}:3")
    last = hub.view.entries(group.example)[-1]
    assert (last.step, last.by, last.code) == ("parked", "town", "D206")


async def test_the_file_and_the_messages_that_were_taken_say_so(hub, folder, replies):
    name = await sent(hub, folder)
    reply(replies, name, ";;;taken;2 of 3 rows taken, 1 refused;", "3;;F102;refused;x;y")
    await poll_later(hub)
    (file,) = hub.view.filed("town")
    assert (file.answer, file.answered_at is not None) == ("1 of 3 rows refused", True)
    told = await Desk(hub).call("timeline", {"id": rows_of(hub)[0].id})
    last = told["steps"][-1]
    assert (last["step"], last["detail"]) == ("answered", f"the partner says of {name}: 1 of 3 rows refused")


async def test_a_hub_understands_the_reply_of_another_hub(hub, folder):
    name = await sent(hub, folder)
    lines = (folder / name).read_bytes().splitlines()
    (folder / name).write_bytes(b"\r\n".join([*lines[:2], lines[2] + b";x", lines[3], b""]))
    await poll_later(hub, "office")
    await judged(hub)
    await poll_later(hub, "office")
    await poll_later(hub)
    assert [one.state for one in rows_of(hub)] == [State.DELIVERED, State.PARKED, State.DELIVERED]
    (delivery,) = hub.view.deliveries(rows_of(hub)[1].id)
    assert delivery.detail == "F102 10 columns where 9 are expected"


async def test_a_file_that_is_refused_as_a_whole_parks_all_of_its_rows_as_one_group(hub, folder):
    name = await sent(hub, folder)
    (folder / name).write_bytes(b"cut")
    await poll_later(hub, "office")
    await poll_later(hub, "office")
    await poll_later(hub)
    (group,) = hub.view.parked()
    assert (group.code, group.count) == ("D206", 3)
    assert hub.view.filed("town")[0].answer == "refused as a whole"


async def test_what_is_mended_goes_into_the_next_file_and_the_old_reply_does_not_stop_it_again(hub, folder, replies):
    name = await sent(hub, folder)
    refused = "3;;F102;refused;x;y"
    reply(replies, name, refused)
    await poll_later(hub)
    (group,) = hub.view.parked()
    act = {"what": "retry", "of": group.id, "reason": "they mended it", "by": "ana", "until": hub.clock.now()}
    await Desk(hub).call("parked_act", act)
    await write_due(hub)
    assert rows_in(folder) == [row(0), row(1), row(2), row(1)]
    reply(replies, name, refused)
    await poll_later(hub)
    assert hub.view.parked() == []


async def test_a_reply_is_put_away_once_it_is_read(hub, folder, replies):
    name = await sent(hub, folder)
    reply(replies, name, ";;;taken;all;")
    assert (await poll_later(hub)).detail == "1 replies read; 0 rows refused by the partner"
    assert [path.name for path in (replies / "done").iterdir()] == [f"{name}.reply.csv"]
    assert (await poll_later(hub)).detail == "no replies"
    assert hub.view.filed("town")[0].answer == "nothing refused"


async def test_a_reply_to_no_file_of_the_hub_stays_and_is_told(hub, folder, replies):
    reply(replies, "town_20200101_000001.csv", "2;;F102;refused;x;y")
    for _ in range(2):
        done = await poll_later(hub)
        assert (done.detail, done.code) == ("1 replies to no file of this hub", "D109")


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("two;;F102;refused;x;y", "F106"),
        ("0;;F102;refused;x;y", "D203"),
        ("99999999999;;F102;refused;x;y", "D203"),
        ("0000000001999999;;F102;refused;x;y", "D203"),
        ("000000000199999999;;F102;refused;x;y", "D203"),
        ("2;;F102;perhaps;x;y", "F106"),
        ("2;;F102", "F102"),
    ],
)
async def test_a_reply_that_cannot_be_read_stays_and_changes_nothing(hub, folder, replies, line, code):
    name = await sent(hub, folder)
    reply(replies, name, "3;;F102;refused;x;y", line)
    done = await poll_later(hub)
    assert done.code == code
    assert hub.view.parked() == []
    assert (replies / f"{name}.reply.csv").exists()


async def test_what_is_only_told_of_a_file_parks_nothing(hub, folder, replies):
    name = await sent(hub, folder)
    reply(
        replies, name, ";;D108;told;the hub cannot read the file;Let the hub read it.", "2;;F128;told;it came before;y"
    )
    await poll_later(hub)
    assert hub.view.parked() == []
    assert hub.view.filed("town")[0].answer == "nothing refused"


async def test_what_a_partner_says_of_lines_that_are_no_rows_harms_nothing(hub, folder, replies):
    name = await sent(hub, folder)
    reply(replies, name, "1;;F108;refused;x;y", "900;;F102;refused;x;y")
    assert (await poll_later(hub)).code is None
    assert hub.view.parked() == []


async def test_an_institution_answers_its_own_files_only(settings, folder, replies):
    other = PARTNER.replace("replies:\n    institution: town", "replies:\n    institution: anofm")
    other = other.replace("town-replies: {institution: town", "anofm-replies: {institution: anofm")
    parts = await registered(settings, partner=other)
    name = await sent(parts, folder)
    reply(replies, name, "3;;F102;refused;x;y")
    assert (await poll_later(parts)).code == "D109"
    assert parts.view.parked() == []
    await parts.connections.close()
    parts.close()


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (("partners/punte/reply.rows.yaml", "partners/anofm/monthly.rows.yaml"), "describe a column named 'line'"),
        (("answers: {}", "answers: {name: reply.csv}"), "write text such as {file}.reply.csv"),
    ],
)
async def test_replies_that_cannot_be_understood_are_not_registered(settings, replies, wrong, told):
    with pytest.raises(ConfigError) as fault:
        await registered(settings, partner=PARTNER.replace(*wrong))
    assert told in {one.help for one in fault.value.findings}

"""A list of persons in one file: kept, split, delivered row by row, and taken up again after a kill."""

import io
import json
import re
import time
from typing import Any

import pytest
from rich.console import Console

from hub_demo.documents import job_seekers
from hub_demo.filing import inspectorate, leave_files, town_halls
from hub_demo.stage import Stage

COUNT = 60


def send(stage: Stage, own_id: str, *, broken: int = 0) -> Any:
    headers = {"Idempotency-Key": own_id, "Punte-Purpose": "labour-market"}
    body = job_seekers(stage.country, COUNT, broken=broken)
    return stage.caller("anofm").post("/flat/job-seekers", body, media_type="text/csv", headers=headers)


def split(stage: Stage, message_id: str, patience: float = 60) -> dict[str, int]:
    """Wait until the rows of a file are messages and nothing of them is open; return how many stand where."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        rows = stage.desk.call("message", {"id": message_id})["rows"]
        if rows["complete"] and "delivering" not in rows["states"]:
            states: dict[str, int] = rows["states"]
            return states
        time.sleep(0.02)
    pytest.fail("the file is still being split")


def rows_of(stage: Stage, message_id: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = stage.desk.call("messages", {"correlation_id": message_id, "limit": 1000})
    return rows


def test_a_bad_row_is_refused_with_its_line_and_the_others_are_delivered(stage: Stage) -> None:
    reply = send(stage, "list-1", broken=7)
    assert (reply.status, json.loads(reply.body)["rows"]) == (202, COUNT)
    assert split(stage, reply.reference)["refused"] == 1
    rows = rows_of(stage, reply.reference)
    assert sorted(row["line"] for row in rows) == list(range(2, COUNT + 2))
    (bad,) = [row for row in rows if row["state"] == "refused"]
    assert (bad["line"], bad["codes"]) == (7, ["F102"])
    assert stage.effects(bad["id"]) == []


def test_the_same_list_again_has_no_second_effect(stage: Stage) -> None:
    first = send(stage, "list-2")
    split(stage, first.reference)
    again = send(stage, "list-2")
    assert (again.status, again.body) == (first.status, first.body)
    assert len(rows_of(stage, first.reference)) == COUNT


def test_killed_right_after_the_answer_every_row_becomes_one_message(stage: Stage) -> None:
    reply = send(stage, "list-3")
    stage.processes.kill("hub")
    stage.start_hub()
    states = split(stage, reply.reference)
    assert sum(states.values()) == COUNT
    delivered = [row for row in rows_of(stage, reply.reference) if row["state"] == "delivered"]
    assert len(delivered) == states["delivered"] > 0
    assert all(len([line for line in stage.effects(row["id"]) if line["effect"]]) == 1 for row in delivered)


def test_a_row_becomes_a_file_and_a_test_without_its_person(stage: Stage) -> None:
    reply = send(stage, "list-6")
    split(stage, reply.reference)
    row = min(rows_of(stage, reply.reference), key=lambda one: one["line"])
    asked = {"id": row["id"], "name": "a row as it came", "fixture": "fixtures/a-row", "by": "somebody"}
    answer: dict[str, Any] = stage.desk.call("capture", asked)
    assert (answer["name"], answer["encoding"]) == ("fixtures/a-row.csv", "cp1250")
    original = job_seekers(stage.country, COUNT, broken=0).decode("cp1250").splitlines()[1].split(";")
    titles, one = answer["fixture"].splitlines()
    assert titles.startswith("CNP;Nume;Prenume;")
    assert not {cell for cell in original if len(cell) > 3} & set(one.split(";"))


def test_a_row_tells_where_its_values_came_from(stage: Stage) -> None:
    reply = send(stage, "list-4")
    split(stage, reply.reference)
    row = next(row for row in rows_of(stage, reply.reference) if row["line"] == 5)
    told = stage.desk.call("why", {"id": row["id"], "field": "name.family"})["values"]
    assert [(value["source"], value["line"]) for value in told] == [("family", 5)]


def test_replaying_a_whole_file_is_refused_with_what_to_do(stage: Stage) -> None:
    reply = send(stage, "list-5")
    with pytest.raises(Exception, match="F115"):
        stage.desk.call("replay", {"id": reply.reference, "by": "ana", "reason": "test"})


def test_an_institution_sees_its_file_and_its_rows(stage: Stage, web: Any) -> None:
    reply = send(stage, "list-6")
    split(stage, reply.reference)
    key = {"Punte-Key": stage.keys["anofm"]}
    _, file = web.json("GET", f"/api/v1/messages/{reply.reference}", headers=key)
    assert sum(file["rows"].values()) == COUNT
    row = rows_of(stage, reply.reference)[0]
    _, shown = web.json("GET", f"/api/v1/messages/{row['id']}", headers=key)
    assert (shown["file"], shown["line"]) == (reply.reference, row["line"])


def test_lists_and_a_register_that_were_left_in_folders_end_as_the_demo_tells(stage: Stage) -> None:
    leave_files(stage)
    told = io.StringIO()
    stage.console = Console(file=told, width=200)
    town_halls(stage)
    inspectorate(stage)
    assert patterns_missing(told.getvalue()) == []


#: What became of each file, what went back by line, and what came of the questions to the labour inspectorate.
TOLD = (
    r"borderou-1\.csv +5 of 6 rows taken, 1 refused",
    r"borderou-1-copie\.csv +the same bytes: 1 message in all, the same reply",
    r"borderou-1\.csv +nothing of this file counts",
    r"borderou-1-corectat\.csv\.part +half a file: left alone",
    r"borderou-1-corectat\.csv +whole by now: 6 of 6 rows taken, 0 refused",
    r"Cluj-Napoca +4 +cnp +F119 .*Format the column as text",
    r"Iași +9 +sum +F112",
    r"F111 line 1",
    r"iasi/someri/someri-000001\.csv: 7 persons",
    r"10 draw benefit",
    r"D201 line 6: HTTP 200",
    r"register-of-unemployed +with-benefit.* contracts-asked",
    r"contracts-found +first answer: the contracts follow",
    r"contracts-found +employed, TRANSPORT EXEMPLU 3 SA.* anpis-cases",
)


def patterns_missing(text: str) -> list[str]:
    return [pattern for pattern in TOLD if not re.search(pattern, text)]

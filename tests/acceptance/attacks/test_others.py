"""What belongs to others stays theirs, what is sent by many has one effect."""

import json
import os
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import quote

import pytest

from hub_demo.stage import Stage
from tests.acceptance.attacks.calling import CONTROL, MANY, OWN, Post, record


def test_a_message_of_somebody_else_looks_like_one_that_never_was(web: Any, stage: Stage, portal: Post) -> None:
    foreign = json.loads(portal(record("STRAIN"), "attack-foreign")[2])["id"]
    unknown = foreign[:-1] + ("0" if foreign[-1] != "0" else "1")
    headers = {"Punte-Key": stage.keys["cnas"]}
    answers = [web.json("GET", f"{OWN}/{message_id}", headers=headers) for message_id in (foreign, unknown)]
    for _, problem in answers:
        problem.pop("reference")
    assert answers[0] == answers[1]
    assert answers[0][0] == 404
    _, listed = web.json("GET", f"{OWN}?limit=200", headers=headers)
    assert foreign not in {message["id"] for message in listed}


@pytest.mark.parametrize("attempt", ["'", "x' OR '1'='1' --", "x'; DROP TABLE message; --", "%", "\0"])
def test_a_filter_is_a_value_and_never_a_command(web: Any, stage: Stage, attempt: str, portal: Post) -> None:
    portal(record("LISTAT"), "attack-listed")
    headers = {"Punte-Key": stage.keys["mmftss"]}
    assert web.json("GET", f"{OWN}?before={quote(attempt)}", headers=headers) == (200, [])
    assert web.request("GET", f"{OWN}?state={quote(attempt)}", headers=headers)[0] == 422
    assert web.json("GET", OWN, headers=headers)[1]


def test_one_message_sent_by_many_at_once_has_one_effect(portal: Post) -> None:
    with ThreadPoolExecutor(MANY) as pool:
        answers = list(pool.map(lambda _: portal(record("ODATA"), "attack-once"), range(MANY)))
    assert {status for status, _, _ in answers} == {202}
    assert len({json.loads(body)["id"] for _, _, body in answers}) == 1


def test_of_many_contents_under_one_id_only_one_is_kept(portal: Post) -> None:
    with ThreadPoolExecutor(MANY) as pool:
        answers = list(pool.map(lambda n: portal(record(f"NUME{n}"), "attack-race"), range(MANY)))
    assert sorted(status for status, _, _ in answers) == [202] + [409] * (MANY - 1)


def test_a_revealed_name_cannot_command_the_terminal(stage: Stage, portal: Post) -> None:
    evil = "A\x1b[2J\x1b]0;pwned\x07B\u202eC\x9b31mD\rE\x7f[bold red]F[/]\u2028\x00"
    message_id = json.loads(portal(record(evil), "attack-terminal")[2])["id"]
    shown = subprocess.run(
        [sys.executable, "-m", "cli", "messages", "show", message_id, "--reveal", "--reason", "test"],
        env=os.environ | {"PUNTE_HOME": str(stage.settings.home), "COLUMNS": "200"},
        capture_output=True,
        timeout=30,
        check=True,
    ).stdout.decode()
    assert "[bold red]F[/]" in shown
    assert not CONTROL.search(shown)


def test_only_the_owner_of_the_hub_reaches_its_control_socket_and_no_key_lies_in_its_files(stage: Stage) -> None:
    home = stage.settings.home
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    assert stat.S_IMODE(stage.settings.control.stat().st_mode) == 0o600
    kept = b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())
    assert not [name for name, key in stage.keys.items() if key.encode() in kept]

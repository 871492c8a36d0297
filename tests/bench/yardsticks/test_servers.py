"""LIMIT and NAIVE as their real processes: the same answers, kept before they are answered."""

import http.client
import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.bench.documents import documents, envelope
from tests.bench.yardsticks.sealing import Seal

ROOT = Path(__file__).parents[3]
KEY = "secret"


@pytest.fixture(scope="module", params=["limit", "naive"])
def server(request, tmp_path_factory):
    """Start one of the servers; give its port and database."""
    database = tmp_path_factory.mktemp(request.param) / "a.sqlite3"
    command = [sys.executable, "-m", f"tests.bench.yardsticks.{request.param}", str(database), KEY]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT) as process:
        yield int(process.stdout.readline()), database
        process.terminate()


def post(server, body: bytes, *, key: str = KEY) -> tuple[int, dict]:
    connection = http.client.HTTPConnection("127.0.0.1", server[0], timeout=30)
    with closing(connection):
        connection.request("POST", "/", body, {"Punte-Key": key, "Content-Type": "text/xml"})
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())


def kept(server, message_id: str):
    """Return body, record and findings of a message; what LIMIT keeps is sealed."""
    key = server[1].with_suffix(".key")
    columns = "envelope, body, decision" if key.exists() else "body, record, findings"
    with closing(sqlite3.connect(server[1])) as database:
        row = database.execute(f"SELECT {columns} FROM message WHERE id = ?", (message_id,)).fetchone()  # noqa: S608
    if not key.exists():
        return row[0], json.loads(row[1]), json.loads(row[2])
    body, decision = Seal(key).open(message_id, *row)
    return body, *json.loads(decision)


def test_an_accepted_message_is_kept_with_its_record_and_findings(server):
    body = envelope(documents(1)[0], "urn:accepted").encode()
    status, answer = post(server, body)
    assert status == 202
    kept_body, record, findings = kept(server, answer["id"])
    assert kept_body == body
    assert record["exchange"] == {"system": "CNAS", "type": "insuredResponse"}
    assert findings[0]["code"] == "M205"


def test_limit_keeps_no_number_of_a_person_in_the_clear(tmp_path):
    seal = Seal(tmp_path / "a.key")
    sealed = seal.seal("1", b"2850415123450", b"2850415123450", "2850415123450", ["ro.cnp:2850415123450"])
    assert b"2850415123450" not in b"".join((*sealed[:-1], *sealed.persons))


def test_a_repeat_is_answered_with_the_first_id_and_other_content_is_a_conflict(server):
    one, other = (envelope(document, "urn:repeated").encode() for document in documents(2))
    first = post(server, one)
    assert post(server, one) == first
    assert post(server, other)[0] == 409


@pytest.mark.parametrize(
    ("body", "key", "status"),
    [
        (b"<a/>", KEY, 400),
        (b"<!DOCTYPE a><a/>", KEY, 400),
        (envelope("<a/>").encode(), KEY, 400),
        (b"<a/>", "other", 401),
        (b"x" * 10_000_001, KEY, 413),
    ],
)
def test_bad_input_is_refused(server, body, key, status):
    assert post(server, body, key=key)[0] == status


def test_connections_are_kept_open(server):
    connection = http.client.HTTPConnection("127.0.0.1", server[0], timeout=30)
    with closing(connection):
        for number in range(3):
            body = envelope(documents(1)[0], f"urn:kept-open-{number}").encode()
            connection.request("POST", "/", body, {"Punte-Key": KEY})
            answer = connection.getresponse()
            answer.read()
            assert answer.status == 202
            assert not answer.will_close

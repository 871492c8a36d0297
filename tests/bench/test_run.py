"""What the run does before it measures, and the hub that it starts."""

import http.client
import os
import urllib.parse
from contextlib import closing

from tests.bench import journal, run
from tests.bench.bulkhead import bulkhead
from tests.bench.documents import documents, envelope
from tests.bench.hub import hub


def test_a_missing_loader_is_named_and_nothing_is_measured(monkeypatch, capsys):
    monkeypatch.setenv("PATH", "")
    assert run.main([]) == 1
    assert "wrk" in capsys.readouterr().err


def test_the_hub_of_the_benchmark_accepts_its_message(tmp_path):
    with hub(tmp_path / "home", core=min(os.sched_getaffinity(0))) as (target, key):
        url = urllib.parse.urlsplit(target.url)
        with closing(http.client.HTTPConnection(url.netloc, timeout=30)) as connection:
            body = envelope(documents(1)[0], "urn:uuid:1").encode()
            connection.request("POST", url.path, body, {"Punte-Key": key, "Content-Type": "text/xml; charset=utf-8"})
            answer = connection.getresponse()
            assert answer.status == 200, answer.read()
    assert run.rows(target.database) == 1


def test_the_journal_is_measured_in_groups_and_without(tmp_path):
    rates = journal.journal_rates(tmp_path, rounds=1)
    assert list(rates) == [
        "SQLite, 64 at once",
        "SQLite, 64, a commit each",
        "SQLite, one by one",
        "PostgreSQL, 64 at once",
        "PostgreSQL, 64, a commit each",
        "PostgreSQL, one by one",
    ]
    assert all(rate > 0 for (rate,) in rates.values())
    assert [goal.at_least for goal in journal.goals(rates)] == [5, 5]


def test_what_is_kept_reaches_nine_partners_though_the_tenth_hangs(tmp_path):
    waits = bulkhead(tmp_path, rounds=1, seconds=1)
    assert waits.quick_ms > 0
    assert waits.beside_one_that_hangs_ms > 0

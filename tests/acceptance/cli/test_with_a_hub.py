"""What an operator does on a day: every command against a real hub process."""

import json
import subprocess
import sys

import pytest

from hub_core.places import MAPPINGS
from hub_core.testing.records import a_record

pytestmark = pytest.mark.network

CNP = "2850415123450"
SEDS = MAPPINGS / "eessi" / "fixtures"
FAMILY = a_record().name.family


def test_a_record_is_sent_found_shown_and_explained(hub, record_file):
    reference = hub.send(record_file, "--id", "portal-1")["reference"]

    (row,) = hub.punte("messages", "list", "--party", "ministry", "--json").json
    assert (row["id"], row["sender_id"], row["state"]) == (reference, "portal-1", "accepted")
    assert hub.punte("messages", "list", "--state", "refused", "--json").json == []

    shown = hub.punte("messages", "show", reference).out
    assert reference in shown
    assert CNP not in shown
    assert FAMILY not in shown

    assert "no routes are registered" in hub.punte("route", "explain", reference).err
    assert "all is well" in hub.punte("status").out


def test_the_same_id_and_content_is_answered_as_the_first_time(shared_hub, record_file):
    first = shared_hub.send(record_file, "--id", "portal-2")
    assert shared_hub.send(record_file, "--id", "portal-2") == first
    assert len(shared_hub.punte("messages", "list", "--sender-id", "portal-2", "--json").json) == 1


def test_revealing_leaves_an_entry_with_who_and_why(shared_hub, record_file):
    reference = shared_hub.send(record_file)["reference"]
    assert CNP in shared_hub.punte("messages", "show", reference, "--reveal", "--reason", "complaint 7").out
    entries = shared_hub.punte("messages", "show", reference, "--json").json["entries"]
    (entry,) = [entry for entry in entries if entry["step"] == "revealed"]
    assert entry["detail"] == "complaint 7"
    assert entry["by"]


def test_a_refused_document_ends_with_1_and_is_kept(shared_hub, tmp_path):
    path = tmp_path / "broken.json"
    path.write_text('{"beneficiary": {"name": {"family": 1}}}')
    answer = shared_hub.send(path, code=1)
    assert answer["code"] == "C101"
    (row,) = shared_hub.punte("messages", "list", "--state", "refused", "--code", "c101", "--json").json
    assert row["id"] == answer["reference"]


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (["--endpoint", "records", "--key", "wrong", "--purpose", "benefit-application"], "A401"),
        (["--endpoint", "nowhere", "--purpose", "benefit-application"], "A404"),
        (["--endpoint", "seds", "--purpose", "benefit-application"], "A403"),
        (["--endpoint", "records"], "A405"),
        (["--endpoint", "records", "--purpose", "curiosity"], "A406"),
    ],
)
def test_a_call_that_is_not_allowed_is_refused_with_its_code(shared_hub, record_file, options, code):
    given = options if "--key" in options else [*options, "--key", shared_hub.key]
    assert shared_hub.punte("send", record_file, *given, "--json", code=1).json["code"] == code


def test_a_faulty_set_changes_nothing_and_names_the_place(hub, registry):
    before = hub.punte("apply", "--history", "--json").json
    path = registry / "endpoints.yaml"
    path.write_text(path.read_text().replace("institution: ministry", "institution: minstry", 1))
    done = hub.punte("apply", registry, code=1)
    assert "endpoints.yaml:4:18: R105" in done.err
    assert "write 'ministry' instead" in done.err
    assert hub.punte("apply", "--history", "--json").json == before


def test_a_set_is_planned_applied_and_rolled_back(hub, registry):
    path = registry / "endpoints.yaml"
    path.write_text(path.read_text().replace("max_body_bytes: 10 MB", "max_body_bytes: 1 MB"))
    assert "~ endpoints: seds" in hub.punte("apply", registry, "--plan").out
    hub.punte("apply", registry, "--note", "smaller")
    hub.punte("apply", "--rollback", "1", "--note", "too small")
    history = hub.punte("apply", "--history", "--json").json
    assert [(one["number"], one["note"], one["current"]) for one in history] == [
        (3, "too small", True),
        (2, "smaller", False),
        (1, "first set", False),
    ]


def test_a_revoked_key_is_refused_at_once(hub, record_file):
    hub.punte("key", "revoke", "ministry-1")
    assert hub.send(record_file, code=1)["code"] == "A401"
    assert [it["code"] for it in hub.punte("status", "--json").json["refusals"]] == ["A401"]


def test_a_key_is_never_shown_again(shared_hub):
    assert shared_hub.key
    assert shared_hub.key not in shared_hub.punte("key", "list", "--json").out
    kept = b"".join(path.read_bytes() for path in shared_hub.home.glob("punte.sqlite3*"))
    assert shared_hub.key.encode() not in kept


def test_an_unknown_message_is_told(shared_hub):
    done = shared_hub.punte("messages", "show", "019aa6f0-0000-7000-8000-000000000002", code=1)
    assert "J404" in done.err


def test_tail_shows_what_arrives(shared_hub, record_file):
    first = shared_hub.send(record_file)["reference"]
    watching = subprocess.Popen(
        [sys.executable, "-m", "cli", "messages", "tail", "--json", "--last", "1", "--every", "0.1"],
        env=shared_hub.environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert json.loads(watching.stdout.readline())["id"] == first
        second = shared_hub.send(record_file)["reference"]
        assert json.loads(watching.stdout.readline())["id"] == second
    finally:
        watching.terminate()
        watching.communicate(timeout=30)


def test_the_doctor_is_content_with_a_fresh_hub(shared_hub):
    checks = shared_hub.punte("doctor", "--json").json
    assert [check for check in checks if check["ok"] is False] == []
    assert {"sqlite", "home", "files", "port", "mappings", "adapters"} <= {check["check"] for check in checks}


def test_a_look_at_the_running_hub_does_not_load_the_store(shared_hub):
    code = (
        "import sys, cli, atexit; atexit.register(lambda: print(*sorted(sys.modules))); cli.main(['messages', 'list'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=shared_hub.environment, capture_output=True, text=True, check=True
    )
    modules = set(done.stdout.split())
    assert not modules & {"sqlalchemy", "lxml", "zeep", "fastapi", "aiohttp", "sqlite3"}


def test_why_tells_path_and_rule_of_a_sed_masked_until_revealed(shared_hub):
    key = shared_hub.punte("key", "new", "ap", "--institution", "eessi-access-point").out.strip()
    sed = SEDS / "nav-p2000.json"
    reference = shared_hub.punte("send", sed, "--endpoint", "seds", "--key", key, "--json").json["reference"]
    (masked,) = shared_hub.punte("why", reference, "name.family", "--json").json["values"]
    assert masked["source"] == "nav.bruker.person.etternavn"
    assert masked["rule"].startswith("eessi/")
    assert masked["value"].endswith("…")
    reveal = ["--reveal", "--reason", "check", "--json"]
    (revealed,) = shared_hub.punte("why", reference, "name.family", *reveal).json["values"]
    assert revealed["value"] == revealed["raw"]
    assert revealed["raw"] in sed.read_text(encoding="utf-8")
    assert "W400" in shared_hub.punte("why", reference, "no.such.field", code=1).err


def test_names_are_offered_to_the_shell(shared_hub):
    asked = {"_PUNTE_COMPLETE": "complete_bash", "COMP_WORDS": "punte messages list --endpoint s", "COMP_CWORD": "4"}
    done = subprocess.run(
        [sys.executable, "-m", "cli"], env=shared_hub.environment | asked, capture_output=True, text=True, check=False
    )
    assert done.stdout.split() == ["seds"]


GUARDED = """
import sys

def guard(event, arguments):
    if event in {"socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo"}:
        sys.stderr.write(f"{event} {arguments}")
        sys.exit(9)

sys.addaudithook(guard)
import cli
cli.main(sys.argv[1:])
"""


def guarded(hub, *arguments):
    """Run a command in a process that ends with 9 as soon as it connects to anything or looks up a name."""
    words = [sys.executable, "-c", GUARDED, *arguments]
    return subprocess.run(words, env=hub.environment, capture_output=True, text=True, timeout=60, check=False)


def test_a_dry_run_calls_nobody_and_says_what_would_differ(shared_hub, record_file):
    reference = shared_hub.send(record_file)["reference"]
    assert guarded(shared_hub, "status").returncode == 9
    done = guarded(shared_hub, "replay", reference, "--dry-run", "--json")
    assert done.returncode == 0, done.stderr
    (row,) = json.loads(done.stdout)["messages"]
    assert (row["sent"], row["changes"]) == (False, [])
    done = guarded(shared_hub, "replay", "--filter", "party=ministry", "--dry-run", "--diff", "--json")
    assert done.returncode < 9, done.stderr
    assert reference in {row["message"] for row in json.loads(done.stdout)["messages"]}


def test_a_file_is_explained_before_it_is_sent(hub, registry, record_file):
    (registry / "more.yaml").write_text(
        "endpoints:\n"
        "  portal:\n"
        "    {institution: ministry, direction: out, adapter: rest, service: records, url: 'http://127.0.0.1:9/'}\n"
        "routes:\n"
        "  women: {services: [records], when: [{at: sex.code, equals: female}], to: [portal]}\n"
        "  men: {services: [records], when: [{at: sex.code, equals: male}], to: [portal]}\n"
    )
    hub.punte("apply", registry)
    routes = hub.punte("route", "explain", record_file, "--service", "records", "--json").json
    assert {route["route"]: route["chosen"] for route in routes} == {"women": True, "men": False}
    assert CNP not in hub.punte("route", "explain", record_file, "--service", "records").out


def test_schedule_lists_what_the_hub_does_by_itself(shared_hub):
    jobs = shared_hub.punte("schedule", "--json").json
    assert {"certificates", "contracts"} <= {job["job"] for job in jobs}
    assert {job["state"] for job in jobs} <= {"never", "running", "ok"}
    assert "NEXT" in shared_hub.punte("schedule").out

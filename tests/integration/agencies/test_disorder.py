"""Bad calls, agencies that are out of order, and how they start and stop."""

import signal
import subprocess
import sys
import time

import pytest
import requests

from tests.integration.agencies.calling import AGENCIES, PASSWORDS, ROOT, SOMER, envelope, fault_code, running

pytestmark = pytest.mark.network

BOMB = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>' + envelope(SOMER.replace("03.11.2025", "&b;"))
HOSTILE = {
    "not xml": ("what?", "Client"),
    "nothing": ("", "Client"),
    "cut short": (envelope(SOMER)[:-9], "Client"),
    "document type": ("<!DOCTYPE x>" + envelope(SOMER), "Client"),
    "entities": (BOMB, "Client"),
    "outside file": ('<!DOCTYPE x SYSTEM "file:///etc/passwd">' + envelope(SOMER), "Client"),
    "too deep": (envelope("<a>" * 5_000 + "</a>" * 5_000), "Client"),
    "no envelope": (SOMER, "Client"),
    "two calls": (envelope(SOMER + SOMER), "Client"),
    "no call": (envelope(""), "Client"),
    "unknown operation": (envelope(SOMER.replace("STARE_SOMER", "STERGE_TOT")), "Client"),
    "other namespace": (envelope(SOMER.replace("someri:1", "someri:2")), "Client"),
    "soap 1.2": (envelope(SOMER, namespace="http://www.w3.org/2003/05/soap-envelope"), "VersionMismatch"),
    "must understand": (
        envelope(SOMER, '<s:Header><x xmlns="urn:x" s:mustUnderstand="1"/></s:Header>'),
        "MustUnderstand",
    ),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_bad_call_gets_a_fault_and_disturbs_nobody(servers, post, case):
    body, code = HOSTILE[case]
    url = servers["anofm"].url
    answer = post(url, body)
    assert (answer.status_code, fault_code(answer)) == (500, code)
    assert "root:" not in answer.text
    assert post(url, envelope(SOMER)).status_code == 200


def test_what_is_not_a_call_is_refused_by_http_itself(servers, post):
    url = servers["anofm"].url
    assert post(url, envelope(SOMER), content_type="application/soap+xml").status_code == 415
    assert post(url, b" " * 1_000_001).status_code == 413
    assert post(url + "/other", envelope(SOMER)).status_code == 404
    assert requests.put(url, b"", timeout=5).status_code == 405
    assert requests.get(f"{url}?xsd=../dgep/Cerere.xsd", timeout=5).status_code == 404


@pytest.mark.parametrize("agency", AGENCIES)
def test_each_agency_is_out_of_order_in_its_own_way(post, agency):
    calls = {
        "cnas": '<n:getInsured xmlns:n="http://webservices.utils.svapnt.siveco.ro"/>',
        "anpis": '<n:DREPTURI_PERS xmlns:n="urn:anpis:test:safir:1"/>',
        "anofm": SOMER,
        "anaf": '<n:VENITURI xmlns:n="urn:anaf:test:venituri:1"/>',
        "dgep": '<n:INTEROGARE_PERS xmlns:n="http://evp.test/ws/v2"/>',
    }
    signs = {
        "dgep": (200, "<COD_RET>99</COD_RET>"),
        "cnas": (500, "<faultcode>soapenv:Server.userException</faultcode>"),
        "anpis": (200, "<ERR_COD>99</ERR_COD>"),
        "anofm": (500, '<EROARE xmlns="urn:anofm:test:someri:1"><COD>900</COD>'),
        "anaf": (200, "<title>Autentificare</title>"),
    }
    with running(agency, "--fault-rate", "1", size=50) as server:
        answer = post(server.url, envelope(calls[agency]), auth=("hubmm", PASSWORDS["cnas"]))
        status, sign = signs[agency]
        assert answer.status_code == status
        assert sign in answer.text


def test_half_of_the_calls_fail_when_asked_to_and_the_same_ones_each_time(post):
    def outcomes() -> list[int]:
        with running("anofm", "--fault-rate", "0.5", size=50) as server:
            return [post(server.url, envelope(SOMER)).status_code for _ in range(20)]

    first = outcomes()
    assert set(first) == {200, 500}
    assert outcomes() == first


def test_a_late_agency_answers_late(post):
    with running("anofm", "--latency", "0.4", size=50) as server:
        begun = time.monotonic()
        assert post(server.url, envelope(SOMER)).status_code == 200
        assert time.monotonic() - begun >= 0.4


def test_a_silent_agency_takes_the_call_and_still_stops_promptly(post):
    with running("anofm", "--silent", size=50) as server:
        with pytest.raises(requests.ReadTimeout):
            post(server.url, envelope(SOMER), timeout=0.3)
        begun = time.monotonic()
        server.process.terminate()
        assert server.process.wait(timeout=5) == 0
        assert time.monotonic() - begun < 3


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_being_told_to_stop_is_no_failure(number):
    with running("anpis", size=50) as server:
        begun = time.monotonic()
        server.process.send_signal(number)
        assert server.process.wait(timeout=5) == 0
        assert time.monotonic() - begun < 2


def test_a_guarded_agency_does_not_start_without_a_password():
    command = [sys.executable, "-m", "hub_demo.agencies", "dgep"]
    run = subprocess.run(command, cwd=ROOT, env={"PATH": ""}, capture_output=True, text=True, timeout=20, check=False)
    assert (run.returncode, run.stdout) == (2, "")
    assert "DEMO_DGEP_PASSWORD" in run.stderr


def test_the_agencies_run_without_any_part_of_the_hub():
    code = (
        "import sys, hub_demo.agencies.__main__\n"
        "hub = ('hub_core', 'adapters', 'registry', 'hub_web', 'cli')\n"
        "print([name for name in sys.modules if name.split('.')[0] in hub])"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=20, check=True)
    assert run.stdout.strip() == "[]"

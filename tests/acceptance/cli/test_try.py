"""Writing a mapping with ``punte mapping try --watch`` beside it: what was saved is on the screen at once."""

import json
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from hub_core.places import MAPPINGS

SAVES = 5
SOON = 0.3  # seconds, from the save to the output, on a machine that has nothing else to do


@pytest.fixture
def own(tmp_path):
    folder = tmp_path / "mappings"
    shutil.copytree(MAPPINGS / "codes", folder / "codes")
    shutil.copytree(MAPPINGS / "eessi", folder / "eessi")
    shutil.copytree(MAPPINGS / "anofm", folder / "anofm")
    return folder


@pytest.fixture
def watched(place):
    """Return a function that starts to watch a mapping and returns the process after its first output."""
    processes = []

    def start(file):
        command = [sys.executable, "-m", "cli", "mapping", "try", str(file), "--watch", "--json"]
        process = subprocess.Popen(command, env=place.environment, stdout=subprocess.PIPE, text=True)
        processes.append(process)
        json.loads(process.stdout.readline())
        return process

    yield start
    for process in processes:
        process.kill()
        process.wait()
        process.stdout.close()


def burden():
    """Return how many times longer work takes now, because others use the machine too."""
    begun, used = time.perf_counter(), time.process_time()
    while time.process_time() - used < 0.2:
        pass
    return (time.perf_counter() - begun) / 0.2


def save(process, file, text):
    """Save a file, and return what is said then and the seconds until it was said."""
    time.sleep(0.1)
    file.write_text(text, encoding="utf-8")
    saved = time.perf_counter()
    answer = json.loads(process.stdout.readline())
    return answer, time.perf_counter() - saved


def test_a_save_of_the_largest_mapping_is_shown_within_a_third_of_a_second(own, watched):
    file = own / "eessi" / "nav-p9000.yaml"  # with all its blocks 600 rules, the most there are
    process = watched(file)
    text = file.read_text(encoding="utf-8")
    # Reading and lint run beside each other: both have to wait for the others.
    took = [(save(process, file, f"{text}# {number}\n")[1], burden() ** 2) for number in range(SAVES)]
    assert min(seconds / others for seconds, others in took) < SOON, took


def test_mapping_code_list_and_document_are_all_watched(own, watched):
    folder = own / "anofm"
    process = watched(folder / "status.yaml")
    text = (folder / "status.yaml").read_text(encoding="utf-8")
    answer, _ = save(process, folder / "status.yaml", text.replace("name.given:", "name.full:"))
    assert "full" in answer["record"]["name"]
    codes = own / "codes" / "anofm-visa@1.yaml"
    answer, _ = save(process, codes, codes.read_text(encoding="utf-8").replace("[V], out: V", "[W], out: W"))
    assert [one["code"] for one in answer["findings"]] == ["M204"]
    fixture = folder / "fixtures" / "unemployed.xml"
    answer, _ = save(process, fixture, fixture.read_text(encoding="utf-8").replace(">V<", ">W<"))
    assert answer["verdict"] == "record"


def test_a_fault_is_shown_and_the_next_save_mends_it(own, watched):
    file = own / "anofm" / "status.yaml"
    process = watched(file)
    text = file.read_text(encoding="utf-8")
    answer, _ = save(process, file, text.replace("fields:", "feilds:", 1))
    assert answer["faults"]
    assert save(process, file, text)[0]["verdict"] == "record"


def test_ctrl_c_is_the_way_out(own, watched):
    process = watched(own / "anofm" / "status.yaml")
    process.send_signal(signal.SIGINT)
    assert process.wait(10) == 0


def test_a_kill_leaves_no_process_behind(own, watched):
    process = watched(own / "anofm" / "status.yaml")
    helpers = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text(encoding="ascii").split()
    assert helpers
    process.kill()
    process.wait()
    deadline = time.monotonic() + 20
    while any(runs(helper) for helper in helpers):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def runs(number):
    """Say whether a process is there and not only waits to be forgotten; proc(5)."""
    try:
        return Path(f"/proc/{number}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False

"""The page about putting a hub into service: its steps are run, as far as a machine without systemd and network can."""

import os
import re
import shutil
import socket
import subprocess
import sys
import tomllib
import zipfile
from configparser import RawConfigParser

import pytest

from cli.scaffold import write
from hub_core.directory import DEFAULT_MAX_BODY_BYTES
from hub_core.places import ROOT
from hub_core.settings import Settings, from_environment

PAGE = ROOT / "docs" / "how-to" / "deploy.md"
DEPLOY = ROOT / "deploy"
WHEEL = f"{sys.executable} -m pip wheel -q --no-index --no-deps --no-build-isolation --wheel-dir".split()

# What is not there, or is not to be touched, is played; the unit is started as systemd would: its ExecStart, its settings.
STAGE = r"""
set -euo pipefail
trap '[ ! -e "$ROOT/pid" ] || kill "$(cat "$ROOT/pid")" 2>/dev/null || true' EXIT
useradd() { :; }
runuser() { shift 3; "$@"; }
python3() { :; }  # the network, and an environment of its own: see the test of the wheel
install() { local given=(); for word in "$@"; do case $word in -o|-g|punte) ;; *) given+=("$word");; esac; done
            command install "${given[@]}"; }
begin() {
  unit=$ROOT/etc/systemd/system/punte.service
  mkfifo "$ROOT/said"
  $PYTHON -c "$SUPERVISOR" "$ROOT/notify" >"$ROOT/said" &
  exec 3<"$ROOT/said"; rm "$ROOT/said"
  read -r _ <&3
  env $(grep -v '^#' "$(sed -n s/^EnvironmentFile=//p "$unit")") NOTIFY_SOCKET="$ROOT/notify" \
    $(sed -n s/^ExecStart=//p "$unit") >>"$ROOT/log" 2>&1 3<&- &
  echo $! > "$ROOT/pid"
  grep -q '^Type=notify$' "$unit" || return 1
  read -r -t 60 state <&3 && [ "$state" = READY=1 ] || { cat "$ROOT/log"; return 1; }
}
end() { kill -TERM "$(cat "$ROOT/pid")"; wait "$(cat "$ROOT/pid")"; rm "$ROOT/pid"; }
systemctl() { case $1 in daemon-reload) ;; enable) begin;; restart) end; begin;; *) return 64;; esac; }
"""

# Takes what the hub says of itself, a line each; the first line says that it listens.
SUPERVISOR = """
import os, socket, sys
place = sys.argv[1]
if os.path.exists(place): os.unlink(place)
bound = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
bound.bind(place)
print("listens", flush=True)
print(bound.recv(100).decode(), flush=True)
"""


@pytest.fixture
def root(tmp_path):
    """Return a folder that stands for / and holds what is there on any machine, and a punte that is installed."""
    for folder in ("etc/systemd/system", "opt/punte/bin", "var/lib"):
        (tmp_path / folder).mkdir(parents=True)
    for name, words in (("punte", "-m cli "), ("python", "-m this-is-not-run-here ")):
        program = tmp_path / "opt/punte/bin" / name
        last = f'exec {sys.executable} {words}"$@"\n' if name == "punte" else "exit 0\n"
        program.write_text(f"#!/bin/sh\n{last}")
        program.chmod(0o755)
    shutil.copytree(DEPLOY, tmp_path / "deploy")
    return tmp_path


def steps(root, port):
    """Return the steps of the page as one script below another root, on a free port."""
    blocks = re.findall(r"```sh\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    return below(root, port, "\n".join(blocks))


def below(root, port, text):
    return re.sub(r"(?<![\w.])/(opt|etc|var)/", rf"{root}/\1/", text).replace("8480", str(port))


@pytest.mark.network
def test_the_steps_of_the_page_bring_up_a_hub_that_is_well(root):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    for name in ("punte.env", "punte.service"):
        file = root / "deploy" / name
        file.write_text(below(root, port, file.read_text()))
    script = f"ROOT={root}\n{STAGE}\n{steps(root, port)}\nend\n"
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHON": sys.executable, "SUPERVISOR": SUPERVISOR},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "FAIL" not in done.stdout
    assert '{"status":"ok"}' in done.stdout
    assert "registry set  1" in done.stdout
    assert (root / "var/lib/punte").stat().st_mode & 0o777 == 0o700
    assert (root / "etc/prometheus/rules/punte.yml").exists()


def test_what_builds_the_hub_is_locked_with_what_it_runs_on():
    builds = tomllib.loads((ROOT / "pyproject.toml").read_text())["build-system"]["requires"]
    locked = (ROOT / "requirements/runtime.txt").read_text()
    assert builds
    assert [one for one in builds if f"\n{one} " not in f"\n{locked}"] == []


def test_a_package_from_the_scaffold_is_built_by_what_is_brought_for_the_hub(tmp_path):
    write("pension", tmp_path / "mine")
    subprocess.run([*WHEEL, str(tmp_path), str(tmp_path / "mine")], check=True)
    (wheel,) = tmp_path.glob("punte_pension-*.whl")
    assert "punte_pension.py" in zipfile.ZipFile(wheel).namelist()


def test_the_settings_that_are_shipped_are_settings_of_the_hub():
    lines = (DEPLOY / "punte.env").read_text().splitlines()
    told = dict(line.removeprefix("#").split("=", 1) for line in lines if re.match(r"#?PUNTE_", line))
    known = {f"PUNTE_{field.upper()}" for field in Settings.__struct_fields__}
    assert told.keys() <= known
    assert from_environment({name: value for name, value in told.items() if name != "PUNTE_STORE"})


def test_the_unit_gives_the_hub_its_home_and_the_time_to_end():
    unit = RawConfigParser(strict=False, comment_prefixes=("#",))
    unit.optionxform = str
    unit.read(DEPLOY / "punte.service")
    service = unit["Service"]
    assert service["ExecStart"] == "/opt/punte/bin/punte serve"
    assert f"PUNTE_HOME=/var/lib/{service['StateDirectory']}\n" in (DEPLOY / "punte.env").read_text()
    assert int(service["TimeoutStopSec"]) > 10
    assert service["UMask"] == "0077"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not there")
def test_systemd_takes_the_unit(root, tmp_path):
    unit = tmp_path / "punte.service"
    unit.write_text(below(root, 8480, (DEPLOY / "punte.service").read_text()))
    done = subprocess.run(["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, check=False)
    assert "punte.service:" not in done.stderr, done.stderr


def test_the_proxy_lets_every_body_through_repeats_nothing_and_shows_no_figures():
    proxy = (DEPLOY / "nginx.conf").read_text()
    largest = re.search(r"client_max_body_size (\d+)m;", proxy)
    assert largest is not None
    assert int(largest[1]) * 1_000_000 >= DEFAULT_MAX_BODY_BYTES
    assert "proxy_next_upstream off;" in proxy
    assert "location = /metrics { return 404; }" in proxy
    assert proxy.count("{") == proxy.count("}")


def test_the_wheel_holds_all_that_the_hub_needs_to_run(tmp_path):
    subprocess.run([*WHEEL, str(tmp_path), str(ROOT)], check=True)
    (wheel,) = tmp_path.glob("punte-*.whl")
    packed = set(zipfile.ZipFile(wheel).namelist())
    for folder, pattern in (("mappings", "*.yaml"), ("schemas", "*.*"), ("hub_core", "*.sql"), ("registry", "*.sql")):
        found = (path for path in (ROOT / folder).rglob(pattern) if "__pycache__" not in path.parts)
        needed = {str(path.relative_to(ROOT)) for path in found}
        assert needed, folder
        assert needed <= packed, sorted(needed - packed)[:5]

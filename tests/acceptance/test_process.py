"""The hub as a process: TLS, its files, a second one beside it, and its end."""

import http.client
import os
import signal
import ssl
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socket import create_server

import pytest
import trustme

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 30  # seconds


@contextmanager
def hub(home: Path, **settings: str) -> Iterator[subprocess.Popen[str]]:
    environment = {**os.environ, "PUNTE_HOME": str(home), "PUNTE_PORT": "0", **settings}
    process = subprocess.Popen(
        [sys.executable, "-m", "cli", "serve"], cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True
    )
    try:
        deadline = time.monotonic() + PATIENCE
        while not (home / "address").exists() and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.02)
        yield process
    finally:
        process.kill()
        process.wait()
        assert process.stderr
        process.stderr.close()


def free_port() -> int:
    with create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def get(port: int, context: ssl.SSLContext, path: str = "/health/live") -> int:
    connection = http.client.HTTPSConnection("localhost", port, context=context, timeout=10)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    finally:
        connection.close()


def test_over_tls_a_client_must_show_a_certificate_of_the_named_authority(tmp_path: Path) -> None:
    authority = trustme.CA()
    server, client = authority.issue_cert("localhost"), authority.issue_cert("client@example.org")
    certificate, key, ca = tmp_path / "server.pem", tmp_path / "server.key", tmp_path / "ca.pem"
    certificate.write_bytes(b"".join(blob.bytes() for blob in server.cert_chain_pems))
    server.private_key_pem.write_to_path(key)
    authority.cert_pem.write_to_path(ca)
    port = free_port()
    settings = {
        "PUNTE_TLS_PORT": str(port),
        "PUNTE_TLS_CERTIFICATE": str(certificate),
        "PUNTE_TLS_KEY": str(key),
        "PUNTE_TLS_CLIENT_CA": str(ca),
    }
    with hub(tmp_path / "home", **settings):
        context = ssl.create_default_context()
        authority.configure_trust(context)
        with pytest.raises((ssl.SSLError, ConnectionError)):
            get(port, context)
        client.configure_cert(context)
        assert get(port, context) == 200


def test_what_the_hub_keeps_only_its_own_user_may_read(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with hub(home):
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in home.iterdir() if path.name != "address"}
        assert stat.S_IMODE(home.stat().st_mode) == 0o700
    assert modes
    assert {mode & 0o077 for mode in modes.values()} == {0}
    assert modes["control.sock"] == 0o600


def test_a_hub_that_crashes_leaves_no_core_file_with_its_keys(tmp_path: Path) -> None:
    with hub(tmp_path / "home") as process:
        limits = Path(f"/proc/{process.pid}/limits").read_text()
    core = next(line.split() for line in limits.splitlines() if line.startswith("Max core file size"))
    assert core[4:6] == ["0", "0"]


def test_a_second_hub_on_the_same_folder_says_what_is_wrong_and_harms_nothing(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with hub(home) as first:
        environment = {**os.environ, "PUNTE_HOME": str(home), "PUNTE_PORT": "0"}
        second = subprocess.run(
            [sys.executable, "-m", "cli", "serve"],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert second.returncode != 0
        assert "J101" in second.stderr
        assert "Traceback" not in second.stderr
        assert first.poll() is None


def test_the_hub_ends_in_order_on_sigterm(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with hub(home) as process:
        process.send_signal(signal.SIGTERM)
        assert process.wait(15) == 0
    assert not (home / "control.sock").exists()
    assert not (home / "address").exists()

"""What the doctor finds on a machine."""

import os
import socket
import sqlite3

import msgspec
import pytest
import trustme

from hub_core.settings import Settings
from registry.doctor import health

pytestmark = pytest.mark.network


@pytest.fixture
def settings(tmp_path):
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    return Settings(home=home, port=0)


def found(settings, check):
    return health.CHECKS[check](settings)


def store(settings, mode=0o600):
    settings.database.write_bytes(b"x")
    settings.database.chmod(mode)


def test_every_fault_says_how_to_mend_it(settings):
    checks = health.local_checks(settings)
    assert [check.check for check in checks if check.ok is False and not check.mend] == []
    assert len({check.check for check in checks}) == len(checks)


@pytest.mark.parametrize(
    ("version", "ok"),
    [((3, 40, 1), None), ((3, 44, 5), None), ((3, 44, 6), True), ((3, 50, 7), True), ((3, 51, 2), None), ((3, 51, 3), True), ((3, 52, 0), True)],
)  # fmt: skip
def test_the_version_of_sqlite_is_judged_by_the_wal_reset_defect(settings, monkeypatch, version, ok):
    monkeypatch.setattr(sqlite3, "sqlite_version_info", version)
    assert found(settings, "sqlite").ok is ok


def test_a_home_that_is_not_there_yet_is_no_fault(settings):
    settings.home.rmdir()
    assert found(settings, "home").ok is None
    assert found(settings, "disk").ok is not None


def test_a_home_that_others_may_enter_is_a_fault(settings):
    settings.home.chmod(0o750)
    check = found(settings, "home")
    assert (check.ok, check.mend) == (False, f"chmod 700 {settings.home}")


def test_a_home_that_is_a_file_is_a_fault(settings):
    settings.home.rmdir()
    settings.home.write_text("")
    assert found(settings, "home").ok is False


@pytest.mark.parametrize(("mode", "ok"), [(0o600, True), (0o640, False), (0o604, False)])
def test_the_store_must_be_closed_to_others(settings, mode, ok):
    store(settings, mode)
    assert found(settings, "files").ok is ok


def test_the_write_ahead_log_is_looked_at_too(settings):
    store(settings)
    log = settings.home / (settings.database.name + "-wal")
    log.write_bytes(b"")
    log.chmod(0o644)
    assert log.name in found(settings, "files").text


def test_a_full_disk_is_told(settings, monkeypatch):
    monkeypatch.setattr(health, "SCARCE_BYTES", 10**18)
    assert found(settings, "disk").ok is False


def test_a_store_on_a_network_file_system_is_a_fault(settings, monkeypatch):
    monkeypatch.setattr(health, "NETWORK_FILE_SYSTEMS", {found(settings, "file system").text})
    assert found(settings, "file system").ok is False


def test_a_path_too_long_for_a_socket_is_told(settings):
    deep = msgspec.structs.replace(settings, home=settings.home / ("x" * 120))
    assert found(deep, "control socket").ok is False


def test_a_taken_port_is_told_and_a_free_one_too(settings):
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = msgspec.structs.replace(settings, port=other.getsockname()[1])
        assert found(taken, "port").ok is False
    assert found(settings, "port").ok is True


def test_a_running_hub_may_hold_its_port(settings):
    with socket.socket(socket.AF_UNIX) as control:
        control.bind(str(settings.control))
        control.listen()
        assert found(msgspec.structs.replace(settings, port=1), "port").ok is True


@pytest.fixture
def tls(settings, tmp_path):
    certificate = trustme.CA().issue_cert("localhost")
    certificate.cert_chain_pems[0].write_to_path(tmp_path / "cert.pem")
    certificate.private_key_pem.write_to_path(tmp_path / "key.pem")
    (tmp_path / "key.pem").chmod(0o600)
    return msgspec.structs.replace(
        settings, tls_port=0, tls_certificate=tmp_path / "cert.pem", tls_key=tmp_path / "key.pem"
    )


def test_certificate_and_key_must_belong_together(tls, tmp_path):
    assert found(tls, "tls").ok is True
    trustme.CA().issue_cert("other").private_key_pem.write_to_path(tmp_path / "key.pem")
    assert found(tls, "tls").ok is False


def test_a_key_that_others_may_read_is_a_fault(tls):
    tls.tls_key.chmod(0o644)
    assert found(tls, "tls").mend == f"chmod 600 {tls.tls_key}"


def test_a_clock_before_the_last_write_is_a_fault(settings):
    store(settings)
    later = settings.database.stat().st_mtime + 3600
    os.utime(settings.database, (later, later))
    assert found(settings, "clock").ok is False


def test_missing_time_zones_are_told(settings, monkeypatch):
    monkeypatch.setattr(health, "ZoneInfo", _no_zone)
    assert found(settings, "time zones").mend == "install the system package tzdata"


def _no_zone(name):
    raise health.ZoneInfoNotFoundError(name)


def test_a_missing_adapter_is_told(settings, monkeypatch):
    monkeypatch.setattr(health, "EXPECTED_ADAPTERS", {"pigeon"})
    assert "pigeon" in found(settings, "adapters").text

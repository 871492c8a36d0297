"""Secrets are read where a reference leads, and never printed."""

import os
import pickle
from pathlib import Path

import pytest

from hub_core.directory.credentials import SecretReference
from hub_core.errors import ConfigError
from hub_core.security.secrets import Secret, resolve


def test_a_secret_comes_from_the_environment() -> None:
    assert resolve(SecretReference(env="A"), {"A": "sesame"}).reveal() == "sesame"


@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_a_secret_comes_from_a_file_without_its_last_line_break(tmp_path: Path, end: str) -> None:
    path = tmp_path / "secret"
    path.write_bytes(f" se same {end}".encode())
    assert resolve(SecretReference(file=str(path))).reveal() == " se same "


def test_a_secret_is_never_printed_nor_stored() -> None:
    secret = Secret("sesame")
    assert "sesame" not in f"{secret} {secret!r} {[secret]} {secret.__class__}"
    with pytest.raises(TypeError):
        pickle.dumps(secret)


def test_a_reference_that_leads_nowhere_is_named(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    references = [
        SecretReference(env="NO_SUCH"),
        *(SecretReference(file=str(tmp_path / name)) for name in ("none", "empty", "binary")),
    ]
    for reference in references:
        with pytest.raises(ConfigError) as refused:
            resolve(reference, {})
        assert refused.value.code == "R109"
        assert refused.value.mend


def test_a_pipe_is_no_secret_and_nobody_waits_for_it(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    with pytest.raises(ConfigError, match=r"R109 .* is no file"):
        resolve(SecretReference(file=str(path)))


def test_a_file_of_several_lines_is_no_secret(tmp_path: Path) -> None:
    path = tmp_path / "lines"
    path.write_text("root:x:0\nbin:x:1\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"R109 .* control characters"):
        resolve(SecretReference(file=str(path)))

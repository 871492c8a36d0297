"""A registry set to start from."""

import pytest

from registry.sets.draft import draft_of
from registry.sets.reading import gather


def test_the_set_can_be_read_as_it_is(punte, tmp_path):
    result = punte("init", tmp_path / "registry")
    assert result.code == 0
    draft = draft_of(gather(tmp_path / "registry"), folder=tmp_path / "registry")
    assert draft.faults.findings == []
    directory = draft.directory()
    assert directory.endpoints.keys() == {"records", "seds"}
    assert {right.service for right in directory.access.values()} == {"records", "seds"}


def test_secrets_are_kept_out_of_version_control(punte, tmp_path):
    punte("init", tmp_path)
    ignored = (tmp_path / ".gitignore").read_text().split()
    assert {".punte/", "secrets/", "*.key", "*.pem"} <= set(ignored)


def test_what_is_commented_out_can_be_read_too(punte, tmp_path):
    """The examples in comments are part of the lesson: without their signs they must hold."""
    punte("init", tmp_path)
    for path in tmp_path.glob("*.yaml"):
        lines = path.read_text(encoding="utf-8").splitlines()
        opened = [line.replace("# ", "", 1) if line.startswith("  # ") and ":" in line else line for line in lines]
        text = "\n".join(opened).replace("routes: {}", "routes:")
        path.write_text(text.replace("Somebody who takes", "# Somebody who takes"), encoding="utf-8")
    draft = draft_of(gather(tmp_path), folder=tmp_path)
    assert [finding.text for finding in draft.faults.findings] == []
    assert draft.directory().routes["pension-claims"].to == ("case-system",)


@pytest.mark.parametrize("name", ["endpoints.yaml", ".gitignore"])
def test_nothing_is_overwritten(punte, tmp_path, name):
    (tmp_path / name).write_text("mine")
    result = punte("init", tmp_path)
    assert result.code == 1
    assert "W305" in result.err
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert (tmp_path / name).read_text() == "mine"


def test_a_folder_that_cannot_be_made_is_told(punte, tmp_path):
    (tmp_path / "file").write_text("")
    result = punte("init", tmp_path / "file" / "below")
    assert result.code == 1
    assert "W304" in result.err

"""What the doctor finds in the installed packages."""

import hashlib
import json
from base64 import urlsafe_b64encode
from importlib.metadata import distributions

import pytest

from registry.doctor import installation
from registry.doctor.secretfiles import secret_files


class Site:
    """A folder of installed packages."""

    def __init__(self, path):
        self.path = path

    def install(self, name, **files):
        """Write the files of a package over what is there, and what it brought into its RECORD."""
        folder = self.path / f"{name}-1.0.dist-info"
        folder.mkdir()
        (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        record = ""
        for file, text in files.items():
            (self.path / f"{file}.py").write_text(text)
            digest = urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
            record += f"{file}.py,sha256={digest},{len(text)}\n"
        (folder / "RECORD").write_text(record + f"{name}-1.0.dist-info/RECORD,,\n")

    def bring_an_adapter(self, name, **facts):
        folder = self.path / f"{name}-1.0.dist-info"
        (folder / "entry_points.txt").write_text(f"[punte.adapters]\n{name} = {name}:ADAPTER\n")
        (folder / "direct_url.json").write_text(json.dumps(facts))

    def check(self):
        return installation.packages(distributions(path=[str(self.path)]))


@pytest.fixture
def site(tmp_path):
    return Site(tmp_path)


def test_packages_that_keep_to_themselves_are_well(site):
    site.install("one", a="1")
    site.install("two", b="2")
    assert site.check().ok is True


def test_a_file_that_a_later_package_has_overwritten_is_named_with_its_owner(site):
    site.install("one", a="1", b="1")
    site.install("two", b="2")
    fact = site.check()
    assert fact.ok is False
    assert "b.py of one" in fact.text
    assert "two" not in fact.text
    assert fact.mend


def test_a_file_that_two_packages_brought_alike_harms_nobody(site):
    site.install("one", a="same")
    site.install("two", a="same")
    assert site.check().ok is True


def test_a_shared_file_that_is_gone_is_told(site):
    site.install("one", a="1")
    site.install("two", a="1")
    (site.path / "a.py").unlink()
    assert site.check().ok is False


def test_a_file_of_an_adapter_that_is_not_what_its_package_brought_is_told_with_the_mend(site):
    site.install("pension", a="1")
    site.install("other", b="1")
    site.bring_an_adapter("pension")
    for file in "ab":
        (site.path / f"{file}.py").write_text("changed")
    fact = site.check()
    assert fact.ok is False
    assert fact.text == "changed or gone since it was installed: a.py of pension"
    assert fact.mend.endswith("pension")


def test_an_adapter_that_runs_from_its_own_folder_is_named_because_nothing_of_it_can_be_compared(site):
    site.install("pension", a="1")
    site.bring_an_adapter("pension", dir_info={"editable": True})
    (site.path / "a.py").write_text("changed")
    fact = site.check()
    assert fact.ok is True
    assert "pension run from their own folder" in fact.text


def test_a_library_that_is_too_old_is_named_with_the_reason(monkeypatch):
    monkeypatch.setattr(installation, "version", lambda name: {"lxml": "5.4.0"}.get(name, "99.1.2"))
    fact = installation.versions()
    assert fact.ok is False
    assert "lxml 5.4.0: older ones resolve entities" in fact.text


def test_what_is_installed_here_is_new_enough():
    assert installation.versions().ok is not False


def test_files_of_secrets_are_closed_to_others(tmp_path):
    closed, loose = tmp_path / "closed", tmp_path / "loose"
    closed.touch(mode=0o600)
    loose.touch(mode=0o640)
    assert secret_files([closed]).ok is True
    assert secret_files([]).ok is True
    assert secret_files([closed, loose]).mend == f"chmod 600 {loose}"
    assert secret_files([tmp_path / "gone"]).ok is False

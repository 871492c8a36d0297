"""The command that writes the page of an endpoint."""

import json
import shutil
from pathlib import Path

import pytest

from hub_core.places import MAPPINGS

COUNTRY = Path(__file__).parents[3] / "hub_demo" / "country"


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder of work with a registry and one mapping."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    shutil.copytree(COUNTRY, tmp_path / "work" / "registry")
    shutil.copytree(MAPPINGS / "cnas", tmp_path / "work" / "mappings" / "cnas")
    return tmp_path / "work"


def test_a_page_is_written_without_a_hub(punte, work):
    out = work / "page.html"
    done = punte("endpoint", "page", "cnas-answers", "--from", work, "--address", "https://hub.example/", "-o", out)
    assert (done.code, done.out) == (0, "")
    assert str(out) in done.err
    shown = out.read_text(encoding="utf-8")
    assert "https://hub.example/soap/cnas-answers?wsdl" in shown
    assert "2850415123450" in shown


def test_a_page_is_printed_as_markdown(punte, work):
    done = punte("endpoint", "page", "seds", "--from", work, "--markdown")
    assert done.code == 0
    assert done.out.startswith("# Punte: seds\n")
    assert "```python" in done.out


def test_a_page_is_data_for_who_makes_another_one_of_it(punte, work):
    told = json.loads(punte("endpoint", "page", "seds", "--from", work, "--json").out)
    assert told["title"] == "Punte: seds"
    assert {"Code", "Table"} <= {block["type"] for section in told["sections"] for block in section["blocks"]}


def test_an_endpoint_that_nobody_calls_has_no_page(punte, work):
    done = punte("endpoint", "page", "anpis-cases", "--from", work)
    assert done.code == 1
    assert "nobody calls anpis-cases" in done.err

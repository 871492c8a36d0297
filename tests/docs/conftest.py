"""A running country that the documentation's commands act on."""

import io
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console

from hub_core.draft import Wanted, draft
from hub_core.places import MAPPINGS, ROOT
from hub_core.settings import Settings
from hub_demo.documents import cnas_answer
from hub_demo.population import DEFAULT_SEED, Population
from hub_demo.processes import Processes
from hub_demo.stage import Stage
from hub_demo.story import COUNTRY, raise_the_curtain


@pytest.fixture(scope="session")
def guide(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Return the environment and the placeholders of the documentation."""
    home = tmp_path_factory.mktemp("guide")
    home.chmod(0o700)
    with Processes(home / "demo", apart=False) as processes:
        stage = Stage(
            processes=processes,
            settings=Settings(home=home, port=0),
            country=Population(DEFAULT_SEED),
            console=Console(file=io.StringIO()),
        )
        raise_the_curtain(stage, DEFAULT_SEED)
        someone = stage.country.showcase[0].cnp
        body = cnas_answer(stage.country, someone, message_id="urn:docs:1")
        reply = stage.caller("cnas").post("/soap/cnas-answers", body, media_type="text/xml")
        yield stage.environment | {
            "PUNTE_HOME": str(home),
            "MESSAGE": reply.reference,
            "CNP": someone,
            "COUNTRY": str(COUNTRY),
            "NEW_MAPPING": str(_mended(home / "new" / "cnas" / "insured-person.yaml")),
            "NEW_SET": str(home / "new-set"),
            "FILES": str(stage.files / "cluj"),
            "LIST": str(_list(home / "first-hour")),
            **_own_folder(home / "own"),
            **_first_mapping(home / "first"),
            **_adapter(home / "adapter"),
        }


def _list(folder: Path) -> Path:
    """Return the list that the tutorial leaves in a folder of the country."""
    _written(ROOT / "docs" / "tutorial" / "first-hour.md", folder)
    return folder / "my-list.csv"


def _own_folder(folder: Path) -> dict[str, str]:
    """Return the placeholders of the page about contracts."""
    _written(ROOT / "docs" / "how-to" / "start-from-a-contract.md", folder)
    contract, finished = folder / "contract" / "Cases.wsdl", folder / "finished"
    place = finished / "schemas" / "partners" / "cases"
    place.mkdir(parents=True)
    shutil.copy(contract, place)
    return {"WSDL": str(contract), "DRAFT": str(folder / "draft"), "FINISHED": str(finished)}


def _first_mapping(folder: Path) -> dict[str, str]:
    """Return the placeholders of the tutorial; the finished folder has the schema that the draft made."""
    _written(ROOT / "docs" / "tutorial" / "first-mapping.md", folder)
    made = draft(Wanted(contract=folder / "answer.json", id="town.benefits/1"))
    (schema,) = (name for name in made.files if name.startswith("schemas/"))
    (folder / "town" / schema).parent.mkdir(parents=True)
    (folder / "town" / schema).write_bytes(made.files[schema])
    names = {"ANSWER": "answer.json", "RECORD": "record.json", "TOWN": "town", "DRAFT_OF_TOWN": "draft"}
    return {key: str(folder / name) for key, name in names.items()}


def _adapter(folder: Path) -> dict[str, str]:
    """Return the placeholders of the page about adapters: its package as it is written there."""
    _written(ROOT / "docs" / "how-to" / "write-an-adapter.md", folder / "written")
    return {"NEW_ADAPTER": str(folder / "new"), "REGISTER": str(folder / "written")}


def _written(page: Path, folder: Path) -> None:
    """Write the files that a page shows, each block under the name beside it."""
    for name, text in re.findall(r"```\w+ file (\S+)\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


def _mended(path: Path) -> Path:
    """Write a copy of a shipped mapping that knows one more word for an open end."""
    path.parent.mkdir(parents=True)
    text = (MAPPINGS / "cnas" / "insured-person.yaml").read_text(encoding="utf-8")
    path.write_text(text.replace("absent: [open, ", "absent: [open, NEDETERMINAT, "), encoding="utf-8")
    return path

"""A running country that the documentation's commands act on."""

import io
from collections.abc import Iterator

import pytest
from rich.console import Console

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
    with Processes(home / "demo") as processes:
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
            "NEW_SET": str(home / "new-set"),
        }

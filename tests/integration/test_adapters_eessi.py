"""Real SEDs through the real front."""

import json
from pathlib import Path

import pytest

from adapters.eessi import ADAPTER
from hub_core.directory import Direction, Endpoint
from hub_core.playing.wire import exchange, request_bytes, serving
from hub_core.testing.adapter.services import INSTITUTION, MemoryServices

pytestmark = [pytest.mark.network, pytest.mark.shared]


async def answers(paths: list[Path]) -> list[tuple[int, dict, str]]:
    """Post files one after the other; return status, body and reference of each answer."""
    endpoint = Endpoint(
        institution=INSTITUTION, direction=Direction.IN, adapter="eessi", service="seds", message_id="header"
    )
    services = MemoryServices(ADAPTER, {"seds": endpoint})
    found = []
    async with serving(ADAPTER.front(services)) as port:
        for path in paths:
            headers = {
                "Punte-Key": services.key,
                "Content-Type": "application/json",
                "Idempotency-Key": path.name.replace(" ", "_"),
            }
            answered = await exchange(port, request_bytes("/eessi/seds", path.read_bytes(), headers))
            found.append((answered.status, json.loads(answered.body), answered.reference))
    return found


async def test_every_real_sed_is_accepted_with_a_receipt(shared: Path) -> None:
    paths = sorted((shared / "eessi" / "sed").rglob("*.json"))
    assert len(paths) == 84
    for status, receipt, reference in await answers(paths):
        assert (status, receipt) == (202, {"id": reference, "state": "accepted", "findings": []})


async def test_what_does_not_parse_is_refused_with_line_and_column(shared: Path) -> None:
    paths = sorted((shared / "eessi" / "unparseable").iterdir())
    told = [(status, problem["code"], problem["detail"]) for status, problem, _ in await answers(paths)]
    assert told == [
        (400, "B103", "a key in double quotes expected, line 23, column 1"),
        (400, "B103", "a key in double quotes expected, line 87, column 1"),
    ]


@pytest.mark.parametrize("folder", ["case", "event", "attachment", "codes", "dc4eu"])
async def test_other_real_documents_are_refused_as_no_sed(shared: Path, folder: str) -> None:
    for status, problem, reference in await answers(sorted((shared / "eessi" / folder).iterdir())):
        assert (status, problem["code"], problem["reference"]) == (422, "V301", reference)
        assert problem["detail"].startswith("not a SED")

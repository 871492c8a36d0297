"""The stage for tests of deliveries."""

from datetime import timedelta

import pytest

from hub_core.journal.database import Database
from tests.unit.delivering.staging import Scene


@pytest.fixture
async def stage(tmp_path):
    """Return a function that starts a scene; all are stopped at the end."""
    with Database(tmp_path / "journal.sqlite3") as database:
        scenes = []

        async def start(targets, **limits):
            scene = Scene(database, targets, **limits)
            await scene.deliverer.start()
            scenes.append(scene)
            return scene

        yield start
        for scene in scenes:
            await scene.deliverer.stop(timedelta(seconds=0))

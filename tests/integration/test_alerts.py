"""Every alert that is shipped: quiet on a hub that is well, fired by the trouble that it is for."""

import asyncio
import re
import shutil
import sqlite3
import urllib.error
import urllib.request
from datetime import timedelta

import pytest
import yaml

from hub_core.accepting.admission import Admission
from hub_core.directory import Direction, Directory, Endpoint
from hub_core.errors import TryLater
from hub_core.message import DeliveryState, Finding, Severity, State
from hub_core.places import ROOT
from hub_core.ports import Run
from hub_core.settings import Settings
from hub_core.testing.builders import NOW, FrozenClock, a_message, an_outcome
from hub_core.testing.journal.base import claim, ended, keep
from hub_core.testing.prometheus import rule, samples
from registry.figures import figures
from registry.parts import Parts

UP = ("up", (("job", "punte"),))
FILE = yaml.safe_load((ROOT / "deploy" / "punte-rules.yml").read_text(encoding="utf-8"))
RULES = {it["alert"]: it for it in FILE["groups"][0]["rules"]}


class Scene:
    """The parts of a hub on a store of its own, and what it shows to Prometheus."""

    def __init__(self, home):
        home.mkdir(mode=0o700)
        self.home = home
        self.parts = Parts(Settings(home=home), write=True)
        self.clock = self.parts.__dict__["clock"] = FrozenClock()
        self.parts.serving = True
        self.admission = Admission(1_000_000, lag=lambda: self.parts.database.lag)
        self.journal = self.parts.journal

    def scrape(self):
        return samples(figures(self.parts, self.admission).decode()) | {UP: 1.0}

    async def settle(self, state, **facts):
        await keep(self.journal)
        (claimed,) = await claim(self.journal)
        await self.journal.settle(ended(claimed, state, **facts))

    async def ran(self, job, **facts):
        await self.journal.begin_run(job, at=NOW, every=timedelta(hours=1))
        await self.journal.end_run(Run(job=job, begun_at=NOW, ended_at=NOW, **facts))


@pytest.fixture
def scene(tmp_path):
    scene = Scene(tmp_path / "home")
    yield scene
    scene.parts.close()


async def down(scene):
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen("http://127.0.0.1:9/metrics", timeout=5)  # noqa: ASYNC210 - nobody listens
    return {UP: 0.0}


async def store_not_readable(scene):
    scene.scrape()
    scene.parts.database.readers.close()
    for file in scene.home.glob("punte.sqlite3*"):
        file.write_bytes(b"no database" * 1000)


async def store_not_written(scene):
    scene.journal  # noqa: B018 - opens it
    (scene.home / "punte.sqlite3").rename(scene.home / "elsewhere")


async def defect(scene):
    message = a_message()
    finding = Finding(code="D302", severity=Severity.ERROR, text="unexpected failure")
    await scene.journal.record(message, an_outcome(message, state=State.PARKED, findings=(finding,), record=None))


async def parked(scene):
    await scene.settle(DeliveryState.PARKED, code="D201")


async def in_doubt(scene):
    await scene.settle(DeliveryState.IN_DOUBT, code="D104")


async def late(scene):
    await keep(scene.journal)
    scene.clock.advance(timedelta(seconds=901))


async def endpoint_broken(scene):
    endpoint = Endpoint(institution="i", direction=Direction.OUT, adapter="rest", service="s", url="http://x/")
    scene.parts.gates.keep_only(Directory(endpoints={"there": endpoint}))
    for _ in range(5):
        began = scene.parts.gates.begin("there")
        scene.parts.gates.end("there", TryLater("D101", "not reachable"), began=began)


async def turned_away(scene):
    for _ in range(101):
        await scene.parts.hub.turn_away(endpoint="here", code="A401")


async def refusing(scene):
    endpoint = Endpoint(institution="i", direction=Direction.IN, adapter="rest", service="s")
    scene.parts.in_force(Directory(number=1, endpoints={"cnas-in": endpoint}))
    finding = Finding(code="M201", severity=Severity.ERROR, text="required value missing")
    messages = [a_message() for _ in range(20)]
    refused = [an_outcome(it, state=State.REFUSED, findings=(finding,), record=None) for it in messages]
    await asyncio.gather(*map(scene.journal.record, messages, refused))


async def busy(scene):
    scene.place = scene.admission.admit("ro.cnas", 900_000)
    scene.place.__enter__()


async def store_slow(scene):
    other = sqlite3.connect(scene.home / "punte.sqlite3", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    scene.waits = asyncio.ensure_future(keep(scene.journal))
    await asyncio.sleep(1.2)
    shown = await asyncio.to_thread(scene.scrape)
    other.rollback()
    other.close()
    await scene.waits
    return shown


async def certificate_ends(scene):
    await scene.ran("certificates", figures={"there": 20.9})


async def job_found_something(scene):
    await scene.ran("contracts", code="R404")


async def job_late(scene):
    await scene.ran("purge")
    scene.clock.advance(timedelta(days=2, seconds=1))


TROUBLE = {
    "PunteDown": down,
    "PunteStoreNotReadable": store_not_readable,
    "PunteStoreNotWritten": store_not_written,
    "PunteDefect": defect,
    "PunteParked": parked,
    "PunteInDoubt": in_doubt,
    "PunteLate": late,
    "PunteEndpointBroken": endpoint_broken,
    "PunteTurnedAway": turned_away,
    "PunteRefusing": refusing,
    "PunteBusy": busy,
    "PunteStoreSlow": store_slow,
    "PunteCertificateEnds": certificate_ends,
    "PunteJobFoundSomething": job_found_something,
    "PunteJobLate": job_late,
}


def firing(now, before):
    return {name for name, it in RULES.items() if rule(it["expr"]).fires(now, before)}


async def test_a_hub_that_is_well_fires_nothing(scene):
    await scene.settle(DeliveryState.SENT)
    await scene.ran("certificates", figures={"there": 300.0})
    before = scene.scrape()
    assert firing(scene.scrape(), before) == set()


@pytest.mark.parametrize("alert", TROUBLE)
async def test_an_alert_is_fired_by_its_trouble(alert, scene):
    before = scene.scrape()
    assert alert not in firing(before, before)
    shown = await TROUBLE[alert](scene)
    assert alert in firing(shown or await asyncio.to_thread(scene.scrape), before)


async def test_a_doubt_fires_its_own_alert_alone_however_long_it_waits(scene):
    before = scene.scrape()
    await in_doubt(scene)
    scene.clock.advance(timedelta(days=1))
    assert firing(scene.scrape(), before) == {"PunteInDoubt"}


def test_a_disk_that_fills_fires_its_alert(scene, monkeypatch):
    before = scene.scrape()
    full = shutil.disk_usage(scene.home)._replace(free=999_999_999)
    monkeypatch.setattr("shutil.disk_usage", lambda _: full)
    assert firing(scene.scrape(), before) == {"PunteDiskAlmostFull"}


def test_every_alert_has_its_trouble_here():
    assert RULES.keys() == TROUBLE.keys() | {"PunteDiskAlmostFull"}


@pytest.mark.parametrize("alert", RULES)
def test_an_alert_leads_to_a_runbook_that_says_what_to_do(alert):
    page = (ROOT / RULES[alert]["annotations"]["runbook"]).read_text(encoding="utf-8")
    assert re.findall(r"^## (.*)$", page, re.MULTILINE) == [
        "What it means",
        "What to do",
        "How you know that it is over",
    ]
    assert "`punte " in page
    assert RULES[alert]["labels"]["severity"] in {"page", "ticket"}

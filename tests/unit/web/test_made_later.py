"""The part of the hub that no message needs is made beside it."""

import asyncio
import threading

from hub_web.app import MadeLater


async def nothing(*_):
    raise AssertionError


def made_by(makers):
    async def app(scope, _receive, _send):
        scope["seen"].append("called")

    def make():
        makers.append(threading.current_thread())
        return app

    return make


async def test_nobody_makes_it_before_it_is_asked_for():
    makers = []
    MadeLater(made_by(makers))
    await asyncio.sleep(0)
    assert makers == []


async def test_callers_before_and_after_get_the_same_made_once_in_another_thread():
    makers, seen = [], []
    app = MadeLater(made_by(makers))
    await asyncio.gather(*(app({"seen": seen}, nothing, nothing) for _ in range(3)))
    await app.make()
    await app({"seen": seen}, nothing, nothing)
    assert seen == ["called"] * 4
    assert len(makers) == 1
    assert makers != [threading.main_thread()]


async def test_a_caller_who_leaves_takes_it_from_nobody():
    makers, seen = [], []
    app = MadeLater(made_by(makers))
    leaving = asyncio.create_task(app({"seen": []}, nothing, nothing))
    await asyncio.sleep(0)
    leaving.cancel()
    await app({"seen": seen}, nothing, nothing)
    assert (len(makers), seen) == (1, ["called"])

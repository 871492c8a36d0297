"""A file whose store cannot be read in the moment in which it is told of is found as soon as it can."""

import asyncio
import threading

from hub_core.accepting import splitting
from hub_core.accepting.splitting import Splitter
from hub_core.errors import TryLater


class Away:
    """A store that cannot be read the first time."""

    def __init__(self):
        self.times = 0
        self.threads = set()
        self.asked_for = asyncio.Event()
        self.loop = asyncio.get_running_loop()

    def unsplit(self):
        self.times += 1
        self.threads.add(threading.current_thread())
        if self.times == 1:
            raise TryLater("J503", "away")
        return ["file"]

    def whole(self, _):
        self.loop.call_soon_threadsafe(self.asked_for.set)
        raise TryLater("J503", "away")


async def test_a_store_that_is_away_when_a_file_is_told_of_is_asked_again(monkeypatch):
    monkeypatch.setattr(splitting, "_PAUSE", 0.01)
    view = Away()
    splitter = Splitter(None, journal=None, view=view, adapters={}, directory_of=None, clock=None)
    splitter.wake()
    async with asyncio.timeout(10):
        await view.asked_for.wait()
    await splitter.stop()
    assert threading.main_thread() not in view.threads

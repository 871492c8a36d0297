"""Replays: whatever came in by an adapter can be judged again from the kept bytes, and comes out the same."""

from pathlib import Path

from hub_core.accepting.judging import Judge
from hub_core.clock import new_id
from hub_core.directory import Directory
from hub_core.journal.database import Database
from hub_core.journal.engines.sqlite import Sqlite
from hub_core.journal.store import SqlJournal
from hub_core.journal.whole import message_of
from hub_core.mapping import MappingSet
from hub_core.testing.adapter.base import LIMIT, AdapterSuite
from hub_core.testing.builders import FrozenClock, a_message, a_vault


class Replayed(AdapterSuite):
    """``open`` and ``validate``, on bytes that a journal kept."""

    async def test_what_was_kept_is_judged_again_the_same(self, tmp_path: Path) -> None:
        name = self.adapter.spec.name
        judge = Judge(
            mappings=lambda: MappingSet([]), adapters={name: self.adapter}, clock=FrozenClock(), new_id=new_id
        )
        directory = Directory(number=1, endpoints={"here": self.endpoint()})
        with Database(Sqlite(tmp_path / "journal.sqlite")) as database:
            journal = SqlJournal(database, a_vault())
            small = [body for body, _ in self.faulty.values() if len(body) < LIMIT]
            for body in (self.good, self.other, *small):
                message = a_message(endpoint="here", body=body)
                first = judge.judge(message, judge.open("here", body, directory), directory)
                await journal.record(message, first)
                kept = message_of(journal, message.id)
                again = judge.judge(kept, judge.open("here", kept.body, directory), directory)
                assert (kept, again) == (message, first)

"""A process that listens until it is killed, and says when it leads; see ``test_journal_nodes``."""

import sys
import time

from hub_core.journal.database import Database
from hub_core.journal.engines.postgresql import Postgresql

if __name__ == "__main__":
    with Database(Postgresql(sys.argv[1])) as database:
        database.listen(lambda _: None)
        while not database.leads:
            time.sleep(0.02)
        sys.stdout.write("leads\n")
        sys.stdout.flush()
        time.sleep(600)

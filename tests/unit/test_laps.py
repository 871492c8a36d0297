"""How long a start took is counted from the moment at which the system made the process."""

import subprocess
import sys
import time

from hub_core.laps import Laps

CHILD = "import time; time.sleep(0.2); from hub_core.laps import Laps; laps = Laps(); laps.end('x'); print(laps.facts()['ms'])"


def test_what_passed_before_anything_of_ours_was_loaded_counts():
    begun = time.monotonic()
    told = int(subprocess.run([sys.executable, "-c", CHILD], capture_output=True, check=True, timeout=60).stdout)
    assert 200 <= told <= (time.monotonic() - begun) * 1000 + 10  # the system's tick


def test_the_whole_is_the_sum_of_the_steps_in_their_order():
    laps = Laps()
    laps.end("loading")
    time.sleep(0.05)
    laps.end("journal")
    facts = laps.facts()
    assert list(facts) == ["ms", "ms_loading", "ms_journal"]
    assert facts["ms"] == facts["ms_loading"] + facts["ms_journal"]
    assert 50 <= facts["ms_journal"] < 1000

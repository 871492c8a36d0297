"""Does a hub run here, and does it answer?"""

from hub_core.settings import Settings
from registry.doctor.fact import Fact
from registry.remote import remote_desk


def hub(settings: Settings) -> Fact:
    """Say whether a hub runs in this home and answers; whether one should run, the doctor cannot know."""
    found = remote_desk(settings.control)
    if found is None and settings.address.exists():
        return Fact(False, "it ended without being told to", "see the end of its log, then start it: punte serve")
    if found is None:
        return Fact(None, "it does not run", "start it: punte serve")
    if not found.answers():
        mend = "see the end of its log; then end it (kill -9) and start it again: nothing that was accepted is lost"
        return Fact(False, "it runs and does not answer", mend)
    return Fact(True, f"it runs; its address stands in {settings.address}")

"""``punte serve``: loads nothing but the hub, whose senders wait while it starts."""

import gc
import sys

from hub_core.settings import from_environment


def serve() -> None:
    """Run the hub until Ctrl+C or SIGTERM.

    Settings come from the environment: PUNTE_HOME, PUNTE_PORT and the others of docs/reference/settings.md.
    """
    gc.disable()  # what is loaded now stays: looking for garbage in it is a fifth of the start. Once it runs: on again.
    from hub_web.serve import main

    settings = from_environment()
    print(f"the hub starts; its state lies in {settings.home}; Ctrl+C stops it", file=sys.stderr)
    main(settings)

"""What a hub loads before its first message: senders wait for it after every restart."""

import subprocess
import sys

#: Each takes 0.05 s to 0.3 s to load, and no message that comes in needs it.
LATER = {"aiohttp", "apscheduler", "fastapi", "prometheus_client", "psycopg", "pydantic", "rich", "typer", "zeep"}
LOADED = """
import sys
import cli, cli.commands.serving, hub_web.serve
from adapters.kit.load import load_adapters
load_adapters()
print(*{name.partition(".")[0] for name in sys.modules})
"""


def test_a_hub_starts_without_what_no_message_needs() -> None:
    done = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, check=True, timeout=60)
    loaded = set(done.stdout.split())
    assert "uvicorn" in loaded
    assert loaded & LATER == set()

"""The hub as its real process: state of its own, a registry set, a key, ``punte serve``."""

import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from tests.bench.kept import ANSWER, kept_files
from tests.bench.load import ROOT, Target, running

REGISTRY: Final = Path(__file__).parent / "registry"
_PUNTE: Final = (sys.executable, "-m", "cli")
_START_SECONDS: Final = 30


@contextmanager
def hub(home: Path, *, core: int) -> Iterator[tuple[Target, str]]:
    """Run a hub whose state lies in ``home``; give its inbound endpoint and the key for it."""
    environ = {"PUNTE_HOME": str(home), "PUNTE_PORT": "0", "PUNTE_LOG_LEVEL": "WARNING"}
    _punte("apply", str(REGISTRY), environ=environ)
    mapping = home / Path(ANSWER).name
    mapping.write_bytes(kept_files()[ANSWER])
    _punte("mapping", "promote", str(mapping), "--reason", "keep what the yardsticks keep", environ=environ)
    key = _punte("key", "new", "bench", "--institution", "cnas", environ=environ)["key"]
    log = home / "bench.log"
    with running([*_PUNTE, "serve"], core=core, log=log, environ=environ) as process:
        address = _address(home / "address", process, log)
        # The console is loaded beside the first messages of a hub's life; what is measured is the rest of it.
        urllib.request.urlopen(f"{address}/health/live", timeout=_START_SECONDS).close()  # noqa: S310 - our own hub
        yield Target(name="hub", url=f"{address}/soap/bench", pid=process.pid, database=home / "punte.sqlite3"), key


# Any: JSON.
def _punte(*arguments: str, environ: dict[str, str]) -> Any:
    """Run one command of ours and return what it prints as JSON."""
    done = subprocess.run(
        [*_PUNTE, *arguments, "--json"], env={**os.environ, **environ}, cwd=ROOT, capture_output=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"punte {arguments[0]}: {done.stderr.decode(errors='replace').strip()}")
    return json.loads(done.stdout)


def _address(file: Path, process: subprocess.Popen[bytes], log: Path) -> str:
    deadline = time.monotonic() + _START_SECONDS
    while not file.exists():
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"punte serve did not start: {log.read_text(encoding='utf-8', errors='replace')}")
        time.sleep(0.05)
    return file.read_text(encoding="utf-8").strip()

"""Run one agency: ``python -m hub_demo.agencies dgep --port 0``.

When it is ready, one JSON line stands on standard output: ``{"agency": ..., "url": ..., "wsdl": ...}``; the queue has
no ``wsdl``.
"""

import argparse
import json
import os
import sys

from hub_demo.agencies import GUARDED, NAMES, QUEUE, open_agency
from hub_demo.agencies.itm import PATH, Itm, QueueApp
from hub_demo.agencies.server import AgencyApp, App, Quirks, listen, serve, stop_quietly, url_of
from hub_demo.population import DEFAULT_SEED, DEFAULT_SIZE, Population

SHUT = (*GUARDED, QUEUE)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m hub_demo.agencies", description="Run one simulated agency.")
    parser.add_argument("agency", choices=(*NAMES, QUEUE))
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1; 0 takes a free one")
    parser.add_argument("--seed", type=int, default=DEFAULT_SEED, help="which country; the same for all agencies")
    parser.add_argument("--size", type=int, default=DEFAULT_SIZE, help="how many people live in it")
    parser.add_argument(
        "--password",
        help=f"what callers of {' and '.join(SHUT)} must show; better given as DEMO_<AGENCY>_PASSWORD",
    )
    parser.add_argument("--latency", type=float, default=0.0, help="seconds before each answer")
    parser.add_argument("--fault-rate", type=float, default=0.0, help="share of calls that fail, 0 to 1")
    parser.add_argument("--silent", action="store_true", help="take calls and never answer them")
    return parser.parse_args()


def main() -> int:
    """Serve until told to stop; return the exit code."""
    asked = _arguments()
    password = asked.password or os.environ.get(f"DEMO_{asked.agency.upper()}_PASSWORD", "")
    if asked.agency in SHUT and not password:
        print(f"set DEMO_{asked.agency.upper()}_PASSWORD or give --password", file=sys.stderr)
        return 2
    stop_quietly()
    population, quirks = Population(asked.seed, asked.size), Quirks(asked.latency, asked.fault_rate, asked.silent)
    with listen(asked.port) as listener:
        if asked.agency == QUEUE:
            ready = {"agency": QUEUE, "url": url_of(listener, PATH)}
            app: App = QueueApp(Itm(population), password, quirks)
        else:
            agency = open_agency(asked.agency, population, password)
            url = url_of(listener, agency.path)
            ready = {"agency": agency.name, "url": url, "wsdl": f"{url}?wsdl"}
            app = AgencyApp(agency, url, quirks)
        print(json.dumps(ready), flush=True)
        serve(app, listener)
    return 0


if __name__ == "__main__":
    sys.exit(main())

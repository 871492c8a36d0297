"""The simulated agencies over one population: five SOAP servers, each with a dialect of its own, and a queue."""

from collections.abc import Callable
from typing import Final

from hub_demo.agencies.anaf import Anaf
from hub_demo.agencies.anofm import Anofm
from hub_demo.agencies.anpis import Anpis
from hub_demo.agencies.cnas import Cnas
from hub_demo.agencies.dgep import Dgep
from hub_demo.agencies.soap import Agency
from hub_demo.population import Population

OPEN: Final[dict[str, Callable[[Population], Agency]]] = {"anpis": Anpis, "anofm": Anofm, "anaf": Anaf}
GUARDED: Final[dict[str, Callable[[Population, str], Agency]]] = {"dgep": Dgep, "cnas": Cnas}
NAMES: Final = ("dgep", "cnas", "anpis", "anofm", "anaf")
QUEUE: Final = "itm"


def open_agency(name: str, population: Population, password: str = "") -> Agency:
    """Return the agency ``name``; those in ``GUARDED`` need the password that their callers must show.

    Raises:
        ValueError: no such agency, or a guarded one without a password.
    """
    if name in OPEN:
        return OPEN[name](population)
    if name not in GUARDED:
        raise ValueError(f"no agency of this name; there are {', '.join(NAMES)}")
    if not password:
        raise ValueError(f"{name} needs the password of its callers")
    return GUARDED[name](population, password)

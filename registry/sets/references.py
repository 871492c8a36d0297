"""Addresses that differ from machine to machine.

An address may be written ``url: env:NAME``: the same files then work in test and in production, and in the demo, whose
agencies listen on whatever ports are free. The reference stays in the registry set and in every plan. It is followed
when an endpoint is checked and when it is opened: a changed variable counts from the next start of the hub, and
looking at an old set needs no variable at all. Secrets are references, too; see ``hub_core.security.secrets``.
"""

import re
from collections.abc import Mapping
from typing import Final

import msgspec

from hub_core.directory import Endpoint
from hub_core.errors import ConfigError

LEADS_NOWHERE: Final = "R109"
ENV: Final = "env:"
NAME: Final = r"[A-Za-z_][A-Za-z0-9_]{0,99}"
URL: Final = r"(https?|sftp)://[^\s/@?#]+(/[^\s@]*)?"


def followed(endpoint: Endpoint, environ: Mapping[str, str]) -> Endpoint:
    """Return an endpoint whose ``url`` is the address itself.

    Raises:
        ConfigError: R109, the variable is not set or holds no address.
    """
    if endpoint.url is None or not endpoint.url.startswith(ENV):
        return endpoint
    name = endpoint.url.removeprefix(ENV)
    value = environ.get(name, "").strip()
    if not re.fullmatch(URL, value):
        state = "holds no address" if value else "is not set"
        mend = f"set {name} to an address such as https://host/path"
        raise ConfigError(LEADS_NOWHERE, f"the environment variable {name} {state}", where="url", mend=mend)
    return msgspec.structs.replace(endpoint, url=value)

"""Addresses that differ from machine to machine.

An address may be written ``url: env:NAME``: the same files then work in test and in production, and in the demo, whose
agencies listen on whatever ports are free. The reference stays in the registry set and in every plan. It is followed
when an endpoint is checked and when it is opened: a changed variable counts from the next start of the hub, and
looking at an old set needs no variable at all. Secrets are references, too; see ``hub_core.security.secrets``.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Final

import msgspec

from hub_core.directory import Endpoint
from hub_core.errors import ConfigError

LEADS_NOWHERE: Final = "R109"
ENV: Final = "env:"
NAME: Final = r"[A-Za-z_][A-Za-z0-9_]{0,99}"
URL: Final = r"(https?|sftp)://[^\s/@?#]+(/[^\s@]*)?"


def variables_of(endpoint: Endpoint) -> Iterator[str]:
    """Yield the variables that its addresses lead to."""
    login = endpoint.credentials.login if endpoint.credentials is not None else None
    for address in (endpoint.url, login):
        if address is not None and address.startswith(ENV):
            yield address.removeprefix(ENV)


def followed(endpoint: Endpoint, environ: Mapping[str, str]) -> Endpoint:
    """Return an endpoint whose ``url`` is the address itself, and so is the ``login`` of its credentials.

    Raises:
        ConfigError: R109, a variable is not set or holds no address.
    """
    if not any(variables_of(endpoint)):
        return endpoint
    credentials = endpoint.credentials
    if credentials is not None and credentials.login is not None:
        there = _address(credentials.login, environ, "credentials")
        credentials = msgspec.structs.replace(credentials, login=there)
    url = None if endpoint.url is None else _address(endpoint.url, environ, "url")
    return msgspec.structs.replace(endpoint, url=url, credentials=credentials)


def _address(said: str, environ: Mapping[str, str], where: str) -> str:
    if not said.startswith(ENV):
        return said
    name = said.removeprefix(ENV)
    value = environ.get(name, "").strip()
    if not re.fullmatch(URL, value):
        state = "holds no address" if value else "is not set"
        mend = f"set {name} to an address such as https://host/path"
        raise ConfigError(LEADS_NOWHERE, f"the environment variable {name} {state}", where=where, mend=mend)
    return value

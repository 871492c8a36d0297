"""References to what a registry file must not or cannot hold: secrets, and addresses that differ by machine.

A secret is ``{env: NAME}`` or ``{file: PATH}``. An address may be written ``url: env:NAME``: the same files then work
in test and production, and in the demo, whose agencies listen on whatever ports are free. The reference stays in the
registry set and in every plan; it is followed when an endpoint is checked and when it is opened, so that a changed
variable counts from the next start of the hub and looking at an old set needs no variable at all.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import msgspec

from hub_core.directory import Endpoint, SecretReference
from hub_core.errors import ConfigError

LEADS_NOWHERE: Final = "R109"
ENV: Final = "env:"
NAME: Final = r"[A-Za-z_][A-Za-z0-9_]{0,99}"
URL: Final = r"https?://[^\s/@?#]+(/[^\s@]*)?"
MAX_SECRET_BYTES: Final = 64_000


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


def secret(reference: SecretReference, environ: Mapping[str, str]) -> str:
    """Return the secret that a reference leads to; of a file its text without the last line break.

    Raises:
        ConfigError: R109, naming the variable or file, never what it holds.
    """
    if reference.file is not None:
        return _of_file(Path(reference.file))
    value = environ.get(reference.env or "", "")
    if not value:
        mend = f"set {reference.env} in the environment of the hub"
        raise ConfigError(LEADS_NOWHERE, f"the environment variable {reference.env} is not set", mend=mend)
    return value


def _of_file(path: Path) -> str:
    mend = f"create {path}, readable for the hub only"
    try:
        with path.open("rb") as stream:
            body = stream.read(MAX_SECRET_BYTES)
    except OSError as error:
        raise ConfigError(LEADS_NOWHERE, f"{path} cannot be read: {error.strerror}", mend=mend) from error
    try:
        text = body.decode().removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError as error:
        raise ConfigError(LEADS_NOWHERE, f"{path} is not UTF-8 text", mend=mend) from error
    if not text:
        raise ConfigError(LEADS_NOWHERE, f"{path} is empty", mend=mend)
    return text

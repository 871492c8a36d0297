"""Checks of how an endpoint shows who the hub is: its credentials, and addresses that must hold none."""

import re
from typing import Final

from hub_core.directory import Direction, Endpoint
from hub_core.directory.credentials import Credentials
from hub_core.typed import MISSING_FIELD, SECRET_AS_VALUE
from hub_core.yaml import Node
from registry.sets.ground import Ground, Place
from registry.sets.references import ENV, NAME, URL

OVER_SSH: Final = frozenset({"ssh-key", "password"})
OVER_HTTP: Final = rf"(?!sftp){URL}"
LOGIN: Final = "client-credentials"
#: By kind of credentials, the fields that it needs.
NEEDED: Final[dict[str, tuple[str, ...]]] = dict.fromkeys(("basic", "username-token", *OVER_SSH), ("user",)) | {
    "header": ("header",),
    LOGIN: ("user", "login"),
}


def check_address(ground: Ground, said: str, node: Node, example: str, *, form: str = URL) -> None:
    """Add a fault where this is no address that may stand in a registry file, nor the name of a variable."""
    if re.match(r"(https?|sftp)://[^/]*@", said):
        mend = "take user and password out of the address and write credentials: with secret: {env: NAME}"
        ground.fault(node, "the address holds a user or a secret", mend, SECRET_AS_VALUE)
    elif not re.fullmatch(f"{ENV}{NAME}|{form}", said):
        ground.fault(node, "this is no address", f"write {example}, or env:NAME")


def check_credentials(ground: Ground, endpoint: Endpoint, at: Place) -> None:
    """Add the faults of the credentials of one endpoint, where it has some."""
    credentials = endpoint.credentials
    if credentials is None:
        return
    called = endpoint.direction is Direction.IN and endpoint.poll is None
    if called and (credentials.kind != "username-token" or endpoint.adapter != "soap"):
        text = "callers of the hub show a key, or a user name token where the adapter is soap"
        ground.fault(at("credentials"), text, "remove it, or write kind: username-token")
    if credentials.kind == "block" and not endpoint.header:
        text = "credentials of kind block are shown by the templates of header"
        ground.fault(at("credentials"), text, "add header: with {user} and {secret}", MISSING_FIELD)
    adapter = ground.adapters.get(endpoint.adapter)
    if credentials.kind in OVER_SSH and adapter is not None and "sftp" not in adapter.spec.schemes:
        text = f"credentials of kind {credentials.kind} are for folders over SFTP"
        ground.fault(at("credentials", "kind"), text, f"write one that the adapter {endpoint.adapter} names")
    for needed in NEEDED.get(credentials.kind, ()):
        if getattr(credentials, needed) is None:
            text = f"credentials of kind {credentials.kind} need {needed!r}"
            ground.fault(at("credentials"), text, f"add {needed}: ...", MISSING_FIELD)
    _check_login(ground, credentials, at)
    if (credentials.secret.env is None) == (credentials.secret.file is None):
        text = "a secret lies in one place, env or file"
        ground.fault(at("credentials", "secret"), text, "write {env: NAME} or {file: PATH}")


def _check_login(ground: Ground, credentials: Credentials, at: Place) -> None:
    plain = Credentials(kind=credentials.kind, secret=credentials.secret)
    for field in ("login", "login_by", "scope"):
        if credentials.kind != LOGIN and getattr(credentials, field) != getattr(plain, field):
            text = f"{field!r} has no effect with kind: {credentials.kind}"
            ground.fault(at("credentials", field), text, f"remove it, or write kind: {LOGIN}")
    if credentials.login is not None:
        check_address(ground, credentials.login, at("credentials", "login"), "https://host/path", form=OVER_HTTP)

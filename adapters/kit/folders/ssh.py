"""Connections over SSH: to the one server whose key is registered, with the one key or password that is registered.

Nothing of this machine's user counts: no configuration, no known hosts, no agent, no key that lies about.
"""

import asyncio
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, Final
from urllib.parse import unquote

import asyncssh
import msgspec

from hub_core.directory import Endpoint
from hub_core.directory.credentials import Credentials
from hub_core.directory.policy import Steps
from hub_core.errors import ConfigError, TryLater
from hub_core.security.secrets import resolve, resolve_pem

ADDRESS: Final = r"sftp://([A-Za-z0-9._-]+)(?::([0-9]{1,5}))?(/[!-~]*)"
#: Kinds of keys that a server may show, and the algorithms of each; none that rests on SHA-1.
KINDS: Final = ("ed25519", "ecdsa", "rsa")
_ALGORITHMS: Final = {"ed25519": "ssh-ed25519", "ecdsa": "ecdsa-sha2-nistp*", "rsa": "rsa-sha2-*"}
_HOME: Final = "/~/"  # of the account, draft-ietf-secsh-scp-sftp-ssh-uri-04, section 2.2
_PORT: Final = 22
_SAID: Final[dict[type[asyncssh.Error], str]] = {
    asyncssh.ConnectionLost: "the connection was lost",
    asyncssh.KeyExchangeFailed: "no way to agree on keys is common to both",
    asyncssh.SFTPConnectionLost: "the connection was lost",
    asyncssh.SFTPNoSpaceOnFilesystem: "the device is full there",
    asyncssh.SFTPNoSuchFile: "there is no such folder or file",
    asyncssh.SFTPNoSuchPath: "there is no such folder or file",
}
_ALIVE: Final = 15  # seconds between looks whether the other side still answers
#: Password: asked for at once, or after a question (RFC 4252, section 8; RFC 4256).
_WAYS: Final = {"ssh-key": "publickey", "password": "password,keyboard-interactive"}


class Server(msgspec.Struct, frozen=True, kw_only=True):
    """One server, and who the hub is there.

    Attributes:
        path: of the agreed folder; relative to the account's own folder unless it begins with a slash.
        host_keys: fingerprints of the keys that the server may show.
        options: gives those of ``asyncssh.connect``: user, key or password, as they are now; raises as ``server_of``.
        steps: how long it may take to connect.
    """

    host: str
    port: int
    path: str
    host_keys: tuple[str, ...]
    options: Callable[[], dict[str, Any]]
    steps: Steps

    @property
    def shown(self) -> str:
        """Where it is, for people."""
        return f"{self.host}:{self.port}"

    def __repr__(self) -> str:
        return f"Server({self.shown})"  # and never what the options hold


def server_of(endpoint: Endpoint, host_keys: tuple[str, ...]) -> Server:
    """Return the server that an endpoint names.

    Raises:
        ConfigError: R103, R104: address, credentials or host key are missing or wrong. R109: no secret. R110: no key.
    """
    address = re.fullmatch(ADDRESS, endpoint.url or "")
    host, port, path = (address[1], int(address[2] or _PORT), unquote(address[3])) if address else ("", 0, "")
    if not 0 < port < 2**16 or not path.isprintable() or ".." in path.split("/"):
        mend = "write sftp://host/folder, or sftp://host:port/~/folder for one in the account's own"
        raise ConfigError("R104", "this is no address of a folder", where="url", mend=mend)
    if not host_keys:
        seen = f"ssh-keyscan -p {port} {host} | ssh-keygen -lf - shows what the server says"
        mend = f"add host_key: SHA256:... as the partner tells it; {seen}"
        raise ConfigError("R103", "nothing says by which key the server is known", where="settings.host_key", mend=mend)
    options = partial(_shown_by, endpoint.credentials)
    options()  # what is wrong with them is told now
    return Server(
        host=host,
        port=port,
        path=path.removeprefix(_HOME) or "." if path.startswith(_HOME) else path,
        host_keys=host_keys,
        options=options,
        steps=endpoint.timeout_of or Steps(),
    )


async def connect(server: Server, kinds: list[str]) -> asyncssh.SSHClientConnection:
    """Return a connection on which the hub is known.

    A server has a key of each of several kinds and shows one: while it is none that is registered, it is asked for
    another.

    Args:
        server: to connect to.
        kinds: of keys, in the order in which they are asked for: begin with a copy of ``KINDS``; afterwards the first
            is that of the registered key.

    Raises:
        ConfigError: D106. Exception: those that ``told`` tells.
    """
    seen: list[asyncssh.SSHKey] = []
    while left := [kind for kind in kinds if not any(_is(key, kind) for key in seen)]:
        try:
            connection = await _connect(server, left, seen)
        except asyncssh.HostKeyNotVerifiable:
            continue
        except (asyncssh.Error, OSError):
            if not seen or seen[-1].get_fingerprint() in server.host_keys:
                raise
            break  # it has no other
        kinds.sort(key=lambda kind: not _is(seen[-1], kind))
        return connection
    shown = " and ".join(key.get_fingerprint() for key in seen)
    mend = "ask the partner whether the key is theirs; only then write it to host_key, and apply"
    raise ConfigError("D106", f"the server shows {shown}; host_key names another", where=server.shown, mend=mend)


def _is(key: asyncssh.SSHKey, kind: str) -> bool:
    return kind in key.get_algorithm()


async def _connect(server: Server, kinds: list[str], seen: list[asyncssh.SSHKey]) -> asyncssh.SSHClientConnection:
    return await asyncssh.connect(
        server.host,
        server.port,
        config=None,
        known_hosts=_no_known_hosts,
        client_factory=lambda: _Pinned(server.host_keys, seen),
        server_host_key_algs=",".join(_ALGORITHMS[kind] for kind in kinds),
        agent_path=None,
        gss_host=None,
        x509_trusted_certs=None,
        compression_algs=None,
        connect_timeout=server.steps.connect.total_seconds(),
        keepalive_interval=_ALIVE,
        **await asyncio.to_thread(server.options),
    )


@contextmanager
def told(where: str) -> Iterator[None]:
    """Tell what went wrong on a connection in words of the hub; those of asyncssh name files, users and hosts.

    Raises:
        TryLater: D101. ConfigError: D105.
    """
    try:
        yield
    except asyncssh.PermissionDenied as error:
        mend = "mend user or secret of its credentials, or have the partner let the hub's key in"
        raise ConfigError("D105", "the server lets nobody in with these credentials", where=where, mend=mend) from error
    except asyncssh.SFTPPermissionDenied as error:
        mend = "have the partner let the account list, write and move files there"
        raise ConfigError("D105", "the account may not use the folder", where=where, mend=mend) from error
    except (asyncssh.Error, OSError) as error:
        raise TryLater("D101", f"the folder cannot be used: {_why(error)}", where=where) from error


def _why(error: asyncssh.Error | OSError) -> str:
    if isinstance(error, OSError):
        from adapters.kit.faults import why  # loads the HTTP client

        return why(error)
    return next((text for kind, text in _SAID.items() if isinstance(error, kind)), type(error).__name__)


class _Pinned(asyncssh.SSHClient):
    """Trusts the registered keys of a server and no others."""

    def __init__(self, host_keys: tuple[str, ...], seen: list[asyncssh.SSHKey]) -> None:
        self._host_keys = host_keys
        self._seen = seen

    def validate_host_public_key(self, host: str, addr: str, port: int, key: asyncssh.SSHKey) -> bool:  # noqa: ARG002 - the library's signature
        self._seen.append(key)
        return key.get_fingerprint() in self._host_keys


def _no_known_hosts(host: str, addr: str, port: int | None) -> tuple[list[str], list[str], list[str]]:  # noqa: ARG001 - same
    """Know nobody; an empty list would make the library read that of the user."""
    return [], [], []


def _shown_by(credentials: Credentials | None) -> dict[str, Any]:
    if credentials is None or credentials.kind not in _WAYS:
        mend = "add credentials: {kind: ssh-key, user: NAME, secret: {file: PATH}}, or kind: password"
        raise ConfigError("R103", "nothing says who the hub is there", where="credentials", mend=mend)
    who: dict[str, Any] = {"username": credentials.user, "preferred_auth": _WAYS[credentials.kind]}
    if credentials.kind == "password":
        return who | {"client_keys": None, "password": resolve(credentials.secret).reveal()}
    try:
        key = asyncssh.import_private_key(resolve_pem(credentials.secret))
    except (asyncssh.KeyImportError, asyncssh.KeyEncryptionError) as error:
        mend = "name the file of a private key without a password, as ssh-keygen writes it"
        raise ConfigError("R110", "this is no key that can be used", where="credentials.secret", mend=mend) from error
    return who | {"client_keys": [key], "password": None}

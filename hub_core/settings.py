"""Settings of one hub process, from the environment; each has a default that works on a laptop."""

import math
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta

from hub_core.addresses import Addresses
from hub_core.errors import ConfigError

PREFIX = "PUNTE_"
Days = Annotated[int, Meta(ge=0, le=36_500)]


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Where the hub keeps its state and where it listens.

    Attributes:
        home: folder of the database and the control socket; created with mode 0700.
        keyring: file of the keys that seal the store, such as a credential of systemd; ``None``: `keyring.json` in the
            home, made at the first start.
        attachments: folder of large contents that came with messages; ``None``: `attachments` in the home. Hubs on one
            database share one.
        store: `postgresql://user@host/database`, where several hubs may share one; without it, a file in the folder.
        store_password: where its password stands: `env:NAME` or `file:PATH`.
        host: address of the plain listener.
        port: of the plain listener; 0 takes a free one.
        public_address: under which callers reach the hub, such as `https://hub.example.ro`; stands in the contracts
            that it publishes; left out: that of the plain listener.
        tls_port: of the TLS listener; ``None``: there is none.
        tls_certificate: PEM file of the server's certificate chain.
        tls_key: PEM file of its key.
        tls_client_ca: PEM file of the authorities whose certificates callers may show.
        tls_client: of the TLS listener, where there are such authorities: whether callers must show one.
        proxies: addresses of the proxies that may say which certificate a caller showed to them, such as
            `127.0.0.1, 10.1.0.0/24`.
        proxy_certificate: name of the header in which they say it, as RFC 9440 or as escaped PEM; such as
            `X-SSL-Client-Cert`.
        log_level: of the hub's own events.
        metrics_key: where the key stands with which `/metrics` may be read from other machines: `env:NAME` or
            `file:PATH`; without it only from this one.
        per_endpoint: deliveries that are under way at once to an endpoint without ``concurrency``.
        keep_bodies: days for which bodies and records of closed messages are kept; 0: for ever.
        keep_metadata: days for which is kept that a message came and what became of it; 0: for ever.
        files: folder below which partners leave files for endpoints that take them from a folder.
        in_flight_bytes: of bodies that the hub takes in hand at once; more callers are asked to come again.
    """

    home: Path = Path(".punte")
    keyring: Path | None = None
    attachments: Path | None = None
    store: str | None = None
    store_password: str | None = None
    host: str = "127.0.0.1"
    port: int = 8480
    public_address: Annotated[str, Meta(pattern=r"^https?://[^\s/?#@]+(/[^\s?#]*)?$")] | None = None
    tls_port: int | None = None
    tls_certificate: Path | None = None
    tls_key: Path | None = None
    tls_client_ca: Path | None = None
    tls_client: Literal["demanded", "optional"] = "demanded"
    proxies: Addresses | None = None
    proxy_certificate: Annotated[str, Meta(pattern=r"^[A-Za-z][A-Za-z0-9-]{0,63}$")] | None = None
    log_level: str = "INFO"
    metrics_key: str | None = None
    per_endpoint: int = 8
    keep_bodies: Days = 90
    keep_metadata: Days = 1825
    files: Path | None = None
    in_flight_bytes: Annotated[int, Meta(ge=1_000_000)] = 32_000_000

    @property
    def database(self) -> Path:
        """The journal's file, where ``store`` names no server; registry sets and keys lie in it as well."""
        return self.home / "punte.sqlite3"

    @property
    def keyring_file(self) -> Path:
        """Where the keys lie that seal the store."""
        return self.keyring or self.home / "keyring.json"

    @property
    def attachments_folder(self) -> Path:
        """Where large contents lie."""
        return self.attachments or self.home / "attachments"

    @property
    def may_hold(self) -> bool:
        """Something may be kept already: there is a file, or a server is named."""
        return self.store is not None or self.database.exists()

    @property
    def control(self) -> Path:
        """The local socket on which commands speak to the running hub."""
        return self.home / "control.sock"

    @property
    def address(self) -> Path:
        """A file in which the running hub writes its base address."""
        return self.home / "address"


def from_environment(environ: Mapping[str, str] = os.environ) -> Settings:
    """Read ``PUNTE_HOME``, ``PUNTE_PORT``, ... into settings.

    Raises:
        ConfigError: R104 naming the variable; all faults of the environment at once.
    """
    known = {PREFIX + field.upper(): field for field in Settings.__struct_fields__}
    given = {field: environ[name] for name, field in known.items() if name in environ}
    try:
        settings = msgspec.convert(given, Settings, strict=False, dec_hook=_path)
    except msgspec.ValidationError as error:
        raise ConfigError("R104", str(error), where="environment", mend="see docs/reference/settings.md") from error
    if settings.tls_port is not None and not (settings.tls_certificate and settings.tls_key):
        raise ConfigError(
            "R103",
            "PUNTE_TLS_PORT needs PUNTE_TLS_CERTIFICATE and PUNTE_TLS_KEY",
            where="environment",
            mend="set both to PEM files",
        )
    _check_proxies(settings)
    if 0 < settings.keep_metadata < (settings.keep_bodies or math.inf):
        text, mend = "PUNTE_KEEP_METADATA is less than PUNTE_KEEP_BODIES", "no body is kept longer than its message"
        raise ConfigError("R104", text, where="environment", mend=mend)
    _check_store(settings)
    _check_reference("PUNTE_METRICS_KEY", settings.metrics_key)
    return settings


def _check_proxies(settings: Settings) -> None:
    needed = {
        "PUNTE_PROXIES": settings.proxies,
        "PUNTE_PROXY_CERTIFICATE": settings.proxy_certificate,
        "PUNTE_TLS_CLIENT_CA": settings.tls_client_ca,
    }
    if settings.proxies is None and settings.proxy_certificate is None:
        return
    for name, value in needed.items():
        if value is None:
            text = "a proxy hands on certificates by PUNTE_PROXIES, PUNTE_PROXY_CERTIFICATE and PUNTE_TLS_CLIENT_CA"
            raise ConfigError("R103", text, where="environment", mend=f"set {name}, too")


def _check_store(settings: Settings) -> None:
    if settings.store is None:
        return
    address = urlsplit(settings.store)
    if address.scheme not in {"postgresql", "postgres"}:
        text, mend = "PUNTE_STORE is no address of PostgreSQL", "write postgresql://user@host/database"
    elif address.password is not None:
        text, mend = "PUNTE_STORE holds a password", "set PUNTE_STORE_PASSWORD to env:NAME or file:PATH instead"
    else:
        _check_reference("PUNTE_STORE_PASSWORD", settings.store_password)
        return
    raise ConfigError("R104", text, where="environment", mend=mend)


def _check_reference(name: str, reference: str | None) -> None:
    if reference is not None and not reference.startswith(("env:", "file:")):
        raise ConfigError("R104", f"{name} is no reference", where="environment", mend="write env:NAME or file:PATH")


def _path(kind: type, value: object) -> object:
    return kind(value)

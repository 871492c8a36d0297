"""Who calls: known by a certificate, by a key, or by both, which then must name the same institution.

A certificate comes with the connection, or in a header from a proxy that ended it. The header is believed from the
registered addresses of proxies only; from anybody else it is refused, as it is beside a certificate of the connection.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from hub_core.directory import Directory
from hub_core.errors import ConfigError, Refused
from hub_core.message import Caller
from hub_core.ports import Clock, Line
from hub_core.settings import Settings
from registry.keys import Keys
from registry.sets.institutions import Names, names_of

if TYPE_CHECKING:  # what reads certificates takes 0.03 s to load, and not every hub needs it
    from hub_core.security.certificates import Authorities, Certificate

REMEMBERED: Final = 500  # certificates
_NAMED: Final = 12  # hex digits of a fingerprint that stand for a certificate


class Callers:
    """Knows callers.

    Attributes:
        ends: when the certificate ends that each institution showed last, to this process.

    Raises:
        ConfigError: R402, the file of authorities cannot be read.
    """

    def __init__(self, settings: Settings, *, keys: Keys, directory: Callable[[], Directory], clock: Clock) -> None:
        self.ends: dict[str, datetime] = {}
        self._keys = keys
        self._directory = directory
        self._clock = clock
        self._proxies = settings.proxies
        self._header = (settings.proxy_certificate or "").lower()
        self._authorities = _authorities(settings)
        self._look = lru_cache(REMEMBERED)(self._looked_at)
        self._index: tuple[Directory, dict[Names, str]] = Directory(), {}

    def authenticate(self, headers: Mapping[str, str], line: Line) -> Caller:
        """Return who calls.

        Args:
            headers: by lower-case name.
            line: what the connection says.

        Raises:
            Refused: A401, A417 to A421.
        """
        certified = self.certified(headers, line)
        if "punte-key" not in headers and "authorization" not in headers:
            if certified is not None:
                return certified
            if line.certificate is not None or headers.get(self._header):
                raise Refused("A417", "no institution is registered with this certificate, and no key was sent")
        caller = self._keys.authenticate(headers)
        if certified is not None and certified.institution != caller.institution:
            raise Refused("A421", "the certificate and the key belong to two institutions")
        return caller

    def certified(self, headers: Mapping[str, str], line: Line) -> Caller | None:
        """Return who calls by the certificate that was shown; ``None``: none was, or nobody is registered with it.

        Raises:
            Refused: A418, A419, A420.
        """
        handed = headers.get(self._header, "").strip() if self._header else ""
        if line.certificate is None and not handed:
            return None
        if handed and (line.certificate is not None or line.address not in (self._proxies or ())):
            raise Refused("A420", "only a proxy of the hub may say which certificate a caller showed")
        certificate = self._look(line.certificate or handed)
        if certificate is None:
            raise Refused("A419", "this is no certificate of an authority that counts here")
        if not certificate.begins <= self._clock.now() < certificate.ends:
            raise Refused("A418", "the certificate is not valid yet, or no longer")
        known = self._known()
        institution = known.get((certificate.sha256,)) or known.get((certificate.subject, certificate.issuer))
        if institution is None:
            return None
        self.ends[institution] = certificate.ends
        return Caller(institution=institution, key=f"certificate {certificate.sha256[:_NAMED]}")

    def _looked_at(self, shown: bytes | str) -> "Certificate | None":
        """Return what a certificate says of itself; ``None`` for one that does not count.

        The handshake of a connection has looked for its authority; whether a proxy did is not left to its settings.
        """
        from hub_core.security.certificates import certificate_of, handed_on

        assert self._authorities is not None  # noqa: S101 - settings that take certificates name them
        try:
            der = shown if isinstance(shown, bytes) else handed_on(shown)
            counts = isinstance(shown, bytes) or self._authorities.issued(der)
            return certificate_of(der) if counts else None
        except ValueError:
            return None

    def _known(self) -> dict[Names, str]:
        """Return institutions by what is registered of their certificates."""
        directory = self._directory()
        if self._index[0] is not directory:
            self._index = (
                directory,
                {
                    names: name
                    for name, it in directory.institutions.items()
                    for names in map(names_of, it.certificates)
                },
            )
        return self._index[1]


def _authorities(settings: Settings) -> "Authorities | None":
    if settings.tls_client_ca is None:
        return None
    from hub_core.security.certificates import Authorities

    try:
        return Authorities(settings.tls_client_ca.read_bytes())
    except (OSError, ValueError) as error:
        text, mend = "the authorities of callers cannot be read", "name a readable PEM file"
        raise ConfigError("R402", text, where="PUNTE_TLS_CLIENT_CA", mend=mend) from error

"""Authorities, certificates that callers show, and a registry that knows some of them."""

import asyncio
import base64
import http.client
import re
import ssl
from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple, TypeVar
from urllib.parse import quote

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from hub_core.security.certificates import certificate_of
from registry.running import Running

T = TypeVar("T")
NOW = datetime.now(UTC)
HEADER = "X-SSL-Client-Cert"
PROXY, STRANGER = "127.0.0.1", "127.0.0.2"
#: A message for each voice of the hub; what is in it does not matter to the door.
VOICES = {
    "soap": b'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><x/></s:Body></s:Envelope>',
    "eessi": b"{}",
    "rest": b"{}",
}
COUNTRY = """
institutions:
  mill: {{name: Mill, certificates: [{{sha256: "{mill}"}}, {{sha256: "{mill_next}"}}]}}
  port: {{name: Port, certificates: {{subject: "{port}", issuer: "{issuer}"}}}}
  town: {{name: Town}}
endpoints:
  mill-soap: {{institution: mill, direction: in, adapter: soap, service: notes}}
  mill-eessi: {{institution: mill, direction: in, adapter: eessi, service: notes}}
  mill-rest: {{institution: mill, direction: in, adapter: rest, service: notes}}
  mill-words:
    institution: mill
    direction: in
    adapter: soap
    service: notes
    credentials: {{kind: username-token, user: mill, secret: {{env: MILL_PASSWORD}}}}
access:
  mill-notes: {{institution: mill, service: notes, purposes: [notes], fixed_purpose: notes}}
"""


class Authority(NamedTuple):
    """Who issues certificates."""

    name: str
    key: ec.EllipticCurvePrivateKey
    pem: bytes

    def issue(self, name: str, *, begins: int = -1, ends: int = 90, server: bool = False) -> "Shown":
        """Issue a certificate that is valid for so many days, from and to."""
        key = ec.generate_private_key(ec.SECP256R1())
        signed = _certificate(name, self.name, key, self.key, begins=begins, ends=ends, server=server)
        secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        return Shown(signed.public_bytes(Encoding.PEM), signed.public_bytes(Encoding.DER), secret)


class Shown(NamedTuple):
    """A certificate, and its key."""

    pem: bytes
    der: bytes
    key: bytes

    def write(self, folder: Path) -> Path:
        file = folder / f"{certificate_of(self.der).sha256}.pem"
        file.write_bytes(self.pem + self.key)
        return file


def authority(name: str) -> Authority:
    key = ec.generate_private_key(ec.SECP256R1())
    own = _certificate(name, name, key, key, begins=-99, ends=99)
    return Authority(name, key, own.public_bytes(Encoding.PEM))


def _certificate(
    name: str,
    issuer: str,
    key: ec.EllipticCurvePrivateKey,
    signer: ec.EllipticCurvePrivateKey,
    *,
    begins: int,
    ends: int,
    server: bool = False,
) -> x509.Certificate:
    """Return a certificate; one of an authority is its own issuer."""
    draft = (
        x509.CertificateBuilder()
        .subject_name(x509.Name.from_rfc4514_string(f"CN={name},O=Partners,C=RO"))
        .issuer_name(x509.Name.from_rfc4514_string(f"CN={issuer},O=Partners,C=RO"))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW + timedelta(days=begins))
        .not_valid_after(NOW + timedelta(days=ends))
        .add_extension(x509.BasicConstraints(ca=key is signer, path_length=None), critical=True)
    )
    if server:
        draft = draft.add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
    return draft.sign(signer, SHA256())


class Country(NamedTuple):
    """A hub that listens with and without TLS, and certificates for its callers."""

    plain: int
    tls: int
    folder: Path
    files: dict[str, Path]
    shown: dict[str, Shown]
    keys: dict[str, str]
    hub: Running
    loop: asyncio.AbstractEventLoop

    def done(self, work: Coroutine[Any, Any, T]) -> T:
        """Do something inside of the hub."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(20)

    def apply(self, text: str) -> None:
        """Put a registry set in force."""
        self.done(self.hub.desk.call("apply", {"files": {"c.yaml": text}, "by": "ana"}))

    def over_tls(self, path: str, *, by: str | None = None, **headers: str) -> str:
        """Send a message, and return the code that the hub has for it; empty if it was accepted."""
        context = ssl.create_default_context(cafile=self.folder / "authorities.pem")
        if by is not None:
            context.load_cert_chain(self.files[by])
        return self._sent(
            http.client.HTTPSConnection("localhost", self.tls, context=context, timeout=10), path, headers
        )

    def by_proxy(self, path: str, *, source: str = PROXY, **headers: str) -> str:
        """Send a message as a proxy does, or as somebody who says to be one."""
        line = http.client.HTTPConnection("127.0.0.1", self.plain, timeout=10, source_address=(source, 0))
        return self._sent(line, path, headers)

    def _sent(self, line: http.client.HTTPConnection, path: str, headers: dict[str, str]) -> str:
        adapter = path.split("/")[1]
        kind = "text/xml" if adapter == "soap" else "application/json"
        told = {"Content-Type": kind, **{name.replace("_", "-"): value for name, value in headers.items()}}
        try:
            line.request("POST", path, VOICES.get(adapter, b"{}"), told)
            codes = re.findall(rb"\b[A-Z][0-9]{3}\b", line.getresponse().read())
        finally:
            line.close()
        return codes[0].decode() if codes else ""


def certificates(known: Authority) -> dict[str, Shown]:
    """Return what callers show; a stranger's authority has the very name of the known one."""
    stranger = authority(known.name)
    return {
        "mill": known.issue("mill"),
        "mill-next": known.issue("mill"),
        "port": known.issue("port"),
        "port-next": known.issue("port"),
        "nobody": known.issue("nobody"),
        "stranger": stranger.issue("port"),
        "ended": known.issue("port", begins=-9, ends=-1),
        "to-come": known.issue("port", begins=1),
    }


def environment(folder: Path, known: Authority) -> dict[str, str]:
    server = known.issue("hub", server=True)
    (folder / "server.pem").write_bytes(server.pem)
    (folder / "server.key").write_bytes(server.key)
    (folder / "authorities.pem").write_bytes(known.pem)
    return {
        "PUNTE_HOME": str(folder / "home"),
        "PUNTE_TLS_PORT": "0",
        "PUNTE_TLS_CERTIFICATE": str(folder / "server.pem"),
        "PUNTE_TLS_KEY": str(folder / "server.key"),
        "PUNTE_TLS_CLIENT_CA": str(folder / "authorities.pem"),
        "PUNTE_TLS_CLIENT": "optional",
        "PUNTE_PROXIES": f"{PROXY}, 10.9.0.0/16",
        "PUNTE_PROXY_CERTIFICATE": HEADER,
    }


def registry(shown: dict[str, Shown]) -> str:
    port = certificate_of(shown["port"].der)
    fingerprints = {name: certificate_of(shown[name].der).sha256 for name in ("mill", "mill-next")}
    colons = ":".join(re.findall("..", fingerprints["mill"].upper()))
    return COUNTRY.format(mill=colons, mill_next=fingerprints["mill-next"], port=port.subject, issuer=port.issuer)


def as_nginx(shown: Shown) -> str:
    """Return a certificate as ``$ssl_client_escaped_cert`` has it."""
    return quote(shown.pem)


def as_rfc_9440(shown: Shown) -> str:
    """Return a certificate as the standard's header has it."""
    return f":{base64.b64encode(shown.der).decode()}:"


FORMS = [as_nginx, as_rfc_9440]

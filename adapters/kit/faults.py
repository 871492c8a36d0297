"""What keeps a connection from a partner, in words: those of the libraries name hosts and classes, not what to do."""

import os
import socket
import ssl
from datetime import UTC, datetime
from typing import Final

import aiohttp

# Numbers of OpenSSL, openssl/x509_vfy.h.
_UNTRUSTED: Final = frozenset({2, 18, 19, 20, 21, 27})  # no issuer, signed by itself, an issuer nobody knows
_NOT_YET: Final = 9
_EXPIRED: Final = 10
_REVOKED: Final = 23
_OTHER_NAME: Final = frozenset({62, 64})
_SPEAKS_NO_TLS: Final = frozenset({"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER_FAILURE", "UNKNOWN_PROTOCOL"})
_VERSIONS: Final = frozenset({"UNSUPPORTED_PROTOCOL", "TLSV1_ALERT_PROTOCOL_VERSION", "VERSION_TOO_LOW"})
_OF_OURS: Final = ("CERTIFICATE", "UNKNOWN_CA")  # in what the partner says: it does not like what the hub showed
_ALERT: Final = "ALERT"
_PLAIN: Final[dict[type[BaseException], str]] = {
    aiohttp.ServerDisconnectedError: "the partner closed the connection",
    aiohttp.ClientPayloadError: "the answer broke off",
    aiohttp.ClientResponseError: "what came is no HTTP",
    ConnectionRefusedError: "nobody listens there",
    ConnectionResetError: "the partner cut the connection",
    BrokenPipeError: "the partner cut the connection",
    TimeoutError: "not in time",
}


def why(error: BaseException, shown: ssl.SSLObject | None = None) -> str:
    """Say what failed on a connection; ``shown``: its handshake, which knows the certificate that was shown."""
    cause = getattr(error, "certificate_error", None) or getattr(error, "os_error", None) or error
    if isinstance(cause, ssl.SSLCertVerificationError):
        return _certificate(cause, shown)
    if isinstance(cause, ssl.SSLError) and cause.reason:
        return _tls(cause.reason)
    if isinstance(cause, socket.gaierror):
        again = cause.errno == socket.EAI_AGAIN
        return "its name cannot be looked up now" if again else "its name is not known"
    told = next((text for kind, text in _PLAIN.items() if isinstance(cause, kind)), None)
    if told is None and isinstance(cause, OSError) and cause.errno is not None and cause.errno > 0:
        return os.strerror(cause.errno)
    return told or type(error).__name__


def _certificate(error: ssl.SSLCertVerificationError, shown: ssl.SSLObject | None) -> str:
    match error.verify_code:
        case code if code == _EXPIRED:
            return f"its certificate expired{_day(shown, 'notAfter')}"
        case code if code == _NOT_YET:
            return f"its certificate is not valid before{_day(shown, 'notBefore') or ' a later day'}"
        case code if code == _REVOKED:
            return "its certificate was revoked"
        case code if code in _OTHER_NAME:
            return "its certificate is for another name"
        case code if code in _UNTRUSTED:
            return "its certificate has an issuer that is not trusted here"
    return f"its certificate is not trusted: {error.verify_message}"


def _day(shown: ssl.SSLObject | None, name: str) -> str:
    """Return a day of the certificate that was refused; the module hides it until Python 3.13."""
    try:
        first = shown._sslobj.get_unverified_chain()[0].get_info()  # type: ignore[union-attr] # noqa: SLF001 - same
        day = datetime.fromtimestamp(ssl.cert_time_to_seconds(first[name]), UTC)
    except (AttributeError, IndexError, KeyError, TypeError, ValueError):
        return ""
    return f"{' on' if name == 'notAfter' else ''} {day:%Y-%m-%d}"


def _tls(reason: str) -> str:
    if reason in _SPEAKS_NO_TLS:
        return "what answers there speaks no TLS"
    if reason in _VERSIONS:
        return "no version of TLS is common to both"
    if _ALERT in reason and any(word in reason for word in _OF_OURS):
        return "the partner does not take the certificate that the hub shows"
    if _ALERT in reason:
        return f"the partner ended the handshake ({reason})"
    return f"the handshake failed ({reason})"

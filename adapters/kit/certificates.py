"""When the certificate of a partner ends, as a call to them would see it."""

import asyncio
import ssl
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlsplit

from adapters.kit.steps import tls, tls_with
from hub_core.directory.credentials import ClientCertificate

_SECONDS: Final = 10
_HTTPS: Final = 443


async def certificate_end(url: str, own: ClientCertificate | None = None) -> datetime | None:
    """Return when the certificate behind an address ends; ``None``: it has none to look at.

    Args:
        url: of the partner.
        own: what the hub shows there, and how it knows the partner; left out: as every other program.

    Raises:
        ssl.SSLCertVerificationError: it is not trusted, or has ended. OSError, TimeoutError: nobody answers.
        ConfigError: R110.
    """
    address = urlsplit(url)
    if address.scheme != "https" or address.hostname is None:
        return None
    context = tls() if own is None else tls_with(own)
    async with asyncio.timeout(_SECONDS):
        _, writer = await asyncio.open_connection(address.hostname, address.port or _HTTPS, ssl=context)
    try:
        certificate = writer.get_extra_info("peercert")
        return datetime.fromtimestamp(ssl.cert_time_to_seconds(certificate["notAfter"]), UTC)
    finally:
        writer.close()

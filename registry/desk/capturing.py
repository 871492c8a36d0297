"""The verb that makes a fixture of a kept message: persons replaced by pseudonyms."""

import asyncio
import os
import secrets
from datetime import UTC
from pathlib import Path
from typing import Any, Final

import msgspec

from adapters.kit.load import opened_again
from hub_core.errors import ConfigError, Rejected
from hub_core.mapping.missing import missing
from hub_core.mapping.trying.capture import capture as captured
from hub_core.mapping.trying.fixtures import fixture_of
from hub_core.mapping.trying.testentry import entry_of
from hub_core.message import Entry
from registry.desk.arguments import Capture
from registry.desk.files import is_file, not_as_one
from registry.desk.looking import found
from registry.parts import Parts

KEY_FILE: Final = "pseudonyms.key"
KEY_BYTES: Final = 32


async def capture(parts: Parts, wanted: Capture) -> dict[str, Any]:
    """Return a kept message as a fixture and an entry of ``tests:``; an entry of the message says who took it.

    Raises:
        Rejected: F115, it is a file; the bytes cannot be opened; V302 no mapping reads them; M501 see
            ``hub_core.mapping.trying.capture``.
    """
    kept = found(parts, wanted.id)
    directory = parts.directory_of(kept.message.registry_set)
    endpoint = directory.endpoints.get(kept.message.endpoint)
    if endpoint is None:
        raise Rejected("V302", "no mapping reads a query")
    if is_file(parts, kept, endpoint):
        raise not_as_one(kept)
    document = opened_again(parts.adapters, endpoint, parts.view.body(kept.message.id))
    mapping = parts.mappings().find(document, endpoint.mappings)
    if mapping is None:
        raise Rejected("V302", missing(parts.mappings(), document, endpoint.mappings))
    on = kept.message.received_at.astimezone(UTC).date()
    key = _key(parts.settings.home / KEY_FILE)
    made = await asyncio.to_thread(captured, mapping, document, on=on, key=key)  # messages go on meanwhile
    entry = Entry(message_id=wanted.id, at=parts.clock.now(), step="captured", by=wanted.by, detail=wanted.name)
    await parts.journal.note(entry)
    file = fixture_of(mapping, made.document)
    fixture = f"{wanted.fixture}.{file.suffix}"
    return {
        "mapping": mapping.version,
        "file": mapping.file,
        "fixture": file.body.decode(file.encoding),
        "encoding": file.encoding,
        "name": fixture,
        "entry": entry_of(made, name=wanted.name, fixture=fixture),
        "verdict": made.reading.verdict,
        "findings": [msgspec.to_builtins(finding) for finding in made.reading.findings],
        "replaced": made.replaced,
        "kept": made.kept,
    }


def _key(path: Path) -> bytes:
    """Return the hub's secret for pseudonyms, made when it is needed first.

    Raises:
        ConfigError: R109, the file cannot be read or is damaged.
    """
    mend = "mend it, or remove it: then new pseudonyms do not fit those of older fixtures"
    try:
        if not path.exists():
            with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_NOFOLLOW, 0o600), "wb") as stream:
                stream.write(secrets.token_bytes(KEY_BYTES))
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW), "rb") as stream:
            key = stream.read(KEY_BYTES + 1)
    except OSError as error:
        raise ConfigError("R109", f"{path} cannot be read: {error.strerror}", mend=mend) from error
    if len(key) != KEY_BYTES:
        raise ConfigError("R109", f"{path} does not hold {KEY_BYTES} bytes", mend=mend)
    return key

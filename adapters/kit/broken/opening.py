"""Slips of what an adapter says of itself, checks and opens."""

import itertools
import json
from typing import Final

import msgspec

from adapters.kit.base import BaseAdapter
from adapters.kit.broken.good import SPEC, Good, Settings, breaks
from hub_core.directory import Endpoint
from hub_core.directory.wording import InBand
from hub_core.document import Document
from hub_core.errors import ConfigError, Rejected
from hub_core.security.secrets import resolve

_NUMBERS: Final = itertools.count()


def _lenient(self: Good, body: bytes, in_band: InBand | None = None) -> Document:  # noqa: ARG001 - same
    try:
        return Document(kind="json", root=json.loads(body), name="document", dialect="JSON")
    except (ValueError, RecursionError) as error:
        raise Rejected("B103", "no JSON", where="line 1, column 1") from error


def _repeats_body(self: Good, body: bytes, in_band: InBand | None = None) -> Document:
    try:
        return BaseAdapter.open(self, body, in_band)
    except Rejected as error:
        raise Rejected(error.code, f"{error.text}: {body[:200]!r}", where=error.where) from error


def _counts(self: Good, body: bytes, in_band: InBand | None = None) -> Document:
    return msgspec.structs.replace(BaseAdapter.open(self, body, in_band), name=f"document-{next(_NUMBERS)}")


def _admits_all(self: Good, name: str, endpoint: Endpoint) -> None:
    """Look at nothing."""


def _tells_own_secret(self: Good, name: str, endpoint: Endpoint) -> None:
    BaseAdapter.check(self, name, endpoint)
    token = self.settings(endpoint, Settings).token
    if token is not None and len(found := resolve(token).reveal()) != 32:  # noqa: PLR2004 - a form of its own
        raise ConfigError("R104", f"{found} is no token", where="settings.token", mend="ask the partner")


def _decoded(self: Good, body: bytes, in_band: InBand | None = None) -> Document:  # noqa: ARG001 - the port's shape
    try:
        return Document(kind="json", root=json.loads(body.decode()), name="document", dialect="JSON")
    except json.JSONDecodeError as error:
        raise Rejected("B103", "no JSON", where=f"line {error.lineno}, column {error.colno}") from error


breaks("every_faulty_body_is_rejected_with_its_own_code", open=_lenient)
breaks("no_error_repeats_a_value_of_the_body", open=_repeats_body)
breaks("opening_twice_gives_the_same", open=_counts)
breaks("a_byte_order_mark_before_a_body_changes_nothing", open=_decoded)
breaks("a_body_in_another_encoding_opens_or_is_refused", open=_decoded)
breaks("what_it_cannot_be_is_refused_at_registration_with_the_mend", check=_admits_all)
breaks("no_secret_is_told_where_an_endpoint_is_checked", check=_tells_own_secret)
breaks(
    "it_says_what_it_is_and_what_it_promises",
    spec=msgspec.structs.replace(SPEC, summary="adapter", promises="It works."),
)
breaks("it_is_written_for_an_sdk_that_this_hub_has", spec=msgspec.structs.replace(SPEC, sdk="2.0"))

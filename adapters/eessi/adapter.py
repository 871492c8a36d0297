"""EESSI: structured electronic documents (SEDs) as JSON, sent to the hub."""

from typing import Final

from adapters.eessi.sed import open_sed
from adapters.kit.base import BaseAdapter
from hub_core.directory import Direction
from hub_core.directory.wording import InBand
from hub_core.document import Document
from hub_core.ports import Capability, Field, Personal, Spec

SPEC: Final = Spec(
    name="eessi",
    sdk="1.0",
    summary="SEDs as JSON in the forms NATIVE, NAV and NEESSI, told apart by their content.",
    kinds=("json",),
    media_types=frozenset({"application/json", "text/json"}),
    capabilities=(Capability(name="receive", direction=Direction.IN, description="Takes a SED that is sent by POST."),),
    fields=(
        Field(name="contract.json_schema", description="JSON Schema of the SEDs, below schemas/; none is public."),
        Field(name="message_id", description="header takes Idempotency-Key; or a path into the document."),
        Field(name="max_body_bytes", description="Larger bodies are refused before they are read."),
    ),
    promises=(
        "A SED is answered after it was kept and decided, 202 with its message id. The forms are told apart by "
        "content alone. Attachments are not unpacked. The hub does not speak to an access point by itself."
    ),
    personal=(Personal.NATIONAL_NUMBER, Personal.NAME, Personal.CONTACT, Personal.FAMILY, Personal.INCOME),
    idempotent=True,
)


class EessiAdapter(BaseAdapter):
    """See ``SPEC``."""

    spec = SPEC

    def open(self, body: bytes, in_band: InBand | None = None) -> Document:  # noqa: ARG002 - the port's signature
        """Parse and recognise; see ``sed.open_sed``."""
        return open_sed(body)

"""Where things stand in a message that security is about."""

from lxml import etree

from adapters.soap.names import VERSIONS, WSSE
from hub_core.errors import Refused


class Envelope:
    """The parts of a message that security is about, by their places.

    Attributes:
        security: the one header block for us.

    Raises:
        Refused: A411 no Security header, or several; A416 not one Header before one Body.
    """

    def __init__(self, root: etree._Element) -> None:
        namespace = etree.QName(root).namespace or ""
        if namespace not in VERSIONS or etree.QName(root).localname != "Envelope":
            raise Refused("A411", "what proves the sender stands in an Envelope")
        self.root = root
        self.soap = f"{{{namespace}}}"
        if [part.tag for part in root] != [f"{self.soap}Header", f"{self.soap}Body"]:
            raise Refused("A416" if len(root) > 1 else "A411", "an Envelope has one Header, then one Body")
        self.header, self.body = root
        # Anywhere in the message: one that is not read could be the one that was signed.
        blocks = list(root.iter(f"{{{WSSE}}}Security"))
        if len(blocks) != 1 or blocks[0].getparent() is not self.header:
            raise Refused("A411" if not blocks else "A416", "a message has one Security header")
        self.security = blocks[0]

    def drop_security(self) -> None:
        """Take the Security header out: it was checked, and is for nobody else."""
        self.header.remove(self.security)

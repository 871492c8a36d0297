"""Where schemas may be loaded from: one folder, documents held in memory, and a few standards. Nowhere else.

``no_network`` alone still lets libxml2 read any local file that an ``xs:include`` names.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from lxml import etree

from hub_core.errors import ConfigError, Rejected
from hub_core.validation.catalogue import BUNDLED, OWN
from hub_core.validation.catalogue import STANDARDS as NAMESPACES
from hub_core.validation.xml import parse_xml

XML: Final = "http://www.w3.org/XML/1998/namespace"
XSD: Final = "{http://www.w3.org/2001/XMLSchema}"
# Some contracts name this schema by its place, not by its namespace.
STANDARDS: Final[Mapping[str, Path]] = {**NAMESPACES, "http://www.w3.org/2001/xml.xsd": NAMESPACES[XML]}


class Library(etree.Resolver):
    """Gives schema documents to parsers, or refuses.

    Args:
        root: the only folder that files are read from.
        held: documents by the file path under which others name them.

    Attributes:
        root: the folder.
        names: every element and attribute name that the documents given out declare.
        elements: those that may be the root of a document, as ``{namespace}local``.
        standards: namespaces of ``STANDARDS`` that the documents import.
        refused: what was asked for and not given.
        files: that documents were read from, below the root.
    """

    def __init__(self, root: Path, held: Mapping[str, bytes] | None = None) -> None:
        super().__init__()
        self.root = root.resolve()
        self._held = dict(held or {})
        self.names: set[str] = set()
        self.elements: set[str] = set()
        self.standards: set[str] = set()
        self.refused: list[str] = []
        self.files: set[Path] = set()

    def read(self, url: str) -> bytes:
        """Return one document.

        Raises:
            ConfigError: V401, it lies outside, is not there, or is no harmless XML.
        """
        if url in self._held:
            return self._ready(url, self._held[url])
        path = STANDARDS.get(url) or self._inside(url)
        try:
            body = self._ready(url, path.read_bytes())
        except OSError as error:
            raise self._refuse(url, "cannot be read") from error
        if url not in STANDARDS:
            self.files.add(path)
        return body

    # lxml passes a third argument that its published types leave out.
    def resolve(self, system_url: str, _public_id: str | None, context: Any) -> Any:  # type: ignore[override]
        """Answer libxml2; an exception here becomes its own refusal to load."""
        return self.resolve_string(self.read(system_url), context, base_url=system_url)

    def vouch(self, url: str) -> str:
        """Return where another loader, which reads files by itself, may read a URL.

        Raises:
            ConfigError: V401, it lies outside.
        """
        if url in STANDARDS:
            return STANDARDS[url].as_uri()
        parts = urlsplit(url)
        # A relative one is asked for again when it has been made absolute.
        absolute = parts.scheme or parts.path.startswith("/")
        if absolute and not _is_standard(Path(unquote(parts.path)).resolve()):
            self._inside(url)
        return url

    def _inside(self, url: str) -> Path:
        parts = urlsplit(url)
        if parts.scheme not in ("", "file") or parts.netloc:
            raise self._refuse(url, "is not a file of the contract")
        path = Path(unquote(parts.path)).resolve()
        if not path.is_relative_to(self.root):
            raise self._refuse(url, "lies outside the folder of the contract")
        return path

    def _ready(self, url: str, body: bytes) -> bytes:
        """Check a document, remember its names, and say where the standards lie that it imports by name only."""
        try:
            root = parse_xml(body)
        except Rejected as fault:
            raise self._refuse(url, f"is not harmless XML: {fault.text}") from fault
        self.names.update(name for part in root.iter() if (name := part.get("name")))
        namespace = root.get("targetNamespace")
        for element in root.findall(f"{XSD}element"):
            self.elements.add(f"{{{namespace}}}{element.get('name')}" if namespace else element.get("name", ""))
        for needed in root.iter(f"{XSD}import"):
            namespace = needed.get("namespace", "")
            if namespace in STANDARDS:
                needed.set("schemaLocation", namespace)
                self.standards.add(namespace)
        return etree.tostring(root, encoding="utf-8")

    def _refuse(self, url: str, why: str) -> ConfigError:
        self.refused.append(f"{url} {why}")
        return ConfigError(
            "V401", f"a schema names {url}, which {why}", mend="put the file beside the contract and name it relatively"
        )


def _is_standard(path: Path) -> bool:
    return path.is_relative_to(BUNDLED) or path.is_relative_to(OWN)

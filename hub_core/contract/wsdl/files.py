"""The files of a contract: read below one folder only, harmless XML only, bounded in number and size."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl, unquote, urljoin, urlsplit

from hub_core.contract.wsdl.names import XSD, Node
from hub_core.errors import Rejected
from hub_core.validation.catalogue import STANDARDS
from hub_core.validation.limits import Limits
from hub_core.validation.xml import parse_xml

MAX_FILES: Final = 2_000
MAX_BYTES: Final = 32_000_000  # of one file
MAX_ALL: Final = 64_000_000  # of all that one contract names
MAX_LOOKED: Final = 20_000  # files of the folder that are looked at for one whose place is missing
HEAD: Final = 16_384  # bytes of a file within which its target namespace stands
LIMITS: Final = Limits(depth=100, parts=1_000_000, attributes=3_000_000, namespaces=200_000)

_TARGET: Final = re.compile(r"""targetNamespace\s*=\s*["']\s*([^"']*?)\s*["']""")
# Drafts of XML Schema that old stacks still write; what they use of it means the same.
_DRAFT: Final = re.compile(rb"""(["'])http://www\.w3\.org/(?:1999|2000/10)/XMLSchema\1""")
_ROOT: Final = re.compile(r"<(?:[\w.-]+:)?(definitions|schema)\b([^>]*)", re.DOTALL)


class Missing(Exception):
    """A document that is not there, may not be read, or is no harmless XML.

    Attributes:
        code: of the finding.
        line: where in the document; 0: as a whole.
        absent: it is not below the folder, and may be looked for elsewhere in it.
    """

    def __init__(self, code: str, text: str, *, line: int = 0, absent: bool = False) -> None:
        super().__init__(text)
        self.code = code
        self.line = line
        self.absent = absent


@dataclass(frozen=True)
class _Head:
    """What the first bytes of a file say: which kind it is, for which namespace."""

    path: Path
    namespace: str


@dataclass
class Files:
    """Reads documents below one folder.

    Attributes:
        root: the only folder that files are read from; standards come from the catalogue.
        read_files: every file that was read, below the root.
        drafts: those of them that use a draft of XML Schema, with the first line that names it.
    """

    root: Path
    read_files: set[Path] = field(default_factory=set)
    drafts: dict[Path, int] = field(default_factory=dict)
    _heads: list[_Head] | None = None
    _places: dict[tuple[Path, str], Path] = field(default_factory=dict)
    _count: int = 0
    _bytes: int = 0

    def open(self, path: Path) -> Node:
        """Return the root element of a file.

        Raises:
            Missing: V501 not there, too large or too many; V502 no harmless XML.
        """
        self._count += 1
        if self._count > MAX_FILES:
            raise Missing("V508", f"the contract names more than {MAX_FILES:,} files")
        try:
            with path.open("rb") as stream:
                body = stream.read(MAX_BYTES + 1)
        except (OSError, ValueError) as error:
            why = error.strerror if isinstance(error, OSError) and error.strerror else "no such name"
            raise Missing("V501", f"it cannot be read: {why}", absent=True) from None
        self._bytes += len(body)
        if len(body) > MAX_BYTES or self._bytes > MAX_ALL:
            raise Missing("V508", f"a file of more than {MAX_BYTES:,} bytes, or files of more than {MAX_ALL:,}")
        if draft := _DRAFT.search(body):
            self.drafts[path] = body.count(b"\n", 0, draft.start()) + 1
            body = _DRAFT.sub(rb"\1%b\1" % XSD.encode(), body)
        try:
            found = parse_xml(body, limits=LIMITS)
        except Rejected as fault:
            line = int(fault.where.partition(":")[0]) if fault.where else 0
            raise Missing("V508" if fault.code == "B107" else "V502", fault.text, line=line) from None
        self.read_files.add(path)
        return found

    def locate(self, base: Path, location: str) -> Path:
        """Return the file that a location names, seen from a file of the contract.

        Raises:
            Missing: V501, it lies on another host or outside the folder.
        """
        key = (base.parent, location)
        if key not in self._places:
            self._places[key] = self._locate(base, location)
        return self._places[key]

    def _locate(self, base: Path, location: str) -> Path:
        parts = urlsplit(urljoin(base.as_uri(), location.strip().replace("\\", "/")))
        if parts.scheme != "file" or parts.netloc:
            raise Missing("V501", "nothing is loaded from the network", absent=True)
        try:
            path = Path(unquote(parts.path)).resolve()
        except (OSError, ValueError, RuntimeError):
            raise Missing("V501", "it is no name of a file", absent=True) from None
        if not path.is_relative_to(self.root):
            raise Missing("V501", f"it lies outside of {self.root}", absent=True)
        if not path.is_file():
            raise Missing("V501", "there is no such file", absent=True)
        return path

    def search(self, namespace: str, location: str) -> list[Path]:
        """Return the files of the folder that fit a missing document: by namespace and name, else by namespace.

        Of several files with the same content there is one; what was read already is not what is missing.
        """
        heads = [head for head in self._all_heads() if head.path not in self.read_files]
        wanted = _names(location)
        fitting = [head.path for head in heads if head.namespace == namespace and namespace]
        named = [head.path for head in heads if head.namespace == namespace and _named(head.path) & wanted]
        return _distinct(named or fitting)

    def _all_heads(self) -> list[_Head]:
        if self._heads is None:
            self._heads = []
            for number, path in enumerate(sorted(self.root.rglob("*"))):
                if number > MAX_LOOKED:
                    break
                if path.suffix.lower() in {".xsd", ".wsdl"} and path.is_file():
                    head = _head(path.resolve())
                    if head and head.path.is_relative_to(self.root):
                        self._heads.append(head)
        return self._heads


def shown(path: Path, root: Path) -> str:
    """Return how a file is named to people: relative to the folder, or as a standard."""
    if path.is_relative_to(root):
        return path.relative_to(root).as_posix()
    standard = next((name for name, file in STANDARDS.items() if file == path), None)
    return standard or path.as_posix()


def _head(path: Path) -> _Head | None:
    try:
        with path.open("rb") as stream:
            body = stream.read(HEAD)
    except OSError:
        return None
    text = body.decode("utf-16" if body[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8", "replace")
    found = _ROOT.search(text)
    if found is None:
        return None
    target = _TARGET.search(found[2])
    return _Head(path, target[1] if target else "")


def _names(location: str) -> set[str]:
    """Return the names that a location may mean: its last step, or what its query says (``?xsd=types.xsd``)."""
    parts = urlsplit(location.strip().replace("\\", "/"))
    names = {value for _, value in parse_qsl(parts.query)} or {parts.path}
    last = {unquote(name).rpartition("/")[2].lower() for name in names}
    return (last | {name.rpartition(".")[0] for name in last}) - {""}


def _named(path: Path) -> set[str]:
    return {path.name.lower(), path.stem.lower()}


def _distinct(paths: list[Path]) -> list[Path]:
    by_content: dict[bytes, Path] = {}
    for path in paths:
        by_content.setdefault(path.read_bytes(), path)
    return list(by_content.values())

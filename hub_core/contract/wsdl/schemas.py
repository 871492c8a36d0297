"""The schemas of a contract, compiled: by libxml2 for traffic, by xmlschema as a model. Both lazily, both once."""

import re
import warnings
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final, Protocol

from lxml import etree

from hub_core.contract.wsdl.join import START, Joined
from hub_core.errors import ConfigError
from hub_core.message import Finding, Severity
from hub_core.validation.xsd import MAX_FINDINGS, Xsd

if TYPE_CHECKING:  # takes 0.2 s to import, and traffic never needs it
    import xmlschema

Entry = tuple[str, int, str]
_PLAIN: Final = "x"  # prefix for names without one, while a path is followed
_RULES: Final = {"XMLSchemaChildrenValidationError": "an element is missing or not expected here"}


class Validator(Protocol):
    """Says what is wrong with a document."""

    def faults(self, element: etree._Element) -> list[Finding]:
        """Return one finding V201 per faulty place; empty if the element is valid."""


class Schemas:
    """Every schema of one contract, with the elements that were made from parts.

    Attributes:
        joined: its documents.
        elements: global elements, ``{namespace}local``.
        arrays: types that are SOAP arrays by ``{namespace}local``, with the type of their items and its brackets.
    """

    def __init__(self, joined: Joined) -> None:
        self.joined = joined
        self.elements = frozenset(joined.elements)
        self.arrays = dict(joined.arrays)

    def __repr__(self) -> str:
        return f"Schemas({len(self.joined.documents)} documents)"

    def xsd(self) -> "Validator":
        """Return what validates documents: libxml2, or xmlschema where libxml2 does not take the schema.

        Raises:
            ConfigError: V401, neither does.
        """
        names = frozenset(self.joined.names)
        if not self.fast_faults:
            return Xsd(self._compiled[0], names)
        if self._broken:
            file, line, text = self.fast_faults[0]
            raise ConfigError("V401", f"no validator takes the schema: {text}", where=f"{file}:{line}")
        return ModelXsd(self._model, names)

    def model(self) -> "xmlschema.XMLSchema10":
        """Return the model of the schema; its ``maps`` hold every component by ``{namespace}local``."""
        return self._model

    def element(self, name: str) -> "xmlschema.XsdElement":
        """Return the model of a global element, by ``{namespace}local``.

        Raises:
            KeyError: there is none.
        """
        return self._model.maps.elements[name]

    @property
    def fast_faults(self) -> tuple[Entry, ...]:
        """Why libxml2 does not take it: file, line and text; empty if it does."""
        return self._compiled[1]

    @property
    def model_faults(self) -> tuple[Entry, ...]:
        """What xmlschema, which keeps closer to the standard, has to say; empty if nothing."""
        return self._broken or tuple(self._told(error) for error in self._model.maps.all_errors)

    @property
    def unsound(self) -> bool:
        """Whether xmlschema finds more than content models that are ambiguous, which it can validate all the same."""
        import xmlschema

        errors = () if self._broken else self._model.maps.all_errors
        return bool(self._broken) or any(not isinstance(error, xmlschema.XMLSchemaModelError) for error in errors)

    @cached_property
    def _broken(self) -> tuple[Entry, ...]:
        """Why xmlschema can make nothing of it at all."""
        import xmlschema

        try:
            _ = self._model
        except RecursionError:
            return (("", 0, "types nested too deep"),)
        except (xmlschema.XMLSchemaException, ValueError, KeyError, TypeError, AttributeError) as error:
            return (("", 0, _plain(getattr(error, "reason", None) or getattr(error, "message", "") or str(error))),)
        return ()

    @cached_property
    def _compiled(self) -> tuple[Any, tuple[Entry, ...]]:
        parser = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True, huge_tree=True)
        parser.resolvers.add(_InMemory(self.joined.documents))
        start = etree.fromstring(self.joined.documents[START], parser, base_url=START)
        try:
            return etree.XMLSchema(start), ()
        except etree.XMLSchemaParseError as error:
            return None, tuple(self._entries(error)) or (("", 0, str(error)),)

    def _entries(self, error: etree.XMLSchemaParseError) -> list[Entry]:
        log: Any = error.error_log  # its published type leaves out that it can be walked through
        return [
            (*self._origin(entry.filename.rpartition("/")[2], entry.line), _plain(entry.message))
            for entry in log
            if entry.level_name != "WARNING"
        ]

    @cached_property
    def _model(self) -> "xmlschema.XMLSchema10":
        import xmlschema

        # xmlschema reads files, so the documents become files for as long as it reads.
        with TemporaryDirectory(prefix="punte-") as folder, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # everything it warns of is in `all_errors` or looked at before
            for name, body in self.joined.documents.items():
                (Path(folder) / name).write_bytes(body)
            return xmlschema.XMLSchema10(
                str(Path(folder) / START), validation="lax", allow="sandbox", defuse="never", use_fallback=False
            )

    def _told(self, error: Any) -> Entry:
        url = getattr(getattr(error, "schema_url", None), "rpartition", "".rpartition)("/")[2]
        line = getattr(error, "sourceline", None) or self._line_at(url, getattr(error, "path", None))
        return (*self._origin(url, line), _plain(str(getattr(error, "message", error))))

    def _line_at(self, name: str, path: str | None) -> int:
        """Return the line of a path in a document, which xmlschema reads without counting lines; 0 where there is none.

        Its paths name elements by the prefixes of the document; the one without a prefix is XML Schema itself.
        """
        if path is None or name not in self.joined.documents:
            return 0
        root = etree.fromstring(self.joined.documents[name])
        names = {prefix or _PLAIN: namespace for prefix, namespace in root.nsmap.items()}
        plain = re.sub(r"(?<=/)(?=[^/:]+(?:/|$))", f"{_PLAIN}:", path) if None in root.nsmap else path
        try:
            found: Any = root.getroottree().xpath(plain, namespaces=names)
        except etree.XPathError:
            return 0
        return found[0].sourceline or 0 if found else 0

    def _origin(self, url: str, line: int) -> tuple[str, int]:
        lines = self.joined.lines.get(url, {})
        nearest = max((one for one in lines if one <= line), default=min(lines, default=0))
        file, there = lines.get(nearest, ("", 0))
        return file, there if line else 0


class ModelXsd:
    """Validates by xmlschema, hundreds of times slower; for schemas that libxml2 does not take."""

    def __init__(self, model: "xmlschema.XMLSchema10", names: frozenset[str]) -> None:
        self._model = model
        self._names = names

    def __repr__(self) -> str:
        return f"ModelXsd({len(self._names)} names)"

    def faults(self, element: etree._Element) -> list[Finding]:
        """Return one finding V201 per faulty place, with its line; empty if the element is valid."""
        import xmlschema

        found: list[Finding] = []
        # The model may open no file; a document of memory has to be said to be one.
        for error in self._model.iter_errors(xmlschema.XMLResource(element)):
            node: Any = error.obj if etree.iselement(error.obj) else error.elem
            local = str(getattr(node, "tag", "")).rpartition("}")[2]
            name = local if local in self._names else "an element"
            text = f"{name}: {_RULES.get(type(error).__name__, 'the value is not of its type')}"
            line = getattr(node, "sourceline", None) or None
            found.append(Finding(code="V201", severity=Severity.ERROR, text=text, source=name, line=line))
            if len(found) == MAX_FINDINGS:
                break
        return found


class _InMemory(etree.Resolver):
    """Gives documents of memory to libxml2, and nothing else."""

    def __init__(self, documents: dict[str, bytes]) -> None:
        super().__init__()
        self._documents = documents

    # lxml passes a third argument that its published types leave out.
    def resolve(self, system_url: str, _public_id: str | None, context: Any) -> Any:  # type: ignore[override]
        """Answer libxml2; an exception here becomes its own refusal to load."""
        name = system_url.rpartition("/")[2]
        return self.resolve_string(self._documents[name], context, base_url=name)


def _plain(message: str) -> str:
    """Return a validator's text without the names of namespaces, in one line."""
    return " ".join(message.split())[:300]

"""XSD: admitted by two validators, then used by the faster one; faults told without any value.

libxml2's own messages repeat what the document says. Only its kind of fault, the place, and names that the schema
itself declares are passed on.
"""

import re
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from lxml import etree

from hub_core.errors import ConfigError
from hub_core.message import Finding, Severity
from hub_core.places import SCHEMAS
from hub_core.validation.library import STANDARDS, Library

MAX_FINDINGS: Final = 50  # a document of another kind has a fault at every element

_SUBJECT: Final = re.compile(r"Element '(?:\{[^}]*\})?([^']*)'(?:, attribute '(?:\{[^}]*\})?([^']*)')?")
_EXPECTED: Final = re.compile(r"Expected is (?:one of )?\( ([^)]*) \)")
_MISSING: Final = re.compile(r"The attribute '(?:\{[^}]*\})?([^']*)' is required")
_STEP: Final = re.compile(r"([^\[]+)(?:\[(\d+)\])?")

# Kinds of libxml2 (xmlerror.h, SCHEMAV_*), and what each means for whoever sent the document.
_RULES: Final[Mapping[str, str]] = {
    "SCHEMAV_ELEMENT_CONTENT": "an element is missing or not expected here",
    "SCHEMAV_CVC_ELT_1": "not a document of this contract",
    "SCHEMAV_CVC_COMPLEX_TYPE_2_1": "must be empty",
    "SCHEMAV_CVC_COMPLEX_TYPE_2_2": "must not hold elements",
    "SCHEMAV_CVC_COMPLEX_TYPE_2_3": "must not hold text",
    "SCHEMAV_CVC_COMPLEX_TYPE_3_2_1": "has an attribute that is not allowed",
    "SCHEMAV_CVC_COMPLEX_TYPE_4": "a required attribute is missing",
    "SCHEMAV_CVC_PATTERN_VALID": "the value does not fit the pattern",
    "SCHEMAV_CVC_ENUMERATION_VALID": "the value is not in the list",
    "SCHEMAV_CVC_LENGTH_VALID": "the value has the wrong length",
    "SCHEMAV_CVC_MINLENGTH_VALID": "the value is too short",
    "SCHEMAV_CVC_MAXLENGTH_VALID": "the value is too long",
    "SCHEMAV_CVC_MININCLUSIVE_VALID": "the value is too small",
    "SCHEMAV_CVC_MAXINCLUSIVE_VALID": "the value is too large",
    "SCHEMAV_CVC_MINEXCLUSIVE_VALID": "the value is too small",
    "SCHEMAV_CVC_MAXEXCLUSIVE_VALID": "the value is too large",
    "SCHEMAV_CVC_TOTALDIGITS_VALID": "the value has too many digits",
    "SCHEMAV_CVC_FRACTIONDIGITS_VALID": "the value has too many decimals",
    "SCHEMAV_CVC_IDC": "a value that must be unique, or exist elsewhere, is not so",
}


class Xsd:
    """A schema that both validators took."""

    def __init__(self, schema: etree.XMLSchema, names: frozenset[str]) -> None:
        self._schema = schema
        self._names = names

    def __repr__(self) -> str:
        return f"Xsd({len(self._names)} names)"

    def faults(self, element: etree._Element) -> list[Finding]:
        """Return one finding V201 per faulty place, with its line and path; empty if the element is valid."""
        if self._schema.validate(element):
            return []
        seen: set[tuple[int, str, str | None]] = set()
        found: list[Finding] = []
        for entry in self._log():
            subject = _SUBJECT.match(entry.message)
            place = (entry.line, entry.path or "", subject[2] if subject else None)
            # One bad value gives two entries: the facet, then the type that has the facet.
            if place in seen and "DATATYPE" in entry.type_name:
                continue
            seen.add(place)
            found.append(self._finding(element, entry, subject))
            if len(found) == MAX_FINDINGS:
                break
        return found

    def _log(self) -> Iterator[etree._LogEntry]:
        log: Any = self._schema.error_log  # its published type leaves out that it can be walked through
        return iter(log)

    def _finding(self, element: etree._Element, entry: etree._LogEntry, subject: re.Match[str] | None) -> Finding:
        name = self._known(subject[1]) if subject else "an element"
        attribute = f", attribute {self._known(subject[2])}" if subject and subject[2] else ""
        rule = _RULES.get(entry.type_name, "the value is not of its type")
        if expected := _EXPECTED.search(entry.message):
            wanted = [self._known(item.strip().rpartition("}")[2]) for item in expected[1].split(",")]
            rule += f"; expected: {', '.join(wanted)}"
        if missing := _MISSING.search(entry.message):
            rule += f": {self._known(missing[1])}"
        return Finding(
            code="V201",
            severity=Severity.ERROR,
            text=f"{name}{attribute}: {rule}",
            source=self._path(element, entry.path or ""),
            line=entry.line or None,
        )

    def _known(self, name: str) -> str:
        """Return a name if the schema declares it: any other was written by the sender and may be anything."""
        return name if name in self._names else "(a name not in the schema)"

    def _path(self, element: etree._Element, path: str) -> str:
        """Return libxml2's node path in local names that the schema declares."""
        here, told = element, [self._known(etree.QName(element).localname)]
        for step in path.split("/")[2:]:
            match = _STEP.fullmatch(step)
            children = [child for child in here if match and match[1] in ("*", _prefixed(child))]
            index = int(match[2]) if match and match[2] else 1
            if len(children) < index:
                break
            here = children[index - 1]
            same = [child for child in children if child.tag == here.tag]
            number = f"[{same.index(here) + 1}]" if len(same) > 1 else ""
            told.append(self._known(etree.QName(here).localname) + number)
        return "/".join(told)


def _prefixed(element: etree._Element) -> str:
    local = etree.QName(element).localname
    return f"{element.prefix}:{local}" if element.prefix else local


def load_xsd(path: Path, *, root: Path | None = None) -> Xsd:
    """Return the schema in a file, with what it includes.

    Args:
        path: the file.
        root: the folder it may include from; the project's ``schemas`` if the file lies there, else its own folder.

    Raises:
        ConfigError: V401, with what each validator says if only one of them takes it.
    """
    path = path.resolve()
    root = root or (SCHEMAS if path.is_relative_to(SCHEMAS) else path.parent)
    library = Library(root)
    strict = _admission(path, library)
    try:
        schema = compile_xsd(str(path), library)
    except ConfigError as fault:
        if strict is None:
            raise ConfigError(
                "V401", f"the two validators disagree: only xmlschema takes it; {fault.text}", where=str(path)
            ) from fault
        raise
    if strict is not None:
        raise ConfigError("V401", f"the two validators disagree: only libxml2 takes it; {strict}", where=str(path))
    return schema


def compile_xsd(url: str, library: Library) -> Xsd:
    """Return the schema at ``url`` of a library, compiled by libxml2.

    Raises:
        ConfigError: V401.
    """
    parser = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True)
    parser.resolvers.add(library)
    try:
        schema = etree.XMLSchema(etree.fromstring(library.read(url), parser, base_url=url))
    except etree.XMLSchemaParseError as error:
        # The texts speak of our own schema files, not of any message.
        told = "; ".join(library.refused) or str(error)
        raise ConfigError("V401", f"the schema is not valid: {told}", where=url) from error
    return Xsd(schema, frozenset(library.names))


def _admission(path: Path, library: Library) -> str | None:
    """Return why xmlschema, which keeps closer to the standard, does not take the schema; ``None`` if it does."""
    import xmlschema  # takes 0.2 s, and only registration needs it

    library.read(str(path))  # refuses a document type before xmlschema reads the file
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an include that fails is an error of libxml2, with a better text
            xmlschema.XMLSchema10(
                str(path),
                allow="local",
                defuse="always",
                uri_mapper=library.vouch,
                locations={name: str(STANDARDS[name]) for name in library.standards},
            )
    except (xmlschema.XMLSchemaException, ValueError) as error:
        return str(error).splitlines()[0]
    return None

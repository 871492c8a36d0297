"""From a WSDL to everything that connects its partner: endpoint, bundle of the contract, drafted mapping.

What is written lies in one folder: ``registry/NAME.yaml`` for ``punte apply``, ``schemas/partners/NAME/`` with every
file of the contract as they lie to each other, ``mappings/NAME/`` with the draft, its fixture and test.
"""

import json
import re
from pathlib import Path
from random import Random
from typing import Any, Final

import msgspec
from lxml import etree

from adapters.soap.request import QUESTION, compile_request
from adapters.soap.wire import Wire
from adapters.soap.wsdl import Operation as Compiled
from adapters.soap.wsdl import Wsdl
from hub_core.contract.wsdl import Contract, Operation, Port, read_contract
from hub_core.contract.wsdl.policy import ADDRESSING, asks_for
from hub_core.draft import Draft, Wanted, draft
from hub_core.errors import ConfigError, PunteError
from hub_core.samples import Sampler
from registry.sets.draft import NAME

_WORDS: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+")
# Words of names under which partners ask for the number of a person, in Romanian, Norwegian and English.
_PERSON: Final = frozenset({
    "cnp", "pid", "cid", "ident", "fnr", "fodselsnummer", "foedselsnummer", "personident", "personidentifikator",
    "personnummer", "nin",
})  # fmt: skip
_SEEDS: Final = 40
_KINDS: Final = (
    (re.compile(r"\d{4}-\d\d-\d\d"), "{date}"),
    (re.compile(r"\d{4}-\d\d-\d\dT.*"), "{date}T00:00:00"),
)


class Connect(msgspec.Struct, frozen=True, kw_only=True):
    """What to connect.

    Attributes:
        wsdl: contract of the partner.
        root: folder around it that it may import from; ``None``: its own.
        operation: that is called; empty: the only one.
        name: of the endpoint; empty: made of that of the operation.
        institution: whose it is; empty: one is written, of the same name.
    """

    wsdl: Path
    root: Path | None = None
    operation: str = ""
    name: str = ""
    institution: str = ""


class Connected(msgspec.Struct, frozen=True, kw_only=True):
    """What was made.

    Attributes:
        files: content by path below the folder; the endpoint first.
        contract_files: how many of them belong to the contract.
        mapping: id of the draft; empty: there is none.
        notes: what a person has to decide or look at.
    """

    name: str
    operation: str
    files: dict[str, bytes]
    contract_files: int
    mapping: str = ""
    notes: tuple[str, ...] = ()


def connect(wanted: Connect) -> Connected:
    """Return the files that connect a partner.

    Raises:
        ConfigError: V401, the contract is refused; V102, it has several operations or not this one; R101, the name.
    """
    contract = read_contract(wanted.wsdl, wanted.root)
    operation = contract.operation(wanted.operation or None)
    name = wanted.name or "-".join(word.lower() for word in _WORDS.findall(operation.name))
    if not re.fullmatch(NAME, name):
        mend = "write lower-case letters, digits and hyphens with --name"
        raise ConfigError("R101", f"{name!r} cannot be the name of an endpoint", where="--name", mend=mend)
    bundle = {file.relative_to(contract.root).as_posix(): file.read_bytes() for file in contract.files}
    files = {f"schemas/partners/{name}/{path}": body for path, body in bundle.items()}
    asked, guessed = templates(contract, operation)
    main = f"partners/{name}/{contract.path.relative_to(contract.root).as_posix()}"
    text = _endpoint(name, wanted.institution, contract, operation, main, asked)
    made, notes = _drafted(contract, operation, name, _persons(asked))
    if operation.output is not None and not guessed:
        notes.append("nothing in the request looks like a person's number: write {cnp} where it belongs")
    invented = [path for path, template in asked.items() if path != "." and "{" not in template]
    if "." in asked:
        notes.append("the whole request is written out: look at every value in it")
    if invented:
        notes.append(f"invented values stand in the request, write your own: {', '.join(invented)}")
    return Connected(
        name=name,
        operation=operation.name,
        files={f"registry/{name}.yaml": text.encode(), **files, **(made.files if made else {})},
        contract_files=len(bundle),
        mapping=made.id if made else "",
        notes=tuple(notes),
    )


def _port(contract: Contract, operation: Operation) -> Port | None:
    ports = [port for service in contract.services for port in service.ports if operation in port.operations]
    return next((port for port in ports if port.address), None)


def _persons(asked: dict[str, str]) -> set[str]:
    """Return the names of the elements that are filled in with the number of a person."""
    if "." in asked:
        documents = etree.fromstring(f"<all>{asked['.']}</all>")
        return {etree.QName(one).localname for one in documents.iter(etree.Element) if one.text == "{cnp}"}
    return {path.rpartition("/")[2] for path, template in asked.items() if template == "{cnp}"}


def _drafted(contract: Contract, operation: Operation, name: str, persons: set[str]) -> tuple[Draft | None, list[str]]:
    """Return a draft of what reads the answers, as the contract says them."""
    if operation.output is None:
        return None, ["the operation answers nothing: nothing is to be read"]
    id_ = f"{name}.{_slug(operation.output.element)}/1"
    try:
        wanted = Wanted(
            contract=contract.path, schemas=contract.root, operation=operation.name, persons=persons, id=id_
        )
        return draft(wanted), []
    except PunteError as fault:
        return None, [f"no mapping could be drafted: {fault}"]


def templates(contract: Contract, operation: Operation) -> tuple[dict[str, str], bool]:
    """Return what fills in the request, by path, and whether a person's number is among it."""
    root = _request(contract, operation)
    found: dict[str, str] = {}
    plain = True
    for element in root.iter(etree.Element):
        plain = plain and not element.attrib and not _prefix(element)
        if len(element) == 0 and (element is not root or element.text):
            above = [etree.QName(one).localname for one in reversed([element, *element.iterancestors()])]
            # Only a question is about a person and a day.
            text = element.text or ""
            element.text = _template(above[-1], text) if operation.output is not None else _plain(text)
            plain = plain and "/".join(above[1:]) not in found
            found["/".join(above[1:])] = element.text
    # A template says something; an element that is to be empty is written without one, or in the whole document.
    found = {path: template for path, template in found.items() if template.strip()}
    person = "{cnp}" in found.values()
    if plain and not (len(root) == 0 and not root.text) and _is_told_by(found, contract, operation):
        return found, person
    body: Any = etree.fromstring(Wire(contract).write(operation, operation.input, root)).find("{*}Body")
    return {".": "\n".join(_whole(child) for child in body)}, person


def _is_told_by(found: dict[str, str], contract: Contract, operation: Operation) -> bool:
    """Tell whether paths can say a request: not one of several documents, or with what stands for a wildcard."""
    try:
        compile_request(Compiled(Wsdl(contract), operation), found, QUESTION)
    except ConfigError:
        return False
    return True


def _whole(document: Any) -> str:
    """Return a document by itself, with the prefixes that its values use."""
    whole = etree.fromstring(etree.tostring(document, with_tail=False))
    values: list[Any] = [value for one in whole.iter() for value in one.values()]
    named = {value.partition(":")[0] for value in values if ":" in value} | {_prefix(one) for one in whole.iter()}
    etree.cleanup_namespaces(whole, keep_ns_prefixes=sorted(filter(None, named)))
    etree.indent(whole)
    return etree.tostring(whole, encoding="unicode")


def _prefix(element: Any) -> str:
    """Return the prefix of an element whose text looks like a qualified name; empty if it has none."""
    prefix, colon, _ = (element.text or "").strip().partition(":")
    return prefix if colon and prefix in element.nsmap else ""


def _request(contract: Contract, operation: Operation) -> Any:
    """Return the smallest request; where abstract types leave a choice, one that asks by a person's number."""
    smallest = Sampler(contract.schemas.model(), density=0).sample(operation.input.element, Random(1))
    others = Sampler(contract.schemas.model(), density=0.05)
    for seed in range(_SEEDS):
        if _asks_for_person(smallest):
            break
        other = others.sample(operation.input.element, Random(seed))
        smallest = other if _asks_for_person(other) else smallest
    return smallest


def _asks_for_person(root: Any) -> bool:
    return any(len(one) == 0 and _template(etree.QName(one).localname, "") for one in root.iter(etree.Element))


def _template(name: str, text: str) -> str:
    words = {word.lower() for word in _WORDS.findall(name)} | {name.lower()}
    if words & _PERSON:
        return "{cnp}"
    said = next((template for form, template in _KINDS if form.fullmatch(text)), text)
    return said if said != text else _plain(text)


def _plain(text: str) -> str:
    """Return a template that is this text."""
    return text.replace("{", "{{").replace("}", "}}")


def _endpoint(
    name: str, institution: str, contract: Contract, operation: Operation, wsdl: str, asked: dict[str, str]
) -> str:
    ask = operation.output is not None
    port = _port(contract, operation)
    address = port.address if port and re.match(r"https?://[^/@]+(/|$)", port.address or "") else None
    variable = f"env:{name.upper().replace('-', '_')}_URL"
    lines = [
        f"# {json.dumps(operation.name)} as its contract says it; look at each line, then: punte apply --plan",
        *([] if institution else ["institutions:", f"  {name}: {{name: {json.dumps(operation.name)}}}"]),
        "endpoints:",
        f"  {name}:",
        f"    institution: {institution or name}",
        f"    direction: {'ask' if ask else 'out'}",
        "    adapter: soap",
        f"    service: {name}",
        f"    url: {json.dumps(address) if address else variable}",
        f"    contract: {{wsdl: {json.dumps(wsdl)}, operation: {json.dumps(operation.name)}}}",
        *(["    wsa: true"] if asks_for(contract.findings, ADDRESSING) else []),
        *(["    ask:"] if asked else []),
        *(line for path, text in asked.items() for line in _asked(path, text)),
        "    # credentials: {kind: username-token, user: USER, secret: {env: NAME}}",
    ]
    if ask:
        lines += [
            "queries:",
            f"  {name}: {{service: {name}-query, sources: [{name}], deadline: 30s}}",
            "# Who may ask; nothing flows that does not stand here.",
            "# access:",
            f"#   someone-asks-{name}: {{institution: SOMEONE, service: {name}-query, purposes: [PURPOSE]}}",
        ]
    return "\n".join(lines) + "\n"


def _asked(path: str, text: str) -> list[str]:
    if path == ".":
        return ["      .: |", *(f"        {line}" for line in text.splitlines())]
    return [f"      {json.dumps(path)}: {json.dumps(text, ensure_ascii=False)}"]


def _slug(element: str) -> str:
    return "-".join(word.lower() for word in _WORDS.findall(element.rpartition("}")[2])) or "answer"

"""A sample call of an inbound endpoint, with synthetic data: what is sent, and what comes back."""

import json
from collections.abc import Collection
from pathlib import Path, PurePosixPath
from typing import Any

import msgspec
from lxml import etree

from hub_core.contract import contract_of as contract_by
from hub_core.contract.wsdl import Contract, read_contract
from hub_core.directory import Directory, Endpoint
from hub_core.document import Document
from hub_core.draft.sample import Sample
from hub_core.mapping import MappingSet
from hub_core.mapping.language.rules import Source
from hub_core.places import MAPPINGS, SCHEMAS, around
from hub_web.api.examples import CANONICAL, SED
from hub_web.partner.model import Call
from hub_web.partner.readable import make_readable
from hub_web.partner.soapcall import soap_call


def contract_of(endpoint: Endpoint) -> Contract | None:
    """Return the WSDL of an endpoint; ``None`` where it has none.

    Raises:
        ConfigError: V401.
    """
    if endpoint.contract is None or endpoint.contract.wsdl is None:
        return None
    path = SCHEMAS / endpoint.contract.wsdl
    return read_contract(path, around(path))


def call_of(
    name: str, endpoint: Endpoint, directory: Directory, mappings: MappingSet, address: str, folder: Path = MAPPINGS
) -> Call:
    """Return a call that a hub takes.

    Args:
        name: of the endpoint, an inbound one.
        endpoint: what is registered.
        directory: the set around it.
        mappings: in force; the fixtures of their tests are the best samples.
        address: under which callers reach the hub.
        folder: of those mappings.

    Raises:
        ConfigError: V401, its contract cannot be read.
    """
    url = f"{address}/{endpoint.adapter}/{name}"
    purpose = purpose_of(endpoint, directory)
    headers = (("Punte-Purpose", purpose),) if purpose else ()
    id_header = endpoint.message_id == "header"
    if endpoint.adapter == "soap":

        def readable(root: Any) -> bool:
            document = Document(kind="xml", root=root, name=etree.QName(root).localname)
            mapping = mappings.find(document, endpoint.mappings)
            return mapping is None or make_readable(document, mapping)

        made = soap_call(endpoint, contract_of(endpoint), lambda ids: fixture(ids, mappings, folder), readable)
        return msgspec.structs.replace(made, url=url, headers=(*made.headers, *headers), id_header=id_header)
    document = fixture(endpoint.mappings, mappings, folder)
    allowed = "" if document else _allowed(endpoint)
    headers = (("Content-Type", "application/json"), *headers)
    body = document or allowed or _plain(endpoint)
    return Call(url=url, headers=headers, body=body, language="json", id_header=id_header, taken=not allowed)


def services_of(endpoint: Endpoint, directory: Directory) -> set[str]:
    """Return the services that callers of an endpoint need a right to: its own, and those of what it asks for them."""
    asked = {answer.query for answer in endpoint.answers.values()}
    return {endpoint.service, *(query.service for name, query in directory.queries.items() if name in asked)}


def purpose_of(endpoint: Endpoint, directory: Directory) -> str:
    """Return a purpose that a caller names; empty where one is fixed for it."""
    services = services_of(endpoint, directory)
    rights = [right for right in directory.access.values() if right.service in services]
    if not rights or all(right.fixed_purpose for right in rights):
        return ""
    return next(right.purposes[0] for right in rights if not right.fixed_purpose)


def _allowed(endpoint: Endpoint) -> str:
    """Return a document that the JSON Schema of an endpoint allows; empty where it has none.

    Raises:
        ConfigError: V401, it cannot be read.
    """
    file = endpoint.contract.json_schema if endpoint.contract is not None else None
    if file is None:
        return ""
    path = SCHEMAS / file
    found = contract_by(Source(kind="json", schema=path.name, ns={}), path.parent)
    if found is None:
        return ""
    made = [Sample({}, whole=whole).tree(found.root) for whole in (True, False)]
    tree = next((one for one in made if not found.faults(one)), made[-1])
    return json.dumps(tree, ensure_ascii=False, indent=2)


def _plain(endpoint: Endpoint) -> str:
    return json.dumps(SED if endpoint.adapter == "eessi" else CANONICAL, ensure_ascii=False, indent=2)


def fixture(ids: Collection[str], mappings: MappingSet, folder: Path) -> str:
    """Return the document of the first test of some mappings that needs nothing else; empty where there is none."""
    return (fixture_bytes(ids, mappings, folder) or b"").decode().strip()


def fixture_bytes(ids: Collection[str], mappings: MappingSet, folder: Path) -> bytes | None:
    """Return the same as bytes, in the encoding of their contract."""
    for mapping in mappings.all:
        for test in mapping.tests if mapping.id in ids else ():
            path = folder / PurePosixPath(mapping.file).parent / test.fixture
            if test.error is None and not test.set and not test.remove and path.is_file():
                return path.read_bytes()
    return None

"""A sample call of an inbound endpoint, with synthetic data: what is sent, and what comes back."""

import json
from collections.abc import Collection
from pathlib import PurePosixPath
from typing import Any

import msgspec
from lxml import etree

from hub_core.contract.wsdl import Contract, read_contract
from hub_core.directory import Directory, Endpoint
from hub_core.document import Document
from hub_core.mapping import MappingSet
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


def call_of(name: str, endpoint: Endpoint, directory: Directory, mappings: MappingSet, address: str) -> Call:
    """Return a call that a hub takes.

    Args:
        name: of the endpoint, an inbound one.
        endpoint: what is registered.
        directory: the set around it.
        mappings: in force; the fixtures of their tests are the best samples.
        address: under which callers reach the hub.

    Raises:
        ConfigError: V401, its contract cannot be read.
    """
    url = f"{address}/{endpoint.adapter}/{name}"
    purpose = _purpose(endpoint, directory)
    headers = (("Punte-Purpose", purpose),) if purpose else ()
    id_header = endpoint.message_id == "header"
    if endpoint.adapter == "soap":

        def readable(root: Any) -> bool:
            document = Document(kind="xml", root=root, name=etree.QName(root).localname)
            mapping = mappings.find(document, endpoint.mappings)
            return mapping is None or make_readable(document, mapping)

        made = soap_call(endpoint, contract_of(endpoint), lambda ids: fixture(ids, mappings), readable)
        return msgspec.structs.replace(made, url=url, headers=(*made.headers, *headers), id_header=id_header)
    body = fixture(endpoint.mappings, mappings) or _plain(endpoint)
    headers = (("Content-Type", "application/json"), *headers)
    return Call(url=url, headers=headers, body=body, language="json", id_header=id_header)


def _purpose(endpoint: Endpoint, directory: Directory) -> str:
    """Return a purpose that a caller names; empty where one is fixed for it."""
    asked = {answer.query for answer in endpoint.answers.values()}
    services = {endpoint.service, *(query.service for name, query in directory.queries.items() if name in asked)}
    rights = [right for right in directory.access.values() if right.service in services]
    if not rights or all(right.fixed_purpose for right in rights):
        return ""
    return next(right.purposes[0] for right in rights if not right.fixed_purpose)


def _plain(endpoint: Endpoint) -> str:
    return json.dumps(SED if endpoint.adapter == "eessi" else CANONICAL, ensure_ascii=False, indent=2)


def fixture(ids: Collection[str], mappings: MappingSet) -> str:
    """Return the document of the first test of some mappings that needs nothing else; empty where there is none."""
    for mapping in mappings.all:
        for test in mapping.tests if mapping.id in ids else ():
            path = MAPPINGS / PurePosixPath(mapping.file).parent / test.fixture
            if test.error is None and not test.set and not test.remove and path.is_file():
                return path.read_text(encoding="utf-8").strip()
    return ""

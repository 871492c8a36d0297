"""The terms of the Core Person Vocabulary that the model names exist in its published context."""

import json
import re

import pytest

from hub_core.canonical.schema import document

NAMESPACES = {
    "person": "http://www.w3.org/ns/person#",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "m8g": "http://data.europa.eu/m8g/",
    "adms": "http://www.w3.org/ns/adms#",
    "locn": "http://www.w3.org/ns/locn#",
    "dct": "http://purl.org/dc/terms/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
}
TERM = re.compile(rf"\b({'|'.join(NAMESPACES)}):([A-Za-z]\w+)")
# Named by the model and right, but of other parts of the same vocabularies.
ELSEWHERE = {"skos:prefLabel"}


def _terms() -> set[str]:
    return {f"{prefix}:{name}" for prefix, name in TERM.findall(json.dumps(document()))}


def test_the_model_names_terms_of_the_vocabulary():
    assert {"foaf:familyName", "m8g:birthDate", "adms:Identifier", "locn:thoroughfare"} <= _terms()


@pytest.mark.shared
def test_every_term_that_the_model_names_exists_in_the_published_context(shared):
    context = json.loads((shared / "semic" / "core-person-ap_en.jsonld").read_text(encoding="utf-8"))["@context"]
    known = {entry["@id"] if isinstance(entry, dict) else entry for entry in context.values()}
    named = {term: NAMESPACES[term.split(":")[0]] + term.split(":")[1] for term in _terms() - ELSEWHERE}
    assert sorted(term for term, iri in named.items() if iri not in known) == []

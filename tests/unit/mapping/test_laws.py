"""Laws of every mapping, for mappings and documents made at random from the whole grammar.

Every leaf of a document is in the record, a token, ignored or in ``unmapped``, and a document says the same as XML and as
JSON. Most leaves have a text of their own, so that none can hide behind another.
"""

import json
from itertools import count

from hypothesis import given
from hypothesis import strategies as st

from hub_core.mapping import load_files
from hub_core.mapping.language.paths import parse_path
from hub_core.mapping.reading import jsonplaces, xmlrun
from tests.unit.mapping.conftest import CODES, ON, document_of, translated

LISTS = {f"codes/{name}.yaml": f"list: {name}\ntitle: t\nsource: s\n{text.lstrip()}" for name, text in CODES.items()}
NAMES = st.sampled_from("abk")
SHARED = ("1", "0", "M", "m", "F", "x")  # literals of filters and conditions, tokens, codes: leaves may share them
LEAVES = st.sampled_from(["own"] * 6 + list(SHARED))
OBJECTS = LEAVES
for _ in range(2):
    OBJECTS = st.fixed_dictionaries(
        {"a": OBJECTS | LEAVES}, optional={"b": OBJECTS, "k": LEAVES, "c": LEAVES}
    ) | st.lists(OBJECTS | LEAVES, min_size=1, max_size=3)
BODIES = st.fixed_dictionaries({"a": OBJECTS, "b": OBJECTS}, optional={"k": LEAVES, "c": OBJECTS})


def with_texts(body, numbers=None):
    """Give every leaf that asks for it a text that no other has; lists in lists, which XML has not, become one."""
    numbers = numbers or count(1)
    if isinstance(body, dict):
        return {key: with_texts(inner, numbers) for key, inner in body.items()}
    if isinstance(body, list):
        made = [with_texts(inner, numbers) for inner in body]
        return [one for inner in made for one in (inner if isinstance(inner, list) else [inner])]
    return f"v{next(numbers)}v" if body == "own" else body


@st.composite
def paths(draw, most=3):
    steps = draw(st.lists(NAMES, min_size=1, max_size=draw(st.integers(1, most))))
    if len(steps) > 1 and draw(st.integers(0, 5)) == 0:
        steps[0] += f"[{draw(NAMES)}={draw(st.sampled_from(SHARED[:2]))}]"
    return f"<{'.'.join(steps)}>"


@st.composite
def conditions(draw):
    meant = st.sampled_from(["1", ["1", "0"], "present", "absent"])
    return draw(st.dictionaries(paths(2), meant, min_size=1, max_size=2))


def sometimes(draw, rule, key, strategy, chance=4):
    if draw(st.integers(0, chance)) == 0:
        rule[key] = draw(strategy)


@st.composite
def values(draw, more):
    """Rules for one value."""
    rule = {}
    match draw(st.integers(0, 5)):
        case 0:
            rule["any"] = draw(st.lists(paths(), min_size=2, max_size=3))
        case 1 if not more:
            rule["derive"] = f'join("-", {draw(paths())}, {draw(paths())})'
        case _:
            rule["at"] = draw(paths() | st.just("<.>"))
    rule |= more
    sometimes(draw, rule, "when", conditions())
    sometimes(draw, rule, "absent", st.just("0"))
    sometimes(draw, rule, "unknown", st.just("x"))
    sometimes(draw, rule, "need", st.just("required"))
    return [rule, draw(values(more))] if draw(st.integers(0, 5)) == 0 else rule


def value(**more):
    return values(more).map(flat)


def flat(rule):
    """Return nested alternatives as one list."""
    return (
        [one for part in rule for one in (flat(part) if isinstance(part, list) else [part])]
        if isinstance(rule, list)
        else rule
    )


@st.composite
def objects(draw, fields, origin):
    """Rules for an object, or for the elements of a list."""
    rule = {origin: draw(paths(2) | st.just("<.>"))}
    if fields is PERSON and draw(st.booleans()):
        rule["use"] = "person"
        sometimes(draw, rule, "fields", st.fixed_dictionaries({"death.place.locality": TEXT}))
    else:
        rule["fields"] = draw(some(fields))
    sometimes(draw, rule, "when", conditions())
    sometimes(draw, rule, "where", conditions())
    sometimes(draw, rule, "faulty", st.just("flag"))
    return rule


@st.composite
def some(draw, fields):
    """Rules for a few of the fields; money cannot be without either of its."""
    least = 2 if "balance.amount" in fields else 1
    names = draw(st.lists(st.sampled_from(sorted(fields)), min_size=least, max_size=max(least, 3), unique=True))
    return {name: draw(fields[name]) for name in names}


def one_or_two(rules):
    return rules | st.lists(rules, min_size=2, max_size=2)


TEXT = value()
PERSON = {
    "name.family": TEXT,
    "name.given": TEXT,
    "sex": value(codes="sex", unmapped="keep"),
    "birth.date": value(**{"as": "partial_date"}),
    "birth.place.locality": TEXT,
    "identifiers[scheme=x].value": TEXT,
    "emails[]": one_or_two(paths().map(lambda path: {"each": path})),
    "addresses[]": one_or_two(objects({"street": TEXT, "locality": value(codes="kind", unmapped="flag")}, "each")),
}
RECORD = {
    **PERSON,
    "father": one_or_two(objects(PERSON, "at")),
    "spouse": objects(PERSON, "at"),
    "children[]": one_or_two(objects(PERSON, "each")),
    "debts[]": objects(
        {"balance.amount": value(**{"as": "decimal"}), "balance.currency": st.just({"const": "RON"})}, "each"
    ),
    ".": objects({"birth_name.family": TEXT, "death.place.locality": TEXT}, "at"),
}


@st.composite
def mappings(draw):
    return {
        "faulty": "flag",
        "codes": {"sex": "test-sex@1", "kind": "kind@1"},
        "fields": draw(some(RECORD)),
        "blocks": {"person": draw(some(PERSON))},
        "ignore": dict.fromkeys(draw(st.lists(paths(2), max_size=1)), "not wanted"),
    }


def compiled(mapping, kind):
    source = {"json": "TEST"} if kind == "json" else {"xml": "{}root"}
    whole = {"mapping": "test.test/1", "source": source, "target": "Beneficiary@1", **mapping}
    files = {**LISTS, "test.yaml": translated(json.dumps(whole), kind)}
    return load_files({name: text.encode() for name, text in files.items()}).all[0]


def texts(value):
    if hasattr(value, "__struct_fields__"):
        return [one for name in value.__struct_fields__ if name != "unmapped" for one in texts(getattr(value, name))]
    if isinstance(value, tuple):
        return [one for inner in value for one in texts(inner)]
    return [value] if isinstance(value, str) else []


def own(values):
    """Return the texts that one leaf only has, also those that are parts of joined ones."""
    return {one for text in values for one in text.split("-") if one.startswith("v")}


def leaves(value):
    """Return the texts of a JSON value."""
    if isinstance(value, dict | list):
        return [text for one in (value.values() if isinstance(value, dict) else value) for text in leaves(one)]
    return [jsonplaces.plain_text(value)]


def ignored(mapping, document):
    found = set()
    for path in mapping["ignore"]:
        steps = parse_path(translated(path, document.kind), document.kind)
        if document.kind == "json":
            for _, inner in jsonplaces.places(document.root, steps):
                found |= set(leaves(inner))
        else:
            for place in xmlrun.places(document.root, steps):
                found |= {text.strip() for text in place[0].itertext()}
    return own(found)


def read(mapping, body, kind):
    document = document_of(body, kind)
    found = compiled(mapping, kind)
    reading = found.read(document, on=ON)
    return document, reading


@given(mapping=mappings(), body=BODIES.map(with_texts))
def test_every_leaf_is_in_the_record_a_token_ignored_or_unmapped(mapping, body):
    for kind in ("json", "xml"):
        document, reading = read(mapping, body, kind)
        assert reading.record is not None
        kept = own(texts(reading.record)) | own(leaf.value for leaf in reading.unmapped)
        everything = own(leaves(body))
        assert everything - kept - ignored(mapping, document) == set(), kind


@given(mapping=mappings(), body=BODIES.map(with_texts))
def test_a_document_says_the_same_as_xml_and_as_json(mapping, body):
    (_, one), (_, other) = (read(mapping, body, kind) for kind in ("json", "xml"))
    assert sorted(texts(one.record)) == sorted(texts(other.record))
    assert sorted(leaf.value for leaf in one.unmapped) == sorted(leaf.value for leaf in other.unmapped)
    assert sorted(finding.code for finding in one.findings) == sorted(finding.code for finding in other.findings)

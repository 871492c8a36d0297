"""The mutants themselves: operators change one thing, the same in every run, and what changes nothing is dropped."""

from functools import cache
from itertools import islice
from random import Random

import pytest

from tests.lint.choice import candidates, chosen
from tests.lint.equivalence import shipped, stages, witness
from tests.lint.mutant import OPERATORS, File, Mutant, typo

FILES = shipped()
BY_NAME = {file.name: file for file in FILES}
INSURED = "mappings/cnas/insured-person.yaml"
CONTRACT = "schemas/partners/cnas/GetInsuredResponse.xsd"
EACH = pytest.mark.parametrize("name", OPERATORS)


@pytest.fixture(scope="module")
def staged(tmp_path_factory):
    return stages(tmp_path_factory.mktemp("stages"))


@cache
def made(name):
    return list(islice(candidates(name, FILES), 20))


def changed(old, new, *, file=INSURED, reads=None):
    text = BY_NAME[file].text
    assert text.count(old) == 1
    line = text[: text.index(old)].count("\n") + 1
    return Mutant(
        operator="by hand",
        file=file,
        line=line,
        text=text.replace(old, new),
        before="",
        after="",
        original=old,
        reads=reads,
    )


def seen(mutant, staged):
    found = witness(mutant, list(staged.values()))
    return None if found is None else found.mapping.name


@EACH
def test_an_operator_finds_places_in_the_shipped_files(name):
    assert made(name)


@EACH
def test_a_mutant_names_the_line_that_it_changed(name):
    for mutant in made(name):
        original = BY_NAME[mutant.file]
        assert mutant.text != original.text
        assert mutant.before in {*original.lines, ""}
        assert mutant.after in mutant.text.splitlines()
        assert mutant.after != mutant.before


@EACH
def test_an_operator_makes_the_same_mutants_again(name):
    assert list(islice(candidates(name, FILES), 20)) == made(name)


def test_a_typo_is_another_word():
    rng = Random("typo")
    assert all(typo(word, rng) != word for word in ("a", "aa", "aaa", "PERS", "validTo") for _ in range(50))


def test_no_operator_outweighs_the_others(staged):
    assert len(chosen("path_step_misspelt", staged, 2)) == 2


def test_a_value_that_is_read_elsewhere_counts(staged):
    assert seen(changed('"c:insured/@cid"', '"c:insured/@pid"'), staged) == INSURED


def test_a_mapping_that_does_not_load_counts(staged):
    assert seen(changed("codes: life", "codes: lfie"), staged) == INSURED


def test_a_test_that_fails_counts(staged):
    assert (
        seen(changed("insured: {state: {code: not-insured}}", "insured: {state: {code: not-insuerd}}"), staged)
        == INSURED
    )


def test_another_reason_changes_nothing_and_does_not_count(staged):
    assert seen(changed("the list of codes is not public", "nobody publishes the list"), staged) is None


def test_a_code_that_no_document_holds_does_not_count(staged):
    assert (
        seen(
            changed(
                "in: [OPTIONAL], out: OPTIONAL", "in: [LIBER], out: LIBER", file="mappings/codes/cnas-category@1.yaml"
            ),
            staged,
        )
        is None
    )


def test_a_contract_that_no_longer_has_a_mapped_place_counts(staged):
    mutant = changed('name="validTo"', 'name="validUntil"', file=CONTRACT, reads=("named", "validTo"))
    assert seen(mutant, staged) == INSURED


def test_a_contract_with_another_place_that_no_mapping_reads_does_not_count(staged):
    mutant = changed('name="states"', 'name="conditions"', file=CONTRACT, reads=("named", "states"))
    assert seen(mutant, staged) is None


def test_a_single_place_that_may_repeat_counts_where_it_is_read_as_one_value(staged):
    contract = "schemas/partners/dgep/Raspuns.xsd"
    old, new = '<xs:element name="D_DECES" ', '<xs:element name="D_DECES" maxOccurs="2" '
    assert seen(changed(old, new, file=contract, reads=("single", "D_DECES")), staged) == "mappings/dgep/person.yaml"


def test_a_file_is_as_it_was_after_a_mutant(staged):
    stage = staged[INSURED]
    mutant = changed("codes: life", "codes: lfie")
    with stage.changed(mutant):
        assert stage.compiled() is None
    assert stage.compiled() is not None
    assert (stage.root / INSURED).read_text() == BY_NAME[INSURED].text


def test_an_edit_keeps_the_quotes_of_the_text():
    file = File("mappings/x.yaml", "a: {at: 'x', as: \"y\", why: z}\n")
    holder = file.node.items["a"]
    edits = [next(file.edit(holder.items[key], "n", "by hand")).after for key in ("at", "as", "why")]
    assert edits == [
        "a: {at: 'n', as: \"y\", why: z}",
        "a: {at: 'x', as: \"n\", why: z}",
        "a: {at: 'x', as: \"y\", why: n}",
    ]

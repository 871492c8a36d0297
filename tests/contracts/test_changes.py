"""Changes of real contracts and of the project's own, seeded and classified."""

from pathlib import Path
from random import Random

import pytest

from hub_core.contract.changes import Comparison, compare
from tests.contracts.changes_around import AROUND
from tests.contracts.changes_formal import FORMAL
from tests.contracts.changes_inside import INSIDE, Operator
from tests.contracts.making import written
from tests.contracts.seeding import RICH, Contract

OWN = Path(__file__).parents[2] / "schemas" / "partners"
SEEDS = 50
WRONG = 0
REAL = (
    ("cnas", "SiuiInsuredWS.wsdl"),
    ("cnas", "SiuiValidateWS.wsdl"),
    ("cnas", "SiuiDrugConsumptionWS.wsdl"),
    ("nav/arbeidsforholdv3-tjenestespesifikasjon/src/main/wsdl", "no/nav/tjeneste/virksomhet/arbeidsforhold/v3/Binding.wsdl"),
    ("nav/personsok-esb-tjenestespesifikasjon/src/main/wsdl", "personsok/nav-tjeneste-personsok_PersonsokWSEXP.wsdl"),
    ("nav/nav-ytelsevedtak-v1-tjenestespesifikasjon/src/main/wsdl", "no/nav/tjeneste/virksomhet/ytelseVedtak/v1/YtelseVedtakV1.wsdl"),
)  # fmt: skip


def _sources(shared: Path, folder: Path) -> list[Contract]:
    rich = written(folder / "rich", {"rich.wsdl": RICH})
    own = [(OWN / name, next((OWN / name).glob("*.wsdl")).name) for name in ("anpis", "dgep", "anaf", "anofm", "cnas")]
    real = ((shared / "wsdl" / name, main) for name, main in REAL)
    return [Contract(*one) for one in ((rich.parent, rich.name), *real, *own)]


def _one(operator: Operator, sources: list[Contract], folder: Path, seed: int) -> tuple[bool, str]:
    """Seed one change into the first contract that it fits, from some place on; tell whether it is classified right."""
    random = Random(seed)
    for source in random.sample(sources, len(sources)):
        met = source.seeded(operator, random, folder)
        if met is None:
            continue
        truth = operator.truth
        found = compare(source.folder / source.main, folder / source.main)
        writers, readers = truth.writers and "request" in met, truth.readers and "answer" in met
        told = f"{truth} in {source.main}, met in {sorted(met)}: {_shown(found)}"
        return _agrees(found, truth.kind, writers, readers), told
    return False, f"{operator.truth} fits nowhere"


def _agrees(found: Comparison, kind: str, writers: bool, readers: bool) -> bool:
    named = any(it.kind == kind and (it.writers, it.readers) == (writers, readers) for it in found.changes)
    return named and (any(it.writers for it in found.changes), any(it.readers for it in found.changes)) == (
        writers,
        readers,
    )


def _shown(found: Comparison) -> str:
    return "; ".join(f"{it.kind} {it.text} {it.writers=} {it.readers=}" for it in found.changes[:4]) or "nothing"


@pytest.mark.shared
def test_nearly_all_seeded_changes_are_classified_as_what_they_are(shared: Path, tmp_path: Path) -> None:
    operators, sources = [*INSIDE, *AROUND], _sources(shared, tmp_path)
    wrong = []
    for seed, operator in enumerate(operators):
        right, told = _one(operator, sources, tmp_path / f"{seed}", seed)
        if not right:
            wrong.append(told)
    assert len(operators) >= SEEDS
    assert len(wrong) <= WRONG, "\n".join(wrong)


@pytest.mark.parametrize("way", FORMAL)
def test_another_way_to_write_the_same_is_no_change(way: str, tmp_path: Path) -> None:
    old = written(tmp_path / "old", {"rich.wsdl": RICH})
    again = FORMAL[way](RICH)
    new = written(tmp_path / "new", {"rich.wsdl": again})
    assert again != RICH
    assert compare(old, new).changes == ()


def test_a_contract_split_into_files_is_no_change(tmp_path: Path) -> None:
    old = written(tmp_path / "old", {"rich.wsdl": RICH})
    start, end = RICH.index("<xs:schema"), RICH.index("</xs:schema>") + len("</xs:schema>")
    place = '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:import namespace="urn:t" schemaLocation="types.xsd"/></xs:schema>'
    files = {"rich.wsdl": RICH[:start] + place + RICH[end:], "types.xsd": RICH[start:end]}
    assert compare(old, written(tmp_path / "new", files)).changes == ()

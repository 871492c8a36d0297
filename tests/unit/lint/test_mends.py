"""What lint offers to write instead, applied: the file is right again."""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from hub_core.lint import LintFinding, lint
from hub_core.lint.loaded import ELSEWHERE
from hub_core.places import MAPPINGS, SCHEMAS
from tests.lint.proof import replaced, together

CNAS, DGEP = "cnas/insured-person.yaml", "dgep/person.yaml"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project, as far as lint reads it."""
    folder = tmp_path_factory.mktemp("project")
    shutil.copytree(MAPPINGS, folder / "mappings")
    shutil.copytree(SCHEMAS, folder / "schemas")
    return folder


@contextmanager
def changed(path: Path, *changes: tuple[str, str]) -> Iterator[None]:
    """Write changes into a file, and afterwards the file as it was."""
    before = text = path.read_text("utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path.write_text(text, "utf-8")
    try:
        yield
    finally:
        path.write_text(before, "utf-8")


def found(root: Path, *files: str) -> list[LintFinding]:
    return lint([root / "mappings" / file for file in files], root=root / "mappings", schemas=root / "schemas")


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        pytest.param(DGEP, "at: CNP, as: cnp", "at: CNP, as: decimal", id="the codec of the contract's type"),
        pytest.param("anofm/monthly.yaml", "{at: kind, codes: status", "{at: kind", id="the list that reads the texts"),
        pytest.param("eessi/nav-p2200.yaml", ", as: date}", "}", id="the codec that reads the documents"),
        pytest.param(CNAS, "insurance[]:", "insurance:", id="the mark of a list"),
        pytest.param(
            "cnpp/payments.yaml", "method: {at: method", "method.value: {at: method", id="the end of a target"
        ),
        pytest.param(DGEP, "RUDE/RUDA[GRAD=M]", "PERS/DOM", id="the place at which another rule uses the block"),
        pytest.param("eessi/nav-a003.yaml", "use: address, at: adresse", "use: person, at: adresse", id="the block"),
        pytest.param("codes/job-seeker@1.yaml", "in: [I], out: I", "in: [II], out: II", id="read and written text"),
        pytest.param(
            "codes/cnas-life@1.yaml", "{from: 2012-01-01}", "{from: 2012-01-01, until: 1967-12-31}", id="days"
        ),
    ],
)
def test_what_is_offered_mends_a_slip(root: Path, file: str, old: str, new: str) -> None:
    files = [file, *({"codes/job-seeker@1.yaml": ["anofm/status.yaml"]}.get(file, []))]
    with changed(root / "mappings" / file, (old, new)):
        said = found(root, *files)
        assert said
        with replaced(together(said), root) as fits:
            assert fits
            assert found(root, *files) == []


def test_an_entry_is_offered_for_a_text_that_a_contract_takes_up(root: Path) -> None:
    with changed(
        root / "schemas" / "partners" / "anofm" / "Someri.xsd",
        ('value="N"/>', 'value="N"/><xs:enumeration value="Q"/>'),
    ):
        said = found(root, "anofm/status.yaml", "codes/job-seeker@1.yaml")
        assert {one.code for one in said} == {"L131"}
        assert [one.replacement.sure for one in said if one.replacement] == [False]
        with replaced(together(said), root) as fits:
            assert fits
            assert found(root, "anofm/status.yaml", "codes/job-seeker@1.yaml") == []


def test_where_a_contract_takes_its_names_out_of_the_namespace_each_path_is_mended(root: Path) -> None:
    contract = root / "schemas" / "partners" / "anofm" / "Someri.xsd"
    with ExitStack() as made:
        made.enter_context(changed(contract, ('elementFormDefault="qualified"', "")))
        made.enter_context(replaced(together(found(root, "anofm/status.yaml")), root))
        said = found(root, "anofm/status.yaml")
        assert "L106" not in {one.code for one in said}
        made.enter_context(replaced(together(said), root))
        assert found(root, "anofm/status.yaml") == []


def test_documents_that_the_contract_refuses_are_no_measure_of_a_codec(root: Path) -> None:
    days = [
        ("%d.%m.%Y", "%d/%m/%Y"),
        *((day, day.replace(".", "/")) for day in ("01.01.1900", "01.01.0001", "31.12.9999")),
    ]
    contract = changed(root / "schemas/partners/dgep/Raspuns.xsd", (r"[0-9]{2}\.[0-9]{2}\.", "[0-9]{2}/[0-9]{2}/"))
    with contract, changed(root / "mappings" / DGEP, *days):
        assert not [one for one in found(root, DGEP) if one.code in {"L121", "L122"}]


def test_a_shared_rule_that_is_right_elsewhere_is_left_alone(root: Path) -> None:
    files = "eessi/nav-a003.yaml", "eessi/nav-blocks.yaml"
    with changed(root / "mappings" / files[0], ("use: address, at: adresse", "use: person, at: adresse")):
        shared = [one for one in found(root, *files) if one.file == files[1] and one.code == "M104"]
    assert shared
    assert {one.replacement for one in shared} == {None}
    assert {one.mend for one in shared} == {ELSEWHERE}

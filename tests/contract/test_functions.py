"""Registered functions keep their promises, and a mapping can use one of an installed package."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from hub_core.document import Document
from hub_core.errors import ConfigError
from hub_core.mapping import CompiledMapping, load
from hub_core.mapping.codecs import BadParameters, BadValue, Example, Function, chain
from hub_core.mapping.codecs.functions import as_codec, installed
from hub_core.testing.function import FunctionContract
from tests.docs.examples import ON, PAGE, page

(WRITTEN,) = page(PAGE.read_text("utf-8")).functions
NAMES: dict[str, Any] = {}
exec(WRITTEN, NAMES)  # noqa: S102 - the example of the reference
CARD: Function = NAMES["FUNCTION"]

Install = Callable[..., None]


class TestCard(FunctionContract):
    function = CARD


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Put a package with functions where Python finds installed packages."""

    def put(code: str = WRITTEN, *, name: str = "FUNCTION", version: str = "1.0", module: str = "acme_cards") -> None:
        info = tmp_path / "site" / f"{module}.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: {version}\n")
        (info / "entry_points.txt").write_text(f"[punte.functions]\ncard = {module}:{name}\n")
        (tmp_path / "site" / f"{module}.py").write_text(code)
        monkeypatch.syspath_prepend(str(tmp_path / "site"))
        _forget()

    _forget()
    yield put
    _forget()


def _forget() -> None:
    """Functions and codecs are looked up once in the life of a process."""
    installed.cache_clear()
    chain.cache_clear()


def mapping(folder: Path, rules: str) -> CompiledMapping:
    head = "mapping: test.cards/1\nsource: {json: TEST}\ntarget: Beneficiary@1\nfields:\n"
    (folder / "maps").mkdir(exist_ok=True)
    (folder / "maps" / "cards.yaml").write_text(head + "".join(f"  {rule}\n" for rule in rules.splitlines()))
    return load([folder / "maps"]).all[0]


RULES = (
    "identifiers[]: {each: card, fields: {value: {at: ., as: fn.card}}}\nemails[]: {each: mail, as: upper | fn.card}"
)


def test_a_rule_names_a_function_of_an_installed_package(install: Install, tmp_path: Path) -> None:
    install()
    found = mapping(tmp_path, RULES)
    document = Document(kind="json", root={"card": ["12-3455"], "mail": "12-3455"}, name="T", dialect="TEST")
    record = found.read(document, on=ON).record
    assert record is not None
    assert [one.value for one in record.identifiers] == ["123455"]
    assert record.emails == ("123455",)


def test_what_a_function_refuses_is_a_faulty_value_that_nobody_repeats(install: Install, tmp_path: Path) -> None:
    install()
    document = Document(kind="json", root={"card": "12-3456"}, name="T", dialect="TEST")
    (finding,) = mapping(tmp_path, RULES).read(document, on=ON).findings
    assert (finding.code, finding.text) == ("M202", "not readable as fn.card (card.check)")


def test_a_mapping_counts_the_rules_that_use_a_function(install: Install, tmp_path: Path) -> None:
    install()
    assert mapping(tmp_path, RULES).functions == {"fn.card": 2}
    assert mapping(tmp_path, "name.family: {at: name}").functions == {}


def test_the_version_of_its_package_belongs_to_the_hash_of_a_mapping(install: Install, tmp_path: Path) -> None:
    install(version="1.0")
    first = mapping(tmp_path, RULES).hash
    (tmp_path / "site" / "acme_cards.dist-info" / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: acme_cards\nVersion: 1.1\n"
    )
    _forget()
    assert mapping(tmp_path, RULES).hash != first


def test_a_function_that_is_not_installed_is_refused_with_what_to_do(install: Install, tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as none:
        mapping(tmp_path, RULES)
    assert "install the package" in none.value.findings[0].help
    install()
    with pytest.raises(ConfigError) as other:
        mapping(tmp_path, RULES.replace("fn.card", "fn.cart"))
    assert "fn.card" in other.value.findings[0].help


def test_a_function_without_inverse_asks_for_a_rule_that_is_never_written(install: Install, tmp_path: Path) -> None:
    one_way = WRITTEN.replace('format=lambda card: f"{card[:2]}-{card[2:]}"', "format=None")
    install(one_way, module="one_way_cards")
    with pytest.raises(ConfigError) as refused:
        mapping(tmp_path, "name.full: {at: card, as: fn.card}")
    assert [(one.code, "out: never" in (one.help or "")) for one in refused.value.findings] == [("M105", True)]
    assert mapping(tmp_path, "name.full: {at: card, as: fn.card, out: never}").functions == {"fn.card": 1}


@pytest.mark.parametrize("code", ["FUNCTION = print", "raise SystemError", "import no_such_package"])
def test_a_package_that_offers_no_function_is_refused(install: Install, code: str) -> None:
    install(code, module=f"broken_{len(code)}")
    with pytest.raises(BadParameters, match=r"cannot be loaded|is no hub_core"):
        chain("fn.card")


@pytest.mark.parametrize(
    ("parse", "word"),
    [(lambda text: text[99], "function.failed"), (lambda _: 17, "function.type"), (lambda _: "", "function.type")],
)
def test_a_defect_of_a_function_is_a_faulty_value(parse: Callable[[str], Any], word: str) -> None:
    broken = Function(gives="text", parse=parse, format=None, doc="", source="", examples=(Example("", "", None),))
    read, write = as_codec("fn.broken", broken).make()
    with pytest.raises(BadValue, match=word):
        read("Popescu")
    with pytest.raises(BadValue, match=r"function\.never"):
        write("Popescu")

"""Compiled mappings on disk: as good as new, and never from a place that somebody else could have written."""

import pickle
from pathlib import Path

import pytest

from hub_core.errors import ConfigError
from hub_core.mapping import gather, load, load_kept, user_cache
from hub_core.mapping import mappingset as module
from hub_core.mapping.cache import KEPT, Cache
from hub_core.places import MAPPINGS

FIELDS = """
birth.date: {at: <born>, as: partial_date}
sex: {at: <sex>, codes: sex}
name.family: {at: <name>}
children[]: {each: <child>, fields: {name.given: {at: <name>}}}
"""
BODY = {"born": "1985-04-15", "sex": "M", "name": "Popa", "child": [{"name": "Ana"}, {"name": "Ion", "age": "3"}]}


def mapping(bench, folder):
    return load([bench.folder], schemas=bench.folder, cache=Cache(folder)).all[0]


def readings(bench, one):
    from tests.unit.mapping.conftest import ON

    document = bench.document(BODY)
    return one.read(document, on=ON), one.explain(document, on=ON)


@pytest.fixture
def kept(tmp_path):
    return tmp_path / "kept"


def test_a_kept_mapping_reads_and_explains_as_a_new_one(bench, kept):
    bench.write(FIELDS)
    new = mapping(bench, kept)
    assert new.prepare() is False
    first = readings(bench, new)
    again = mapping(bench, kept)
    assert again.prepare() is True
    assert readings(bench, again) == first
    assert again.python() == new.python()


def test_a_line_more_above_a_rule_is_seen_though_the_hash_stays(bench, kept):
    bench.write(FIELDS)
    old = mapping(bench, kept)
    _, (_, before) = readings(bench, old)
    file = bench.folder / "test.yaml"
    file.write_text("# why this mapping is here\n" + file.read_text())
    new = mapping(bench, kept)
    assert new.hash == old.hash
    assert new.prepare() is False
    _, (_, after) = readings(bench, new)
    lines = [(int(one.rule.split(":")[1]), int(two.rule.split(":")[1])) for one, two in zip(before, after, strict=True)]
    assert all(later == earlier + 1 for earlier, later in lines)


@pytest.mark.parametrize("body", [b"", b"\x80", pickle.dumps("not a mapping"), pickle.dumps(None)])
def test_a_file_that_is_no_compiled_mapping_is_made_again(bench, kept, body):
    bench.write(FIELDS)
    mapping(bench, kept).prepare()
    (file,) = kept.iterdir()
    file.write_bytes(body)
    assert mapping(bench, kept).prepare() is False
    assert mapping(bench, kept).prepare() is True


class Trap:
    """Touches a file when it is unpickled."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def __reduce__(self):
        return Path.touch, (self.file,)


@pytest.mark.parametrize("weak", ["the folder", "the file", "a link"])
def test_nothing_is_read_that_others_could_have_written(of_json, kept, tmp_path, weak):
    of_json.write(FIELDS)
    mapping(of_json, kept).prepare()
    (file,) = kept.iterdir()
    file.write_bytes(pickle.dumps(Trap(tmp_path / "sprung")))
    if weak == "the folder":
        kept.chmod(0o777)
    elif weak == "the file":
        file.chmod(0o666)
    else:
        file.symlink_to(file.rename(tmp_path / "elsewhere"))
    assert mapping(of_json, kept).prepare() is False
    assert not (tmp_path / "sprung").exists()


def test_only_the_owner_sees_what_is_kept(of_json, kept):
    mapping(of_json.write(FIELDS), kept).prepare()
    (file,) = kept.iterdir()
    assert (kept.stat().st_mode & 0o777, file.stat().st_mode & 0o777) == (0o700, 0o600)


def test_a_folder_that_cannot_be_written_changes_nothing(of_json, tmp_path):
    (tmp_path / "a file").write_text("")
    one = mapping(of_json.write(FIELDS), tmp_path / "a file" / "below")
    assert readings(of_json, one)[0].record.name.family == "Popa"


def test_the_oldest_give_way(of_json, kept):
    kept.mkdir(0o700)
    for number in range(KEPT + 5):
        (kept / f"{number}.compiled").touch()
    mapping(of_json.write(FIELDS), kept).prepare()
    assert len(list(kept.iterdir())) == KEPT
    assert mapping(of_json, kept).prepare() is True


def test_a_user_without_a_folder_of_their_own_has_no_cache():
    assert user_cache({}) is None
    assert user_cache({"HOME": "/h"}).folder == Path("/h/.cache/punte/mappings")
    assert user_cache({"HOME": "/h", "XDG_CACHE_HOME": "/c"}).folder == Path("/c/punte/mappings")


def test_every_shipped_mapping_can_be_kept(kept):
    shipped = load(cache=Cache(kept))
    assert shipped.prepare() == len(shipped.all) == len(list(kept.iterdir()))


def test_a_mapping_with_code_lists_by_day_can_be_kept(of_json, kept):
    codes = of_json.folder / "codes" / "test-sex@1.yaml"
    codes.write_text(codes.read_text().replace("female: {in: [F]}", "female: {in: [F], valid: {from: 2020-01-01}}"))
    of_json.write(FIELDS)
    first = readings(of_json, mapping(of_json, kept))
    again = mapping(of_json, kept)
    assert again.prepare() is True
    assert readings(of_json, again) == first


def whole(bench, folder):
    return load_kept(gather([bench.folder]), cache=Cache(folder))


@pytest.fixture
def unbound(monkeypatch):
    """Return what makes binding a defect: whatever comes out then was kept."""
    return lambda: monkeypatch.setattr(module, "load_files", None)


def test_a_kept_set_reads_explains_and_tells_as_a_new_one(bench, kept, unbound):
    bench.write(FIELDS)
    new = whole(bench, kept).all[0]
    first = readings(bench, new)
    unbound()
    again = whole(bench, kept).all[0]
    assert again.quick
    assert again.prepare() is True
    assert readings(bench, again) == first
    assert (again.version, again.key, again.tests) == (new.version, new.key, new.tests)


def test_a_kept_set_has_the_rules_too_when_somebody_asks_for_them(bench, kept, tmp_path):
    bench.write(FIELDS)
    new = whole(bench, kept).all[0]
    again = whole(bench, kept).all[0]
    again.cache = Cache(tmp_path / "another")
    assert again.python(traced=True) == new.python(traced=True)
    assert again.functions == new.functions


def test_a_set_of_which_one_file_changed_is_made_anew(bench, kept):
    bench.write(FIELDS)
    before = whole(bench, kept).all[0]
    bench.write("name.family: {at: <name>}")
    assert whole(bench, kept).all[0].hash != before.hash


def test_faults_are_told_every_time_and_not_kept(bench, kept):
    bench.write("name.nonsense: {at: <name>}")
    for _ in range(2):
        with pytest.raises(ConfigError):
            whole(bench, kept)
    assert not kept.exists()


def test_what_was_never_compiled_is_not_quick(bench, kept):
    bench.write(FIELDS)
    assert not whole(bench, kept).all[0].quick


def test_the_shipped_set_can_be_kept(kept, unbound):
    files = gather([MAPPINGS])
    new = load_kept(files, cache=Cache(kept))
    unbound()
    again = load_kept(files, cache=Cache(kept))
    assert [one.version for one in again.all] == [one.version for one in new.all]
    assert all(again.get(one.version).tests == one.tests for one in new.all)

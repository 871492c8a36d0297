"""Walking folders."""

from cli.files import walk, with_progress


def test_files_keep_the_order_given_and_folders_are_walked_by_name(tmp_path):
    for name in ("b/2.xml", "b/1.xml", "b/c/0.xml", "a.json", "b/.hidden", "b/.git/config"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    found = walk([tmp_path / "b", tmp_path / "a.json", tmp_path / "missing"])
    names = [path.relative_to(tmp_path).as_posix() for path in found]
    assert names == ["b/1.xml", "b/2.xml", "b/c/0.xml", "a.json", "missing"]


def test_a_folder_inside_a_hidden_folder_is_walked_when_it_is_named(tmp_path):
    (tmp_path / ".punte" / "in").mkdir(parents=True)
    (tmp_path / ".punte" / "in" / "a.xml").write_text("")
    assert [path.name for path in walk([tmp_path / ".punte" / "in"])] == ["a.xml"]


def test_results_come_in_order_whether_many_or_few(tmp_path):
    paths = [tmp_path / str(number) for number in range(50)]
    assert list(with_progress("reading", paths, lambda path: path.name)) == [str(number) for number in range(50)]
    assert list(with_progress("reading", paths[:1], lambda path: path.name)) == ["0"]

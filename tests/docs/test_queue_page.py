"""The mapping on the page about queues: its tests pass, and it reads its answer as the hub opens it."""

import re
import shutil

from adapters.queue import ADAPTER
from hub_core.mapping import load, run_tests
from hub_core.places import MAPPINGS, ROOT

PAGE = ROOT / "docs" / "how-to" / "talk-to-a-queue.md"


def test_the_mapping_of_the_page_reads_the_answer_of_the_page(tmp_path):
    for name, text in re.findall(r"```\w+ file (\S+)\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    shutil.copytree(MAPPINGS / "codes", tmp_path / "codes")
    mappings = load([tmp_path])
    found = mappings.find(ADAPTER.open((tmp_path / "reges/fixtures/result.json").read_bytes()), ["reges.results/1"])
    assert found is not None
    results = run_tests(tmp_path / "reges/results.yaml", mappings=mappings, root=tmp_path)
    assert [(result.passed, result.differences) for result in results] == [(True, ()), (True, ())]

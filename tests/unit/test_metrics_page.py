"""The page of the figures names all of them, and nothing else."""

import re

from hub_core.accepting.admission import Admission
from hub_core.places import ROOT
from hub_core.settings import Settings
from registry.figures import figures
from registry.parts import Parts


def test_the_page_names_every_figure_there_is(tmp_path):
    (tmp_path / "home").mkdir(mode=0o700)
    parts = Parts(Settings(home=tmp_path / "home"), write=True)
    try:
        text = figures(parts, Admission()).decode()
    finally:
        parts.close()
    shown = set(re.findall(r"^# TYPE (punte_\w+) ", text, re.MULTILINE))
    page = (ROOT / "docs" / "how-to" / "watch-the-hub.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(punte_\w+)`", page))
    assert named == {name for name in shown if not name.endswith("_created")}

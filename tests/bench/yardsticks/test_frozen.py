"""The yardsticks are frozen: what is measured against them must not be able to move them.

Whoever must change one, because the hub has come to do other work, writes its new digest and says why in the commit:

    cd tests/bench/yardsticks && sha256sum $(ls *.py | grep -v ^test_) > FROZEN
"""

from hashlib import sha256
from pathlib import Path

HERE = Path(__file__).parent


def test_no_yardstick_has_changed():
    frozen = dict(reversed(line.split()) for line in (HERE / "FROZEN").read_text(encoding="ascii").splitlines())
    found = {
        file.name: sha256(file.read_bytes()).hexdigest()
        for file in HERE.glob("*.py")
        if not file.name.startswith("test_")
    }
    assert found == frozen

"""What adapters whose bodies are JSON, and whose refusals are RFC 9457 problems, share in their suites."""

import json

from hub_core.playing.wire import Answered
from hub_core.testing.adapter.base import AdapterSuite, Told


class JsonSuite(AdapterSuite):
    """How a problem is read."""

    media_type = "application/json"

    def told(self, answered: Answered) -> Told:
        """Read a problem."""
        problem = json.loads(answered.body)
        assert answered.headers["content-type"] == "application/problem+json"
        assert problem["status"] == answered.status
        assert problem["type"] == f"/docs/codes#{problem['code']}"
        assert problem["title"]
        return Told(problem["code"], problem["reference"])


def faulty_json(start: bytes, secret: str) -> dict[str, tuple[bytes, str]]:
    """Return samples that begin like a document of the protocol, hold a personal value, and are refused by a code."""
    value = secret.encode()
    return {
        "is empty": (b" \n", "B109"),
        "breaks off": (start + b'"x": "%s"' % value, "B103"),
        "has a trailing comma": (start + b'"x": "%s",}' % value, "B103"),
        "is no number": (start + b'"x": NaN}', "B103"),
        "holds half a character": (start + b'"x": "\\ud800"}', "B103"),
        "names a key twice": (start + b'"%s": 1, "%s": 2}' % (value, value), "B104"),
        "holds an integer out of range": (start + b'"x": 9%s}' % (b"9" * 39), "B105"),
        "holds a number out of range": (start + b'"x": 1e999}', "B105"),
        "is not UTF-8": (start + b'"x": "\xe9%s"}' % value, "B106"),
        "nests too deep": (start + b'"x": ' + b"[" * 5000 + b"]" * 5000 + b"}", "B107"),
        "holds too many values": (start + b'"x": [' + b"1," * 200_001 + b"1]}", "B107"),
    }
